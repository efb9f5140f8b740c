// Codes: once, by their own client, with the right verifier. RFC 6749 4.1.3 and 10.5, RFC 7636, RFC 8252, RFC 9700.
#include <fmt/format.h>

#include <array>

#include "suites/gateway/oauth/needs.hpp"
#include "suites/gateway/oauth/probe.hpp"
#include "suites/gateway/oauth/suite.hpp"
#include "suites/shared/failures.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using oauth::ClientAuthentication;
using oauth::Parameters;
using oauth::TokenAnswer;

/// RFC 6749 4.1.2: a code is good for one exchange.
awaitable<Verdict> code_single_use(Context& ctx, CookieJar& browser) {
    const OAuthClient& client = authority_of(ctx).client;
    const CodeGrant grant = co_await get_code(ctx, client, browser);
    if (grant.code.empty()) {
        co_return no_code(grant);
    }
    const TokenAnswer first = co_await exchange(ctx, client, grant);
    if (!first.granted()) {
        co_return no_tokens(first);
    }
    const TokenAnswer second = co_await exchange(ctx, client, grant);
    co_return judge_refused_grant(second, "a code that had been exchanged before",
                                  "refuse a code that has been exchanged (RFC 6749 4.1.2)");
}

awaitable<Look> look_at_reused(Context& ctx, const std::string& token) {
    const Introspection after = co_await introspect(ctx, token);
    if (after.active == true) {
        const bool blind = co_await introspection_is_blind(ctx);
        if (blind) {
            co_return Look{
                Verdict::skipped("introspection calls every token active, which oauth.introspection judges")};
        }
        co_return Look{
            Verdict::warning("the code was presented twice and its first token is still active")
                .remedy("when a code comes again, revoke what it gave before: one of both presenters stole it "
                        "(RFC 6749 4.1.2)")};
    }
    co_return Look{after.active == false
                       ? Verdict::pass("the token that a code gave was revoked when the code came again")
                       : Verdict::inconclusive("introspection does not tell: {}", after.summary)};
}

/// RFC 6749 4.1.2, should: what a code gave is revoked when it comes again.
awaitable<Verdict> code_reuse_revokes(Context& ctx, CookieJar& browser) {
    const OAuthClient& client = authority_of(ctx).client;
    const CodeGrant grant = co_await get_code(ctx, client, browser);
    if (grant.code.empty()) {
        co_return no_code(grant);
    }
    const TokenAnswer first = co_await exchange(ctx, client, grant);
    if (!first.granted()) {
        co_return no_tokens(first);
    }
    const std::string token = first.text("access_token");
    const Introspection before = co_await introspect(ctx, token);
    if (before.active != true) {
        co_return Verdict::inconclusive("a fresh token is not called active, so nothing can be said about it later: {}",
                                        before.summary);
    }
    const TokenAnswer again = co_await exchange(ctx, client, grant);
    if (again.granted()) {
        co_return Verdict::skipped("the code can be used again, which is another check's finding");
    }
    if (!again.refused()) {
        co_return Verdict::inconclusive("the code that came again was not refused, so it may never have come: {}",
                                        again.summary());
    }
    LookRules rules = revocation_rules(ctx.profile(), "after the code came again");
    rules.late = Outcome::pass;  // nobody says when
    const auto look = [&ctx, &token] { return look_at_reused(ctx, token); };
    co_return co_await given_time(ctx, rules, look);
}

/// RFC 6749 4.1.3: another client cannot exchange it.
awaitable<Verdict> code_bound_to_client(Context& ctx, CookieJar& browser) {
    const OAuthClient& client = authority_of(ctx).client;
    const OAuthClient& other = *authority_of(ctx).second_client;
    const TokenAnswer own = co_await new_tokens(ctx, other, browser);
    if (!own.granted()) {
        co_return Verdict::inconclusive(
            "the second client cannot exchange its own code, so its refusal proves "
            "nothing: {}",
            own.summary());
    }
    const CodeGrant grant = co_await get_code(ctx, client, browser);
    if (grant.code.empty()) {
        co_return no_code(grant);
    }
    Parameters parameters = oauth::code_grant(grant.code, client.redirect_uri, grant.pkce.verifier);
    const TokenAnswer answer = co_await ask_token(ctx, other, std::move(parameters));
    co_return judge_refused_grant(answer, "the first client's code, presented by the second client",
                                  "compare the client that authenticates with the one that the code was given to "
                                  "(RFC 6749 4.1.3)");
}

