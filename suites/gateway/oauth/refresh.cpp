// CLOUD-REFRESH: refresh tokens rotate, and one that comes again revokes its family (IA 2.1.4; RFC 9700 4.14).
// DESK-NO-REFRESH: native applications get none.
#include <fmt/format.h>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "suites/gateway/oauth/judge.hpp"
#include "suites/gateway/oauth/needs.hpp"
#include "suites/gateway/oauth/probe.hpp"
#include "suites/gateway/oauth/suite.hpp"
#include "suites/shared/failures.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using oauth::TokenAnswer;

awaitable<TokenAnswer> refresh(Context& ctx, const OAuthClient& client, std::string token) {
    TokenAnswer answer = co_await ask_token(ctx, client, oauth::refresh_grant(token));
    co_return answer;
}

/// Tokens of a fresh code, with a refresh token among them; a verdict when there is none.
struct Refreshable {
    TokenAnswer tokens;
    std::optional<Verdict> verdict;
};
awaitable<Refreshable> refreshable(Context& ctx) {
    Refreshable made;
    LoggedIn ourselves;
    if (!authority_of(ctx).by_human) {
        ourselves = co_await log_in(ctx);
        if (!ourselves.ok()) {
            made.verdict = no_login(ourselves.token.problem);
            co_return made;
        }
    }
    made.tokens = co_await new_tokens(ctx, authority_of(ctx).client, ourselves.cookies);
    if (!made.tokens.granted()) {
        made.verdict = no_tokens(made.tokens);
    }
    co_return made;
}

Verdict no_refresh_token() {
    return Verdict::skipped("no refresh token was given, which oauth.refresh-rotates judges");
}

awaitable<Verdict> refresh_rotates(Context& ctx) {
    const Refreshable made = co_await refreshable(ctx);
    if (made.verdict) {
        co_return *made.verdict;
    }
    const OAuthClient& client = authority_of(ctx).client;
    const std::string first = made.tokens.text("refresh_token");
    if (first.empty()) {
        co_return Verdict::fail("the cloud client was given no refresh token")
            .remedy("give cloud clients a refresh token with the code's exchange (IA 2.1.4)");
    }
    const TokenAnswer second = co_await refresh(ctx, client, first);
    if (!second.granted()) {
        co_return second.status == 0 ? Verdict::inconclusive("the refresh: {}", second.failure)
                                     : Verdict::fail("a fresh refresh token was refused: {}", second.summary())
                                           .remedy("exchange a refresh token for new tokens (RFC 6749 6)");
    }
    const std::string next = second.text("refresh_token");
    if (next.empty() || next == first) {
        co_return Verdict::fail(
            "{}", next.empty() ? "a refresh gave no new refresh token" : "a refresh gave the same refresh token back")
            .remedy("give a new refresh token with each refresh and retire the old one (IA 2.1.4)");
    }
    if (second.text("access_token") == made.tokens.text("access_token")) {
        co_return Verdict::fail("a refresh gave the same access token back")
            .remedy("give a new access token with each refresh");
    }
    const TokenAnswer third = co_await refresh(ctx, client, next);
    if (!third.granted()) {
        co_return Verdict::fail("the refresh token that a refresh gave was refused: {}", third.summary())
            .remedy("honour the newest refresh token of the family");
    }
    co_return Verdict::pass("each refresh gave new tokens, and the newest refresh token works");
}

/// The refresh tokens of a family that was refreshed once.
struct Rotated {
    std::string first = {};
    std::string next = {};
    std::optional<Verdict> verdict = {};  ///< why there is no such family
};

awaitable<Rotated> rotated_once(Context& ctx) {
    Rotated rotated;
    const Refreshable made = co_await refreshable(ctx);
    rotated.verdict = made.verdict;
    if (made.verdict) {
        co_return rotated;
    }
    rotated.first = made.tokens.text("refresh_token");
    if (rotated.first.empty()) {
        rotated.verdict = no_refresh_token();
        co_return rotated;
    }
    const TokenAnswer second = co_await refresh(ctx, authority_of(ctx).client, rotated.first);
    rotated.next = second.text("refresh_token");
    if (!second.granted() || rotated.next.empty() || rotated.next == rotated.first) {
        rotated.verdict = Verdict::skipped("refresh tokens do not rotate, which oauth.refresh-rotates judges");
    }
    co_return rotated;
}

