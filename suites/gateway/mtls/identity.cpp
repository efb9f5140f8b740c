// CLOUD-MTLS-IDENTIFIES: the certificate says who calls, and nothing else does.
#include "suites/gateway/mtls/identity_judge.hpp"

#include <fmt/format.h>

#include "harness/probe/forge/forge.hpp"
#include "harness/run/context.hpp"
#include "suites/gateway/mtls/headers.hpp"
#include "suites/gateway/mtls/suite.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

awaitable<Verdict> identity_outcome(Context& ctx) {
    const Operation& operation = revealing_operation(ctx.profile());
    const std::shared_ptr<const Identity> enrolled = ctx.identity("enrolled");
    const std::shared_ptr<const Identity> second = ctx.identity("second");
    EverybodysAnswers answers;
    answers.first_cn = enrolled->leaf.common_name();
    answers.second_cn = second->leaf.common_name();
    answers.first = co_await ask_who(ctx, enrolled);
    answers.second = co_await ask_who(ctx, second);
    const HttpOutcome& beside = answers.first.outcome;
    answers.nobody = co_await try_as(ctx, operation, nullptr, &beside);
    std::shared_ptr<const Identity> look_alike = forge::look_alike_ca_twin(*enrolled);
    if (look_alike) {
        answers.look_alike = co_await try_as(ctx, operation, std::move(look_alike), &beside);
    }
    answers.first_again = co_await ask_who(ctx, enrolled);
    co_return judge_identity(answers, operation);
}

awaitable<Verdict> service_scope(Context& ctx) {
    const Operation& operation = ctx.profile().operations.at(ctx.profile().not_entitled);
    std::optional<HttpOutcome> entitled;
    std::shared_ptr<const Identity> second = ctx.identity("second");
    if (second) {
        entitled = co_await send_as(ctx, operation, std::move(second));
    }
    const HttpOutcome* const beside = entitled ? &*entitled : nullptr;
    const TriedRequest refused = co_await try_as(ctx, operation, ctx.identity("enrolled"), beside);
    co_return judge_scope(refused, entitled, operation);
}

/// Was it the name? A node that serves everybody looks the same at first, and so does one that serves whomever the
/// issuer vouches for.
awaitable<Verdict> judge_resembling(Context& ctx, IdentityPtr variant, const Tries& tries) {
    const Operation& operation = ctx.profile().control_operation();
    const auto is_service = [&operation](const HttpOutcome& outcome) { return answer_of(outcome, operation).served(); };
    ResemblingServed served;
    served.variant = variant->role;
    served.answer = tries.service();
    served.again = {tries.served_count(), tries.count()};
    for (std::size_t look = 0; look < looks_again; ++look) {
        const HttpOutcome nobody = co_await send_as(ctx, operation, nullptr);
        served.nobody.add(is_service(nobody));
        const HttpOutcome again = co_await send_as(ctx, operation, variant);
        served.again.add(is_service(again));
    }
    forge::Spec spec;
    spec.role = "resembles-nothing";
    spec.common_name = fmt::format("{:016x}.gateproof-stranger", ctx.random()());
    IdentityPtr stranger = forge::issued(*ctx.profile().issuer, *ctx.identity("enrolled"), spec);
    const HttpOutcome outcome = co_await send_as(ctx, operation, std::move(stranger));
    served.stranger = is_service(outcome);
    co_return judge_resembling_served(served, operation);
}

/// The enrolled name must be met byte for byte (Access: "must match exactly").
awaitable<Verdict> cn_exact(Context& ctx) {
    const Operation& operation = ctx.profile().control_operation();
    const std::shared_ptr<const Identity> enrolled = ctx.identity("enrolled");
    const std::string cn = enrolled->leaf.common_name();
    std::string how;
    std::size_t names = 0;
    std::size_t tries = 0;
    bool rests_on_resets = false;
    std::optional<Verdict> served;
    std::optional<Verdict> not_told;
    std::vector<std::string> facts;
    for (const forge::Spec& spec : forge::common_name_variants(cn)) {
        const IdentityPtr variant = forge::issued(*ctx.profile().issuer, *enrolled, spec);
        if (!variant) {
            continue;
        }
        const TriedRequest answer = co_await try_as(ctx, operation, variant);
        if (answer.tries.served()) {
            if (!served) {
                served = co_await judge_resembling(ctx, variant, answer.tries);
            }
            facts.push_back("served though it only resembles the enrolled name: " + spec.role);
            continue;
        }
        const Trial trial(fmt::format("({})", spec.role), answer.tries);
        const std::optional<Verdict> unclear =
            not_refused(trial, "a certificate whose name only resembles the enrolled one", {}, Reading::no_service);
        if (unclear) {
            not_told = not_told ? not_told : unclear;
            continue;
        }
        rests_on_resets = rests_on_resets || answer.tries.rests_on_resets();
        how += (names++ == 0 ? "" : ", ") + spec.role + ": " + answer.tries.refusals();
        tries += answer.tries.telling_count();
    }
    if (served) {
        co_return std::move(*served).found(std::move(facts));
    }
    if (not_told) {
        co_return *not_told;
    }
    if (names == 0) {
        co_return Verdict::not_tried("no certificate can be made like the enrolled one: its key type is not known");
    }
    const std::string blind = co_await issuer_not_served(ctx);
    if (!blind.empty()) {
        co_return Verdict::not_tried("{}", blind);
    }
    co_return Verdict::pass("{} names that only resemble the enrolled one were refused ({}){}", names, how,
                            none_served(tries))
        .rests_on_resets(rests_on_resets);
}

std::vector<const Operation*> not_entitled_sent(const Profile& profile) {
    const auto found = profile.operations.find(profile.not_entitled);
    return found == profile.operations.end() ? std::vector<const Operation*>{} : std::vector{&found->second};
}

std::vector<const Operation*> all_sent(const Profile& profile) {
    std::vector<const Operation*> all = revealing_sent(profile);
    const std::vector<const Operation*> scope = not_entitled_sent(profile);
    all.insert(all.end(), scope.begin(), scope.end());
    return all;
}

}  // namespace

std::vector<Check> mtls_identity_checks() {
    return checks(identifies_family(), {{.id = "mtls.identity-outcome",
                                         .title = "Each certificate must be answered as its own owner",
                                         .run = identity_outcome,
                                         .intrusiveness = Intrusiveness::active,
                                         .needs = {second_identity(), identity_operation()}},
                                        {.id = "mtls.service-scope",
                                         .title = "A certificate must open only the services that it is enrolled for",
                                         .run = service_scope,
                                         .needs = {not_entitled_operation()},
                                         .sends = not_entitled_sent},
                                        {.id = "mtls.identity-headers-ignored",
                                         .title = "Forwarded-certificate headers from outside must change nothing",
                                         .run = identity_headers_ignored,
                                         .intrusiveness = Intrusiveness::active,
                                         .sends = all_sent},
                                        {.id = "mtls.cn-exact",
                                         .title = "A common name that only resembles the enrolled one must be refused",
                                         .run = cn_exact,
                                         .intrusiveness = Intrusiveness::active,
                                         .needs = {issuer()}}});
}

}  // namespace gateproof::suites