/// RFC 6749 4.1.3: the exchange names the redirect URI that the code was sent to.
awaitable<Verdict> code_bound_to_redirect_uri(Context& ctx, CookieJar& browser) {
    const OAuthClient& client = authority_of(ctx).client;
    Failures failures;
    for (const bool named : {true, false}) {
        const CodeGrant grant = co_await get_code(ctx, client, browser);
        if (grant.code.empty()) {
            failures.add(no_code(grant));
            break;
        }
        Parameters parameters = oauth::code_grant(grant.code, client.redirect_uri + "/other", grant.pkce.verifier);
        if (!named) {
            std::erase_if(parameters, [](const auto& one) { return one.first == "redirect_uri"; });
        }
        const TokenAnswer answer = co_await ask_token(ctx, client, std::move(parameters));
        failures.add(
            judge_refused_grant(answer, named ? "a code with another redirect_uri" : "a code without its redirect_uri",
                                "compare redirect_uri with that of the authorization request (RFC 6749 4.1.3)"));
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        co_return *failed;
    }
    co_return Verdict::pass("a code with another redirect_uri, or without one, was refused");
}

/// RFC 7636 4.6: who gave a challenge must show the verifier. The login used PKCE: the right verifier is accepted.
awaitable<Verdict> pkce_enforced(Context& ctx, CookieJar& browser) {
    const OAuthClient& client = authority_of(ctx).client;
    enum class Verifier { none, wrong, challenge };
    Failures failures;
    for (const Verifier kind : {Verifier::none, Verifier::wrong, Verifier::challenge}) {
        const CodeGrant grant = co_await get_code(ctx, client, browser);
        if (grant.code.empty()) {
            failures.add(no_code(grant));
            break;
        }
        const std::string verifier = kind == Verifier::none    ? std::string()
                                     : kind == Verifier::wrong ? oauth::random_text(32)
                                                               : grant.pkce.challenge;
        Parameters parameters = oauth::code_grant(grant.code, client.redirect_uri, verifier);
        const TokenAnswer answer = co_await ask_token(ctx, client, std::move(parameters));
        failures.add(judge_refused_grant(answer,
                                         kind == Verifier::none ? "a code of a PKCE request without its verifier"
                                         : kind == Verifier::wrong
                                             ? "a code of a PKCE request with a wrong verifier"
                                             : "a code of a PKCE request with its challenge as verifier",
                                         "demand code_verifier whenever a code_challenge was given, and compare "
                                         "its SHA-256 (RFC 7636 4.6)"));
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        co_return *failed;
    }
    co_return Verdict::pass(
        "codes of PKCE requests were refused without verifier, with a wrong one and with the challenge");
}

/// RFC 9700 4.8.2, should: a verifier for a code that had no challenge is an attack.
awaitable<Verdict> pkce_downgrade_refused(Context& ctx, CookieJar& browser) {
    const OAuthClient& client = authority_of(ctx).client;
    CodeWish wish;
    wish.pkce = false;
    const CodeGrant grant = co_await get_code(ctx, client, browser, std::move(wish));
    if (grant.code.empty()) {
        co_return grant.came.returned ? Verdict::pass("no code is given without PKCE: {}", grant.came.summary())
                                      : no_code(grant);
    }
    Parameters parameters = oauth::code_grant(grant.code, client.redirect_uri, oauth::random_text(32));
    const TokenAnswer answer = co_await ask_token(ctx, client, std::move(parameters));
    if (answer.granted()) {
        co_return Verdict::warning(
            "a code_verifier was accepted for a code that was asked for without a code_challenge")
            .remedy("refuse a code_verifier when the authorization request had no code_challenge (RFC 9700 4.8.2)");
    }
    co_return judge_refused_grant(answer, "a code_verifier without a code_challenge", "");
}

