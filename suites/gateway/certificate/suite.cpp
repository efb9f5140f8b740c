#include "suites/gateway/certificate/suite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "harness/run/context.hpp"
#include "suites/shared/by_clock.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/certificate_words.hpp"
#include "suites/shared/fitness.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

constexpr std::string_view the_enrolled = "the enrolled certificate";

using ExamineAt = std::function<std::vector<Finding>(SystemTime now)>;

/// Findings that rest on dates: whatever is no pass is judged by the endpoint's clock too.
awaitable<Verdict> judge_dated(Context& ctx, ExamineAt examine, std::string_view which, std::string_view fit) {
    const std::vector<Finding> findings = examine(std::chrono::system_clock::now());
    for (const Finding& finding : findings) {
        note_finding(ctx, finding);
    }
    const auto sentence = [&](const std::vector<Finding>& found) {
        return fit.empty() ? fmt::format("{}: {}", which, found.front().text) : std::string(fit);
    };
    Verdict verdict = judge_fitness(findings, which, sentence(findings));
    if (verdict.outcome() == Outcome::pass) {
        co_return verdict;
    }
    const ClockReading reading = co_await ctx.clock();
    co_return at_both_clocks(reading, [&](SystemTime now) {
        const std::vector<Finding> found = examine(now);
        return judge_fitness(found, which, sentence(found));
    });
}

awaitable<Verdict> judge_property(Context& ctx, std::string_view about) {
    const std::shared_ptr<const Identity> enrolled = ctx.identity("enrolled");
    note_certificate(ctx, "enrolled", 0, enrolled->leaf);
    ExamineAt examine = [&ctx, enrolled, about](SystemTime now) {
        const std::vector<Finding> findings = examine_enrolled(ctx.profile(), *enrolled, now);
        return std::vector{*std::ranges::find(findings, about, &Finding::about)};
    };
    Verdict verdict = co_await judge_dated(ctx, std::move(examine), the_enrolled, "");
    co_return verdict;
}

/// One property of the enrolled certificate; its needs see to it that the profile has a rule for it.
GatewayCheck property(std::string_view about) {
    return [about](Context& ctx) { return judge_property(ctx, about); };
}

awaitable<Verdict> tds_separate(Context& ctx) {
    note_certificate(ctx, "tds", 0, ctx.identity("tds")->leaf);
    ExamineAt examine = [&ctx](SystemTime now) { return examine_tds(ctx.profile(), now); };
    Verdict verdict = co_await judge_dated(ctx, std::move(examine), "the certificate for TDS",
                                           "the certificate for TDS is another than the enrolled one, and fit as well");
    co_return verdict;
}

Need name_rule() {
    return need("rule for common names",
                "the profile has no rule for common names; give client_certificate.common_name",
                [](const Profile& profile) { return !profile.client_certificate.common_name.empty(); });
}

Need approved_authorities() {
    return need("approved authorities",
                "the profile approves of any authority; give client_certificate.approved_authorities",
                [](const Profile& profile) { return !profile.client_certificate.approved_authorities.empty(); });
}

Need tds_identity() {
    return need("TDS identity", "needs the certificate for summary and batch requests of TDS; give identities.tds",
                [](const Profile& profile) { return profile.identity("tds") != nullptr; });
}

CheckFamily enrolled_certificate() {
    return {.requirements = {decides("CERT-FIT")},
            .control = Control::none,
            .channels = {Channel::cloud},
            .environments = mtls_environments(),
            .needs = {enrolled_identity()}};
}

}  // namespace

std::vector<Check> certificate_file_checks() {
    return checks(enrolled_certificate(),
                  {{.id = "certificate.validity",
                    .title = "The enrolled certificate must be valid now, and for a while to come",
                    .run = property("validity")},
                   {.id = "certificate.client-auth",
                    .title = "The enrolled certificate must be one for TLS clients",
                    .run = property("client_auth")},
                   {.id = "certificate.common-name",
                    .title = "The enrolled certificate must bear a name of the assigned form",
                    .run = property("common_name"),
                    .needs = {name_rule()}},
                   {.id = "certificate.authority",
                    .title = "The enrolled certificate must come from an approved authority",
                    .run = property("authority"),
                    .needs = {approved_authorities()}},
                   {.id = "certificate.chain",
                    .title = "The file of the enrolled certificate must hold its whole chain",
                    .run = property("chain")},
                   {.id = "certificate.strength",
                    .title = "The enrolled certificate must have a strong key of a kind that is asked for",
                    .run = property("strength")},
                   {.id = "certificate.renewal",
                    .title = "The authority must still issue clientAuth when the enrolled certificate is renewed",
                    .requirements = {adds("CERT-FIT")},
                    .run = property("renewal")},
                   {.id = "certificate.tds-separate",
                    .title = "TDS must have a certificate of its own",
                    .requirements = {decides("CERT-TDS-SEPARATE")},
                    .run = tds_separate,
                    .needs = {tds_identity()}}});
}

Suite certificate_suite() {
    Suite suite{"certificate", "Enrolled client certificate", {}};
    for (const auto& part : {certificate_file_checks(), certificate_gateway_checks()}) {
        suite.checks.insert(suite.checks.end(), part.begin(), part.end());
    }
    return suite;
}

}  // namespace gateproof::suites
