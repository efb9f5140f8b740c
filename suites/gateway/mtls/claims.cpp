// CLOUD-MTLS-IDENTIFIES: a request's headers are its sender's words, and make nobody anybody else.
#include <fmt/format.h>

#include <algorithm>

#include "harness/run/context.hpp"
#include "suites/gateway/mtls/headers.hpp"
#include "suites/gateway/mtls/identity_judge.hpp"
#include "suites/gateway/mtls/suite.hpp"
#include "suites/shared/failures.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// One way to be taken in by headers: who sends them, what for, and when they have had an effect.
struct HeaderTrial {
    const Operation* operation = nullptr;
    std::shared_ptr<const Identity> identity;
    std::string who;                      ///< "without a certificate"
    std::string claim;                    ///< "claiming the enrolled one"
    std::optional<std::string> own_name;  ///< set: being answered as anybody else is the effect; otherwise service is
};

/// What came of headers that had no effect.
struct HeaderFindings {
    std::string refused;  ///< how requests of somebody who is served without them were refused
    bool rests_on_resets = false;
};

HttpRequest request_with(Context& ctx, const HeaderTrial& trial, const Headers& headers) {
    HttpRequest request = ctx.request_of(*trial.operation);
    request.identity = trial.identity;
    request.headers.insert(request.headers.end(), headers.begin(), headers.end());
    return request;
}

awaitable<TriedRequest> try_with(Context& ctx, const HeaderTrial& trial, const Headers& headers) {
    HttpRequest request = request_with(ctx, trial, headers);
    TriedRequest tried;
    if (trial.own_name) {
        tried = co_await try_request(ctx, std::move(request), *trial.operation);
    } else {  // somebody who must not be served: leading elsewhere refuses as well
        tried = co_await try_beside_service(ctx, std::move(request), *trial.operation);
    }
    co_return tried;
}

/// Whether the headers made us somebody else. Being refused for them is not: nothing is gained.
bool took_effect(const Context& ctx, const HeaderTrial& trial, const HttpOutcome& outcome) {
    if (!trial.own_name) {
        return answer_of(outcome, *trial.operation).served();
    }
    const std::optional<std::string> name = named_in(outcome, *trial.operation, ctx.profile().identity_pointer);
    return name && *name != *trial.own_name;
}

