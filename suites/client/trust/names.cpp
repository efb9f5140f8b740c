// Certificates whose names only seem to be the host's.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/probe/socket/literal.hpp"
#include "suites/client/cases.hpp"
#include "suites/client/judge.hpp"
#include "suites/client/trust/checks.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;
using Spec = stage::ServerSpec;

struct Wildcard {
    std::string_view name;
    std::string_view title;
};

constexpr std::string_view no_label = "no-label";
constexpr std::string_view two_labels = "two-labels";
constexpr std::string_view part_of_a_label = "part-of-a-label";
constexpr std::string_view not_leftmost = "not-leftmost";
constexpr std::array<Wildcard, 4> wildcards{
    {{no_label, "An asterisk in front of the whole host, where it would stand for no label"},
     {two_labels, "An asterisk that would stand for two labels"},
     {part_of_a_label, "An asterisk beside other characters of its label"},
     {not_leftmost, "An asterisk that is not the leftmost label"}}};

constexpr std::string_view compare_by_library =
    "let the TLS library compare names, which takes an asterisk for one whole leftmost label alone (OpenSSL: SSL_set1_host with X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)";
constexpr std::string_view compare_whole =
    "let the TLS library compare names, or compare them by their length: a name in a certificate may hold any byte";

/// In the subject stands a name that is not the host's either.
SceneChange named(const std::string& name) {
    return [name](stage::Scene& scene, const ClientContext& ctx) {
        scene.shown = ctx.server({.names = {name}, .common_name = "other." + ctx.client().host});
    };
}

/// A client that heeds name constraints refuses it for these where the root may not give that name.
Verdict judge_constraints(const ClientContext& ctx, const std::string& name) {
    return Verdict::not_tried("the test root may not give a certificate for {}: it is good for {} alone", name,
                              ctx.client().host)
        .remedy(
            "lead the software to a host of three labels below test, such as gateway.gateproof.test "
            "(client.reach.host), with a test PKI made for it");
}

awaitable<Verdict> name_refused(ClientContext& ctx, std::string name, Refusable shown, bool advice) {
    const SceneChange change = named(name);
    stage::Scene scene = ctx.twin();
    change(scene, ctx);
    if (!ctx.pki().may_name(scene.shown.chain.front())) {
        co_return judge_constraints(ctx, name);
    }
    const ClientCheck check = advice ? should_refuse(shown, change) : refuses(shown, change);
    Verdict verdict = co_await check.run(ctx);
    co_return verdict;
}

awaitable<Verdict> refuse_wildcard(ClientContext& ctx) {
    const Wildcard& wildcard = wildcards.at(ctx.case_index());
    const bool advice = wildcard.name == part_of_a_label;
    const Refusable shown{advice ? "a certificate with an asterisk for part of a label (RFC 9525 6.3)"
                                 : "a certificate whose asterisk does not stand for the host's first label "
                                   "(RFC 9525 6.3)",
                          compare_by_library};
    const std::string name = wildcard_of(wildcard.name, ctx.client().host).value_or(std::string());
    Verdict verdict = co_await name_refused(ctx, name, shown, advice);
    co_return verdict;
}

awaitable<Verdict> refuse_nul(ClientContext& ctx) {
    const std::string& host = ctx.client().host;
    const std::string name = host + '\0' + "." + host;
    const Refusable shown{"a certificate for a name that is the host's up to a NUL (RFC 5280 4.2.1.6)", compare_whole};
    Verdict verdict = co_await name_refused(ctx, name, shown, false);
    co_return verdict;
}

}  // namespace

std::optional<std::string> wildcard_of(std::string_view case_name, const std::string& host) {
    const std::size_t first = host.find('.');
    const std::size_t second = first == std::string::npos ? first : host.find('.', first + 1);
    if (is_ip_literal(host)) {
        return std::nullopt;
    }
    if (case_name == no_label) {
        return "*." + host;
    }
    if (case_name == part_of_a_label && first != std::string::npos && first > 1) {
        return host.substr(0, 1) + "*" + host.substr(first);
    }
    if (second != std::string::npos && case_name == two_labels) {
        return "*" + host.substr(second);
    }
    if (second != std::string::npos && case_name == not_leftmost) {
        return host.substr(0, first) + ".*" + host.substr(second);
    }
    return std::nullopt;
}

CasesFunction wildcard_cases() {
    return [](const Profile& profile) {
        std::vector<CheckCase> cases = cases_from(wildcards);
        for (CheckCase& one : cases) {
            if (!profile.client || !wildcard_of(one.name, profile.client->host)) {
                one.unmet =
                    "needs software that calls a host of three labels, such as gateway.gateproof.test; give it as "
                    "client.reach.host in the profile";
            }
        }
        return cases;
    };
}

ClientCheck wildcard_refused() {
    return {&refuse_wildcard};
}

ClientCheck nul_in_name_refused() {
    return {&refuse_nul};
}

}  // namespace gateproof::suites
