// TOKEN-CHECKED: every request is authenticated (RFC 6750, RFC 8725; IA 2.1). Each refusal stands beside the same
// request with a good token, which is served.
#include <fmt/format.h>

#include <utility>

#include "harness/probe/jwt/jwt.hpp"
#include "harness/probe/oauth/oauth.hpp"
#include "harness/run/context.hpp"
#include "harness/run/tokens.hpp"
#include "harness/text/encoding.hpp"
#include "suites/gateway/permission/needs.hpp"
#include "suites/gateway/permission/suite.hpp"
#include "suites/shared/in_time.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// The case with its good token, and what is sent instead.
struct TokenTrial {
    const PermissionCase& one;
    const ErrorModel& model;
    std::shared_ptr<const Identity> identity;
    std::string token;  ///< good
    Answer good;
    std::string problem;  ///< there is no good token
};

awaitable<TokenTrial> begin(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *token_cases(profile).at(ctx.case_index());
    TokenTrial trial{one, *profile.permissions.model_of(one), ctx.serving_identity(), {}, {}, {}};
    const AccessToken token = co_await ctx.access_token(one.subject);
    trial.token = token.value;
    trial.problem = token.problem;
    if (token.ok()) {
        const Operation operation = operation_of(profile, one, "Bearer " + token.value);
        trial.good = co_await ask_and_read(ctx, operation, trial.identity, trial.model);
    }
    co_return trial;
}

awaitable<Tries> with_header(Context& ctx, const TokenTrial& trial, std::string_view authorization) {
    const Operation operation = operation_of(ctx.profile(), trial.one, std::string(authorization));
    co_return co_await try_refused(ctx, operation, trial.identity, trial.model);
}

/// The verdict, unless the good token is refused as well by now: whoever sends too much that is bad may be locked out.
awaitable<Verdict> judge_beside_good(Context& ctx, const TokenTrial& trial, const Tries& bad, std::string_view what,
                                     std::string_view remedy) {
    Verdict verdict = judge_bad_credential(trial.good, bad, what, remedy);
    const Operation operation = operation_of(ctx.profile(), trial.one, "Bearer " + trial.token);
    if (verdict.outcome() == Outcome::pass && only_reads(operation)) {
        const Answer again = co_await ask_and_read(ctx, operation, trial.identity, trial.model);
        if (!again.served()) {
            co_return Verdict::inconclusive(
                "the good token is not served any more behind what was refused, which proves nothing so: {}",
                again.summary);
        }
    }
    co_return verdict;
}

/// Sends each token in place of the good one; the first that is not refused decides.
awaitable<Verdict> all_tokens_refused(Context& ctx, const TokenTrial& trial, std::vector<std::string> tokens,
                                      std::string_view what, std::string_view remedy) {
    if (!trial.problem.empty()) {
        co_return Verdict::inconclusive("there is no good token to compare with: {}", trial.problem);
    }
    Tries tries;
    for (const std::string& token : tokens) {
        if (!trial.good.served()) {
            break;
        }
        ctx.keep_secret(token);
        const std::string header = "Bearer " + token;
        tries = co_await with_header(ctx, trial, header);
        if (!tries.is_refusal(Reading::documented)) {
            break;
        }
    }
    co_return co_await judge_beside_good(ctx, trial, tries, what, remedy);
}

awaitable<Verdict> no_token(Context& ctx) {
    const TokenTrial trial = co_await begin(ctx);
    if (!trial.problem.empty()) {
        co_return Verdict::inconclusive("there is no good token to compare with: {}", trial.problem);
    }
    const Tries bare = co_await with_header(ctx, trial, "");
    if (!bare.is_refusal(Reading::documented)) {
        co_return judge_bad_credential(trial.good, bare, "without a token",
                                       "authenticate every request to this service");
    }
    const Tries empty = co_await with_header(ctx, trial, "Bearer ");
    co_return co_await judge_beside_good(ctx, trial, empty.served() ? empty : bare, "without a token",
                                         "authenticate every request to this service");
}

/// No token at all, and a good one that somebody wrote into a sentence.
awaitable<Verdict> garbage_token(Context& ctx) {
    const TokenTrial trial = co_await begin(ctx);
    std::vector<std::string> tokens{"garbage", "null", "undefined", "Z2FyYmFnZQ==", oauth::random_text(32)};
    co_return co_await all_tokens_refused(ctx, trial, std::move(tokens), "with something that is no token",
                                          "verify the token before anything else is done");
}