/// Was it the headers? Another node behind the same address may serve whom this one refuses, so the bare request is
/// sent in between, as often.
awaitable<HeaderEffect> look_again(Context& ctx, const HeaderTrial& trial, const Headers& headers) {
    HeaderEffect effect;
    effect.with = {1, 1};
    const HttpRequest bare = request_with(ctx, trial, {});
    const HttpRequest claiming = request_with(ctx, trial, headers);
    const auto as_it_is = [&] { return ctx.http(bare); };
    const auto with_claim = [&] { return ctx.http(claiming); };
    for (std::size_t look = 0; look < looks_again; ++look) {
        const HttpOutcome without = co_await until_answered(as_it_is, ended_by_cut);
        effect.without.add(took_effect(ctx, trial, without));
        const HttpOutcome with = co_await until_answered(with_claim, ended_by_cut);
        effect.with.add(took_effect(ctx, trial, with));
    }
    co_return effect;
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

std::string names_of(const Headers& headers) {
    std::string names;
    for (const auto& [name, value] : headers) {
        names += (names.empty() ? "" : ", ") + name;
    }
    return names;
}

/// What else of the pack does it when these are left out, up to a bound: a gateway may trust very many.
awaitable<std::vector<std::string>> others_to_blame(Context& ctx, const HeaderTrial& trial, Headers pack,
                                                    Headers guilty) {
    constexpr std::size_t most = 8;
    std::vector<std::string> facts;
    while (facts.size() < most) {
        std::erase_if(pack, [&](const auto& one) { return std::ranges::find(guilty, one) != guilty.end(); });
        if (pack.empty()) {
            break;
        }
        const TriedRequest tried = co_await try_with(ctx, trial, pack);
        if (!took_effect(ctx, trial, tried.outcome)) {
            break;
        }
        guilty = co_await headers_to_blame(ctx, trial, pack);
        facts.push_back(fmt::format("{}, {}: {}", trial.who, trial.claim, names_of(guilty)));
    }
    co_return facts;
}

awaitable<Verdict> judge_effect(Context& ctx, const HeaderTrial& trial, const Headers& pack, std::string answer) {
    HeaderEffect effect = co_await look_again(ctx, trial, pack);
    effect.answer = std::move(answer);
    Headers guilty = pack;
    std::vector<std::string> others;
    if (effect.is_of_the_headers()) {
        guilty = co_await headers_to_blame(ctx, trial, pack);
        others = co_await others_to_blame(ctx, trial, pack, guilty);
    }
    effect.headers = names_of(guilty);
    co_return judge_header_effect(effect, trial.who, trial.claim).found(std::move(others));
}

/// Empty: the headers changed nothing. Each pack is tried, so that what one does hides no other.
awaitable<std::optional<Verdict>> try_headers(Context& ctx, const HeaderTrial& trial, const std::vector<Headers>& packs,
                                              HeaderFindings& found) {
    Failures failures;
    for (const Headers& pack : packs) {
        const TriedRequest tried = co_await try_with(ctx, trial, pack);
        const HttpOutcome& outcome = tried.outcome;
        if (took_effect(ctx, trial, outcome)) {
            std::string answer = outcome.summary();
            Verdict verdict = co_await judge_effect(ctx, trial, pack, std::move(answer));
            failures.add(std::move(verdict));
            continue;
        }
        const bool answered = outcome.served(*trial.operation) || tried.tries.is_refusal() ||
                              (outcome.response && is_client_error(outcome.response->status));
        if (!answered) {
            failures.add(Verdict::inconclusive("{}, {}, and with forwarded-certificate headers: {}", trial.who,
                                               trial.claim, tried.tries.summary()));
            continue;
        }
        if (trial.own_name && !outcome.served(*trial.operation)) {
            found.refused = tried.tries.summary();
        }
        found.rests_on_resets = found.rests_on_resets || tried.tries.rests_on_resets();
    }
    co_return std::move(failures).verdict();
}

/// As the enrolled identity that claims to be the second one: to be called by its name, and for the operation that the
/// enrolled one may not use. `tried`: what was, in words.
awaitable<std::optional<Verdict>> claim_second(Context& ctx, const Identity& second, HeaderFindings& found,
                                               std::string& tried) {
    const Profile& profile = ctx.profile();
    const std::vector<Headers> packs = forwarded_identity_headers(second, profile.identity_headers);
    HeaderTrial trial;
    trial.identity = ctx.identity("enrolled");
    trial.who = "with the enrolled certificate";
    trial.claim = "claiming the second one";
    std::optional<Verdict> verdict;
    if (!profile.identity_operation.empty()) {
        const IdentityAnswer plain = co_await ask_who(ctx, trial.identity);
        if (!plain.name) {
            co_return Verdict::inconclusive("the identity operation names nobody: {}", plain.outcome.summary());
        }
        trial.operation = &revealing_operation(profile);
        trial.own_name = plain.name;
        verdict = co_await try_headers(ctx, trial, packs, found);
        tried += " and with the enrolled one, claiming to be the second";
    }
    if (!verdict && !profile.not_entitled.empty()) {
        trial.operation = &profile.operations.at(profile.not_entitled);
        trial.own_name.reset();
        const TriedRequest plain =
            co_await try_as(ctx, *trial.operation, trial.identity, nullptr, Tries::Ask::until_told);
        if (plain.tries.is_refusal()) {  // otherwise there is nothing that headers could win
            verdict = co_await try_headers(ctx, trial, packs, found);
            if (verdict) {
                co_return std::move(*verdict).rests_on_resets(plain.tries.rests_on_resets());
            }
            tried += ", also for the operation that the enrolled one may not use";
        }
    }
    co_return verdict;
}

}  // namespace

awaitable<Verdict> identity_headers_ignored(Context& ctx) {
    const Profile& profile = ctx.profile();
    HeaderFindings found;
    std::string tried = "without a certificate";
    HeaderTrial trial;
    trial.operation = &profile.control_operation();
    trial.who = "without a certificate";
    trial.claim = "claiming the enrolled one";
    std::optional<Verdict> verdict;
    const TriedRequest bare = co_await try_as(ctx, *trial.operation, nullptr, nullptr, Tries::Ask::until_told);
    if (bare.tries.served()) {
        tried += " (served so without them: not their doing)";
    } else {
        const std::vector<Headers> packs =
            forwarded_identity_headers(*ctx.identity("enrolled"), profile.identity_headers);
        verdict = co_await try_headers(ctx, trial, packs, found);
        if (verdict) {
            // Cut by chance, the bare request is served as well, and then it is not the headers' doing.
            co_return std::move(*verdict).rests_on_resets(bare.tries.rests_on_resets());
        }
    }
    const std::shared_ptr<const Identity> second = ctx.identity("second");
    if (!verdict && second) {
        verdict = co_await claim_second(ctx, *second, found, tried);
    }
    if (verdict) {
        co_return *verdict;
    }
    co_return Verdict::pass("forwarded-certificate headers changed nothing, {}{}", tried,
                            found.refused.empty() ? "" : "; requests with some of them are refused: " + found.refused)
        .rests_on_resets(found.rests_on_resets);
}

}  // namespace gateproof::suites