/// RFC 8252 6 and 8.1, should: a native application's code is worth nothing to who intercepts it.
awaitable<Verdict> native_pkce_required(Context& ctx, CookieJar& browser) {
    CodeWish wish;
    wish.pkce = false;
    const CodeGrant grant = co_await get_code(ctx, authority_of(ctx).client, browser, std::move(wish));
    if (!grant.code.empty()) {
        co_return Verdict::warning("a native client without a secret was given a code without PKCE")
            .remedy(
                "demand PKCE of native clients: other applications on the device may catch their codes (RFC 8252 "
                "8.1)");
    }
    co_return grant.came.returned ? Verdict::pass("no code is given without PKCE: {}", grant.came.summary())
                                  : no_code(grant);
}

/// One way of not being the client.
struct Stranger {
    std::string_view what;
    OAuthClient client;
    ClientAuthentication how;
};

/// RFC 6749 3.2.1: a client that has a secret proves that it knows it.
awaitable<Verdict> client_authenticated(Context& ctx, CookieJar& browser) {
    const OAuthClient& client = authority_of(ctx).client;
    OAuthClient unknown = with_wrong_secret(client);
    unknown.id += "-unknown";
    const std::vector<Stranger> strangers{
        {"a wrong client secret", with_wrong_secret(client), ClientAuthentication::automatic},
        {"the client_id without the secret", client, ClientAuthentication::id_only},
        {"no client credentials", client, ClientAuthentication::none},
        {"an unknown client", unknown, ClientAuthentication::automatic}};
    Failures failures;
    for (const Stranger& stranger : strangers) {
        const CodeGrant grant = co_await get_code(ctx, client, browser);
        if (grant.code.empty()) {
            failures.add(no_code(grant));
            break;
        }
        Parameters parameters = oauth::code_grant(grant.code, client.redirect_uri, grant.pkce.verifier);
        const TokenAnswer answer = co_await ask_token(ctx, stranger.client, std::move(parameters), stranger.how);
        failures.add(judge_refused_grant(answer, fmt::format("a code with {}", stranger.what),
                                         "authenticate confidential clients at the token endpoint (RFC 6749 3.2.1)"));
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        co_return *failed;
    }
    co_return Verdict::pass("refused with a wrong secret, without one, without credentials and as an unknown client");
}

}  // namespace

std::vector<Check> oauth_code_checks() {
    return checks(oauth_family(), {{.id = "oauth.code-single-use",
                                    .title = "A code must be good for one exchange alone",
                                    .run = in_browser(code_single_use),
                                    .needs = {user_login()}},
                                   {.id = "oauth.code-reuse-revokes",
                                    .title = "A code that comes again must revoke what it gave",
                                    .requirements = {adds("OAUTH-USER")},
                                    .run = in_browser(code_reuse_revokes),
                                    .needs = {user_login(), introspection_endpoint()},
                                    .deadline = with_time_to_revoke()},
                                   {.id = "oauth.code-bound-to-client",
                                    .title = "A code must be refused to another client",
                                    .run = in_browser(code_bound_to_client),
                                    .needs = {user_login(), second_client()}},
                                   {.id = "oauth.code-bound-to-redirect-uri",
                                    .title = "A code must be exchanged with its own redirect URI alone",
                                    .run = in_browser(code_bound_to_redirect_uri),
                                    .needs = {user_login()}},
                                   {.id = "oauth.client-authenticated",
                                    .title = "The token endpoint must authenticate the client",
                                    .run = in_browser(client_authenticated),
                                    .needs = {user_login(), confidential_client()}},
                                   {.id = "oauth.pkce-enforced-when-used",
                                    .title = "A code of a PKCE request must need its verifier",
                                    .run = in_browser(pkce_enforced),
                                    .needs = {user_login()}},
                                   {.id = "oauth.pkce-downgrade-refused",
                                    .title = "A verifier without a challenge must be refused",
                                    .requirements = {adds("OAUTH-USER")},
                                    .run = in_browser(pkce_downgrade_refused),
                                    .needs = {user_login()}},
                                   {.id = "oauth.native-pkce-required",
                                    .title = "A native client must get no code without PKCE",
                                    .requirements = {adds("OAUTH-USER")},
                                    .run = in_browser(native_pkce_required),
                                    .channels = {Channel::desktop},
                                    .needs = {user_login(), public_client()}}});
}

}  // namespace gateproof::suites