/// A good token with one part changed. Where tokens are no JWTs, one character of the text.
std::vector<std::string> tampered(const std::string& good) {
    std::vector<std::string> tokens;
    const std::optional<jwt::Token> parts = jwt::decode(good);
    if (!parts) {
        std::string changed = good;
        char& middle = changed[changed.size() / 2];
        middle = middle == 'A' ? 'B' : 'A';
        return {changed};
    }
    std::string signature = parts->signature;
    if (!signature.empty()) {
        signature.front() = static_cast<char>(signature.front() ^ 1);
        tokens.push_back(jwt::compact(parts->input, signature));
    }
    jwt::Json claims = parts->claims;
    const auto expiry = claims.find("exp");
    if (expiry != claims.end() && expiry->is_number_integer()) {
        *expiry = expiry->get<std::int64_t>() + 3600;
    } else {
        claims["extra"] = true;
    }
    tokens.push_back(jwt::compact(jwt::signing_input(parts->header, claims), parts->signature));
    return tokens;
}

awaitable<Verdict> tampered_token(Context& ctx) {
    const TokenTrial trial = co_await begin(ctx);
    std::vector<std::string> tokens = trial.problem.empty() ? tampered(trial.token) : std::vector<std::string>{};
    co_return co_await all_tokens_refused(ctx, trial, std::move(tokens), "with a good token that was changed",
                                          "verify the token's signature over header and claims");
}

/// RFC 8725 2.1.
awaitable<Verdict> alg_none(Context& ctx) {
    const TokenTrial trial = co_await begin(ctx);
    const std::optional<jwt::Token> parts = jwt::decode(trial.token);
    if (trial.problem.empty() && !parts) {
        co_return Verdict::skipped("access tokens are no JWTs here: there is no algorithm to change");
    }
    std::vector<std::string> tokens;
    for (const char* const spelling : {"none", "None", "NONE"}) {
        if (parts) {
            jwt::Json header = parts->header;
            header["alg"] = spelling;
            tokens.push_back(jwt::compact(jwt::signing_input(header, parts->claims), ""));
        }
    }
    co_return co_await all_tokens_refused(ctx, trial, std::move(tokens), "with an unsigned token (alg none)",
                                          "accept the one algorithm that the authority signs with");
}

/// RFC 9700 4.3.2: a token in a URL ends in logs and histories.
awaitable<Verdict> token_in_query(Context& ctx) {
    const TokenTrial trial = co_await begin(ctx);
    if (!trial.problem.empty()) {
        co_return Verdict::inconclusive("there is no good token to compare with: {}", trial.problem);
    }
    Operation operation = operation_of(ctx.profile(), trial.one, {});
    operation.path += operation.path.find('?') == std::string::npos ? "?" : "&";
    operation.path += "access_token=" + percent_encoded(trial.token);
    const Tries in_query = co_await try_refused(ctx, operation, trial.identity, trial.model);
    if (in_query.served()) {
        const Tries bare = co_await with_header(ctx, trial, "");
        if (bare.served()) {
            co_return Verdict::skipped("served without any token, which another check judges");
        }
    }
    co_return co_await judge_beside_good(ctx, trial, in_query, "with the token in the query of the URL",
                                         "take tokens from the Authorization header alone");
}

/// A token that the profile gives by its role.
awaitable<Verdict> given_token_refused(Context& ctx, std::string_view role_name, std::string_view what,
                                       std::string_view remedy) {
    const TokenTrial trial = co_await begin(ctx);
    std::string role(role_name);
    const AccessToken token = co_await ctx.access_token(std::move(role));
    if (!token.ok()) {
        co_return Verdict::inconclusive("{}", token.problem);
    }
    if (token.value == trial.token) {
        co_return Verdict::not_tried("the profile gives the same token as a good one");
    }
    std::vector<std::string> tokens{token.value};
    co_return co_await all_tokens_refused(ctx, trial, std::move(tokens), what, remedy);
}

