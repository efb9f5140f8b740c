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

/// One way to be taken in by headers: who sends them, what for, and when they have had an effect.
struct HeaderTrial {
    const Operation* operation = nullptr;
    std::shared_ptr<const Identity> identity;
    std::string who;
    std::optional<std::string> own_name;  ///< set: being answered as anybody else is the effect; otherwise service is
};

/// What came of headers that had no effect.
struct HeaderFindings {
    std::string refused;  ///< how requests of somebody who is served without them were refused
    bool rests_on_resets = false;
};

awaitable<TriedRequest> try_with(Context& ctx, const HeaderTrial& trial, Headers headers) {
    HttpRequest request = ctx.request_of(*trial.operation);
    request.identity = trial.identity;
    request.headers.insert(request.headers.end(), headers.begin(), headers.end());
    co_return co_await try_request(ctx, std::move(request), *trial.operation);
}

/// Whether the headers made us somebody else. Being refused for them is not: nothing is gained.
bool took_effect(const Context& ctx, const HeaderTrial& trial, const HttpOutcome& outcome) {
    if (!trial.own_name) {
        return answer_of(outcome, *trial.operation).served();
    }
    const std::optional<std::string> name = named_in(outcome, *trial.operation, ctx.profile().identity_pointer);
    return name && *name != *trial.own_name;
}

/// Halves the headers as long as one half alone has the effect.
awaitable<Headers> headers_to_blame(Context& ctx, const HeaderTrial& trial, Headers headers) {
    while (headers.size() > 1) {
        const auto middle = headers.begin() + static_cast<std::ptrdiff_t>(headers.size() / 2);
        const Headers halves[] = {Headers(headers.begin(), middle), Headers(middle, headers.end())};
        bool smaller = false;
        for (const Headers& half : halves) {
            const TriedRequest tried = co_await try_with(ctx, trial, half);
            if (took_effect(ctx, trial, tried.outcome)) {
                headers = half;
                smaller = true;
                break;
            }
        }
        if (!smaller) {
            break;  // they work only together
        }
    }
    co_return headers;
}

/// Empty: the headers changed nothing.
awaitable<std::optional<Verdict>> try_headers(Context& ctx, const HeaderTrial& trial, const std::vector<Headers>& packs,
                                              HeaderFindings& found) {
    for (const Headers& pack : packs) {
        const TriedRequest tried = co_await try_with(ctx, trial, pack);
        const HttpOutcome& outcome = tried.outcome;
        if (took_effect(ctx, trial, outcome)) {
            const Headers guilty = co_await headers_to_blame(ctx, trial, pack);
            std::string names;
            for (const auto& [name, value] : guilty) {
                names += (names.empty() ? "" : ", ") + name;
            }
            co_return Verdict::fail("{}: the request headers {} made the gateway serve somebody else: {}", trial.who,
                                    names, outcome.summary())
                .remedy("remove these headers from every request that comes from outside, before setting your own");
        }
        const bool answered = outcome.served(*trial.operation) || tried.tries.is_refusal() ||
                              (outcome.response && is_client_error(outcome.response->status));
        if (!answered) {
            co_return Verdict::inconclusive("{} and with forwarded-certificate headers: {}", trial.who,
                                            tried.tries.summary());
        }
        if (trial.own_name && !outcome.served(*trial.operation)) {
            found.refused = tried.tries.summary();
        }
        found.rests_on_resets = found.rests_on_resets || tried.tries.rests_on_resets();
    }
    co_return std::nullopt;
}

awaitable<Verdict> identity_headers_ignored(Context& ctx) {
    const Profile& profile = ctx.profile();
    const std::shared_ptr<const Identity> enrolled = ctx.identity("enrolled");
    const std::shared_ptr<const Identity> second = ctx.identity("second");
    const std::vector<Headers> as_enrolled = forwarded_identity_headers(*enrolled);
    HeaderFindings found;
    std::string tried = "without a certificate";
    HeaderTrial trial;
    trial.operation = &profile.control_operation();
    trial.who = "without a certificate, claiming the enrolled one";
    std::optional<Verdict> verdict;
    const TriedRequest bare = co_await try_as(ctx, *trial.operation, nullptr);
    if (bare.tries.served()) {
        tried += " (served so without them: not their doing)";
    } else {
        verdict = co_await try_headers(ctx, trial, as_enrolled, found);
    }
    if (verdict) {
        co_return *verdict;
    }
    if (second && !profile.identity_operation.empty()) {
        const IdentityAnswer plain = co_await ask_who(ctx, enrolled);
        if (!plain.name) {
            co_return Verdict::inconclusive("the identity operation names nobody: {}", plain.outcome.summary());
        }
        const std::vector<Headers> as_second = forwarded_identity_headers(*second);
        trial.operation = &revealing_operation(profile);
        trial.identity = enrolled;
        trial.who = "with the enrolled certificate, claiming the second one";
        trial.own_name = plain.name;
        verdict = co_await try_headers(ctx, trial, as_second, found);
        tried += " and with the enrolled one, claiming to be the second";
    }
    if (!verdict && second && !profile.not_entitled.empty()) {
        const std::vector<Headers> as_second = forwarded_identity_headers(*second);
        trial.operation = &profile.operations.at(profile.not_entitled);
        trial.identity = enrolled;
        trial.who = "with the enrolled certificate, claiming the second one";
        trial.own_name.reset();
        const TriedRequest plain = co_await try_as(ctx, *trial.operation, enrolled);
        if (plain.tries.is_refusal()) {  // otherwise there is nothing that headers could win
            verdict = co_await try_headers(ctx, trial, as_second, found);
            tried += ", also for the operation that the enrolled one may not use";
        }
    }
    if (verdict) {
        co_return *verdict;
    }
    co_return Verdict::pass("forwarded-certificate headers changed nothing, {}{}", tried,
                            found.refused.empty() ? "" : "; requests with some of them are refused: " + found.refused)
        .rests_on_resets(found.rests_on_resets);
}

/// The enrolled name must be met byte for byte (Access: "must match exactly").
awaitable<Verdict> cn_exact(Context& ctx) {
    const Operation& operation = ctx.profile().control_operation();
    const std::shared_ptr<const Identity> enrolled = ctx.identity("enrolled");
    const std::string cn = enrolled->leaf.common_name();
    std::string how;
    std::size_t tried = 0;
    bool rests_on_resets = false;
    for (const forge::Spec& spec : forge::common_name_variants(cn)) {
        std::shared_ptr<const Identity> variant = forge::issued(*ctx.profile().issuer, *enrolled, spec);
        if (!variant) {
            continue;
        }
        const TriedRequest answer = co_await try_as(ctx, operation, std::move(variant));
        const Trial trial(fmt::format("({})", spec.role), answer.tries);
        const std::optional<Verdict> verdict =
            not_refused(trial, "a certificate whose name only resembles the enrolled one",
                        "compare the common name byte for byte over its whole length, and take no second name for it",
                        Reading::no_service);
        if (verdict) {
            co_return *verdict;
        }
        rests_on_resets = rests_on_resets || answer.tries.rests_on_resets();
        how += (tried++ == 0 ? "" : ", ") + spec.role + ": " + answer.tries.summary();
    }
    if (tried == 0) {
        co_return Verdict::skipped("no certificate can be made like the enrolled one: its key type is not known");
    }
    const std::string blind = co_await issuer_not_served(ctx);
    if (!blind.empty()) {
        co_return Verdict::skipped("{}", blind);
    }
    co_return Verdict::pass("{} names that only resemble the enrolled one were refused ({})", tried, how)
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