/// The set of a refresh token that came again. While it lives, each look leaves a newer refresh token in `newest`.
awaitable<Look> look_at_set(Context& ctx, std::string& newest) {
    const TokenAnswer answer = co_await refresh(ctx, authority_of(ctx).client, newest);
    const Verdict verdict = judge_refused_grant(answer, "after an old refresh token came again, the newest one",
                                                "when a used refresh token comes again, revoke the whole set: it was "
                                                "stolen (IA 2.1.4, RFC 9700 4.14)");
    const std::string next = answer.text("refresh_token");
    const bool goes_on = !next.empty() && next != newest;  // else a refusal could be of one that came again
    newest = goes_on ? next : newest;
    if (verdict.outcome() != Outcome::pass) {
        co_return Look{verdict, goes_on};
    }
    co_return Look{Verdict::pass("a used refresh token was refused, and the whole set with it")};
}

awaitable<Verdict> refresh_reuse_revokes(Context& ctx) {
    const Rotated rotated = co_await rotated_once(ctx);
    if (rotated.verdict) {
        co_return *rotated.verdict;
    }
    const OAuthClient& client = authority_of(ctx).client;
    const TokenAnswer reused = co_await refresh(ctx, client, rotated.first);
    Verdict verdict = judge_refused_grant(reused, "a refresh token that had been used before",
                                          "a refresh token is good for one refresh (IA 2.1.4)");
    if (verdict.outcome() != Outcome::pass) {
        co_return verdict;
    }
    std::string newest = rotated.next;
    const auto look = [&ctx, &newest] { return look_at_set(ctx, newest); };
    LookRules rules = revocation_rules(ctx.profile(), "after the old one came again");
    rules.in_a_row = 1;  // a look uses the newest token up, so that it is refused afterwards whatever became of the set
    co_return co_await given_time(ctx, rules, look);
}

/// RFC 9700 4.14.2: two processes of one client that refresh at once, as happens where they share what they keep.
awaitable<Verdict> refresh_raced(Context& ctx) {
    using namespace boost::asio::experimental::awaitable_operators;
    const Rotated rotated = co_await rotated_once(ctx);
    if (rotated.verdict) {
        co_return *rotated.verdict;
    }
    const OAuthClient& client = authority_of(ctx).client;
    const auto [one, other] = co_await (refresh(ctx, client, rotated.next) && refresh(ctx, client, rotated.next));
    std::optional<TokenAnswer> after;
    if (one.granted() != other.granted()) {
        after = co_await refresh(ctx, client, (one.granted() ? one : other).text("refresh_token"));
    }
    co_return judge_raced(one, other, after);
}

awaitable<Verdict> refresh_bound_to_client(Context& ctx) {
    const Refreshable made = co_await refreshable(ctx);
    if (made.verdict) {
        co_return *made.verdict;
    }
    const std::string first = made.tokens.text("refresh_token");
    if (first.empty()) {
        co_return no_refresh_token();
    }
    const TokenAnswer second = co_await refresh(ctx, authority_of(ctx).client, first);
    const std::string next = second.text("refresh_token");
    if (!second.granted() || next.empty()) {
        co_return Verdict::inconclusive("the client's own refresh does not work, so a refusal proves nothing: {}",
                                        second.summary());
    }
    const TokenAnswer foreign = co_await refresh(ctx, *authority_of(ctx).second_client, next);
    co_return judge_refused_grant(foreign, "the first client's refresh token, presented by the second client",
                                  "compare the client that authenticates with the one that the refresh token was given "
                                  "to (RFC 6749 6)");
}

constexpr const char* desktop_remedy =
    "give native applications no refresh tokens: their users log in again (IA 2.1.4)";

awaitable<Verdict> desktop_no_refresh_token(Context& ctx) {
    const Refreshable made = co_await refreshable(ctx);
    if (made.verdict) {
        co_return *made.verdict;
    }
    co_return made.tokens.has("refresh_token")
        ? Verdict::fail("a native application was given a refresh token").remedy(desktop_remedy)
        : Verdict::pass("the code's exchange gave an access token alone");
}

/// Tokens for which the scope that asks for refresh tokens elsewhere was asked as well.
awaitable<CodeGrant> offline_code(Context& ctx, CookieJar& browser) {
    CodeWish wish;
    wish.scope = authority_of(ctx).scope + ' ' + authority_of(ctx).offline_scope;
    CodeGrant grant = co_await get_code(ctx, authority_of(ctx).client, browser, std::move(wish));
    co_return grant;
}