/// The token of this role must be refused, beside a good one that is served.
GatewayCheck refused(std::string_view role, std::string_view what, std::string_view remedy) {
    return [=](Context& ctx) { return given_token_refused(ctx, role, what, remedy); };
}

awaitable<Look> look_at_revoked(Context& ctx, const Operation& operation, std::shared_ptr<const Identity> identity,
                                const ErrorModel& model, const Answer& before) {
    const Tries after = co_await try_refused(ctx, operation, std::move(identity), model);
    co_return Look{judge_bad_credential(before, after, "with a token that the authority has revoked",
                                        "ask the authority whether a token was revoked, or keep its list")};
}

/// RFC 7009: a token that was served is refused once the authority has revoked it.
awaitable<Verdict> revoked_live(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *token_cases(profile).front();
    const ErrorModel& model = *profile.permissions.model_of(one);
    const AccessToken token = co_await ctx.access_token("revocable");
    if (!token.ok()) {
        co_return Verdict::inconclusive("{}", token.problem);
    }
    const Operation operation = operation_of(profile, one, "Bearer " + token.value);
    const std::shared_ptr<const Identity> identity = ctx.serving_identity();
    const Answer before = co_await ask_and_read(ctx, operation, identity, model);
    if (!before.served()) {
        co_return Verdict::inconclusive("a refusal proves nothing: the token is not served before it is revoked: {}",
                                        before.summary);
    }
    HttpRequest revocation = oauth::revocation_request(*profile.authority, profile.authority->client, token.value);
    const HttpOutcome revoked = co_await ctx.oauth_http(std::move(revocation));
    if (!revoked.response || revoked.response->status != 200) {
        co_return Verdict::inconclusive("the authority does not revoke the token: {}", revoked.summary());
    }
    const auto look = [&ctx, &operation, &identity, &model, &before] {
        return look_at_revoked(ctx, operation, identity, model, before);
    };
    co_return co_await given_time(ctx, revocation_rules(profile, "after it was revoked"), look);
}

awaitable<Verdict> revoked_refused(Context& ctx) {
    if (ctx.profile().authority->tokens.contains("revoked")) {
        co_return co_await given_token_refused(ctx, "revoked", "with a revoked token",
                                               "ask the authority whether a token was revoked, or keep its list");
    }
    co_return co_await revoked_live(ctx);
}

}  // namespace

std::vector<Check> permission_token_checks() {
    return checks({.requirements = {decides("TOKEN-CHECKED")},
                   .intrusiveness = Intrusiveness::active,
                   .needs = {token_case(), token_of_first_case()}},
                  {{.id = "permission.no-token",
                    .title = "A request without a token must be refused",
                    .run = no_token,
                    .cases = on_each_model},
                   {.id = "permission.garbage-token",
                    .title = "A request with something that is no token must be refused",
                    .run = garbage_token,
                    .cases = on_each_model},
                   {.id = "permission.expired-token",
                    .title = "An expired token must be refused",
                    .run = refused("expired", "with an expired token", "refuse a token once it has expired"),
                    .needs = {expired_token()},
                    .cases = on_each_model},
                   {.id = "permission.tampered-token",
                    .title = "A changed token must be refused",
                    .run = tampered_token,
                    .cases = on_each_model},
                   {.id = "permission.alg-none",
                    .title = "An unsigned token must be refused",
                    .run = alg_none,
                    .cases = on_each_model},
                   {.id = "permission.token-in-query-refused",
                    .title = "A token in the query of the URL must be refused",
                    .run = token_in_query,
                    .cases = on_each_model},
                   {.id = "permission.revoked-token",
                    .title = "A revoked token must be refused",
                    .run = revoked_refused,
                    .needs = {revoked_token()},
                    .deadline = with_time_to_revoke()},
                   {.id = "permission.other-environment-token",
                    .title = "A token of another environment must be refused",
                    .run = refused("other_environment", "with a token of another environment",
                                   "accept the tokens of this environment's authority alone"),
                    .needs = {other_environment_token()},
                    .cases = on_each_model},
                   {.id = "permission.other-audience-token",
                    .title = "A token for another service must be refused",
                    .run = refused("other_audience", "with a token for another service",
                                   "accept a token only where it names this service as its audience"),
                    .needs = {other_audience_token()},
                    .cases = on_each_model}});
}

}  // namespace gateproof::suites