awaitable<Verdict> desktop_offline_scope_ignored(Context& ctx, CookieJar& browser) {
    const std::string& offline = authority_of(ctx).offline_scope;
    const CodeGrant grant = co_await offline_code(ctx, browser);
    if (grant.code.empty()) {
        co_return (grant.came.returned && grant.came.parameter("error") != nullptr)
            ? Verdict::pass("the scope {} is refused: {}", offline, grant.came.summary())
            : no_code(grant);
    }
    const TokenAnswer answer = co_await exchange(ctx, authority_of(ctx).client, grant);
    if (!answer.granted()) {
        co_return no_tokens(answer);
    }
    co_return answer.has("refresh_token")
        ? Verdict::fail("a native application that asked for {} was given a refresh token", offline)
              .remedy(desktop_remedy)
        : Verdict::pass("the scope {} changes nothing: no refresh token was given", offline);
}

awaitable<Verdict> desktop_refresh_grant_refused(Context& ctx, CookieJar& browser) {
    const OAuthClient& client = authority_of(ctx).client;
    TokenAnswer tokens = co_await new_tokens(ctx, client, browser);
    if (!tokens.granted()) {
        co_return no_tokens(tokens);
    }
    std::vector<std::pair<std::string_view, std::string>> candidates{
        {"an access token in place of a refresh token", tokens.text("access_token")},
        {"a made-up refresh token", oauth::random_text(32)}};
    if (!tokens.has("refresh_token")) {
        const CodeGrant grant = co_await offline_code(ctx, browser);
        if (!grant.code.empty()) {
            tokens = co_await exchange(ctx, client, grant);
        }
    }
    if (tokens.has("refresh_token")) {
        candidates.emplace_back("the refresh token that should not be", tokens.text("refresh_token"));
    }
    Failures failures;
    for (const auto& [what, token] : candidates) {
        const TokenAnswer answer = co_await refresh(ctx, client, token);
        failures.add(
            judge_refused_grant(answer, fmt::format("a native application's refresh with {}", what), desktop_remedy));
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        co_return *failed;
    }
    co_return Verdict::pass("a native application's refresh is refused, whatever it presents");
}

}  // namespace

std::vector<Check> oauth_refresh_checks() {
    return checks(oauth_family(), {{.id = "oauth.refresh-rotates",
                                    .title = "Each refresh must give a new refresh token",
                                    .requirements = {decides("CLOUD-REFRESH")},
                                    .run = refresh_rotates,
                                    .channels = {Channel::cloud},
                                    .needs = {user_login(), refresh_tokens()}},
                                   {.id = "oauth.refresh-reuse-revokes",
                                    .title = "A used refresh token must revoke its whole set",
                                    .requirements = {decides("CLOUD-REFRESH")},
                                    .run = refresh_reuse_revokes,
                                    .channels = {Channel::cloud},
                                    .needs = {user_login(), refresh_tokens()},
                                    .deadline = with_time_to_revoke()},
                                   {.id = "oauth.refresh-raced",
                                    .title = "Of two refreshes with one token at once one at most may be served",
                                    .requirements = {decides("CLOUD-REFRESH")},
                                    .run = refresh_raced,
                                    .channels = {Channel::cloud},
                                    .environments = {Environment::embedded, Environment::sandbox, Environment::test},
                                    .needs = {user_login(), refresh_tokens()}},
                                   {.id = "oauth.refresh-bound-to-client",
                                    .title = "A refresh token must be refused to another client",
                                    .requirements = {decides("CLOUD-REFRESH")},
                                    .run = refresh_bound_to_client,
                                    .channels = {Channel::cloud},
                                    .needs = {user_login(), refresh_tokens(), second_client()}},
                                   {.id = "oauth.desktop-no-refresh-token",
                                    .title = "Native applications must get no refresh token",
                                    .requirements = {decides("DESK-NO-REFRESH")},
                                    .run = desktop_no_refresh_token,
                                    .channels = {Channel::desktop},
                                    .needs = {user_login(), no_refresh_tokens()}},
                                   {.id = "oauth.desktop-refresh-grant-refused",
                                    .title = "Native applications must not be able to refresh",
                                    .requirements = {decides("DESK-NO-REFRESH")},
                                    .run = in_browser(desktop_refresh_grant_refused),
                                    .channels = {Channel::desktop},
                                    .needs = {user_login(), no_refresh_tokens()}},
                                   {.id = "oauth.desktop-offline-scope-ignored",
                                    .title = "The offline scope must give native applications no refresh token",
                                    .requirements = {decides("DESK-NO-REFRESH")},
                                    .run = in_browser(desktop_offline_scope_ignored),
                                    .channels = {Channel::desktop},
                                    .needs = {user_login(), no_refresh_tokens()}}});
}

}  // namespace gateproof::suites
