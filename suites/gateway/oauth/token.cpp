// What the token, introspection and revocation endpoints answer: RFC 6749 5, RFC 7662, RFC 7009.
#include "suites/gateway/oauth/judge.hpp"
#include "suites/gateway/oauth/needs.hpp"
#include "suites/gateway/oauth/probe.hpp"
#include "suites/gateway/oauth/suite.hpp"
#include "suites/gateway/oauth/wrong_requests.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using oauth::ClientAuthentication;
using oauth::Parameters;
using oauth::TokenAnswer;

awaitable<Verdict> token_response(Context& ctx, CookieJar& browser) {
    const Authority& authority = authority_of(ctx);
    const TokenAnswer answer = co_await new_tokens(ctx, authority.client, browser);
    if (!answer.granted()) {
        co_return no_tokens(answer);
    }
    co_return judge_token_response(answer, authority.expires_in, authority.scope);
}

/// MS: what the access token of the profile's user holds.
awaitable<Verdict> access_token_form(Context& ctx) {
    const AccessToken token = co_await ctx.access_token("user");
    if (!token.ok()) {
        co_return no_login(token.problem);
    }
    const Authority& authority = authority_of(ctx);
    co_return judge_token_form(token.value, authority.access_token, authority.expires_in);
}

std::vector<WrongRequest> wrong_requests(const Authority& authority) {
    const OAuthClient& client = authority.client;
    const OAuthClient stranger = stranger_to(client);
    std::vector<std::string_view> not_a_client{"invalid_client"};
    if (client.confidential()) {
        not_a_client.push_back("access_denied");  // the other word that is published for a wrong secret
    }
    const std::string code = oauth::random_text(32);
    const Parameters exchange = oauth::code_grant(code, client.redirect_uri, oauth::random_text(32));
    return {
        {{"without grant_type", {"invalid_request"}, {400}}, oauth::token_request(authority, client, {{"code", code}})},
        {{"with an unknown grant_type", {"unsupported_grant_type"}, {400}},
         oauth::token_request(authority, client, {{"grant_type", "urn:gateproof:unknown"}})},
        {{"with a code that was never given", {"invalid_grant"}, {400, 401}},
         oauth::token_request(authority, client, exchange)},
        {{"of a client that is not one", std::move(not_a_client), {400, 401}},
         oauth::token_request(authority, stranger, exchange)}};
}

awaitable<Verdict> errors(Context& ctx) {
    std::vector<WrongRequest> wrong = wrong_requests(authority_of(ctx));
    co_return co_await answered_as_documented(ctx, std::move(wrong));
}

awaitable<Verdict> introspection(Context& ctx, CookieJar& browser) {
    const Authority& authority = authority_of(ctx);
    const TokenAnswer tokens = co_await new_tokens(ctx, authority.client, browser);
    if (!tokens.granted()) {
        co_return no_tokens(tokens);
    }
    const std::string& token = tokens.text("access_token");
    const Introspection fresh = co_await introspect(ctx, token);
    const std::string remedy =
        "answer 200 with active true for a good token and active false for any other (RFC 7662 2.2)";
    if (fresh.active != true) {
        co_return fresh.active ? Verdict::fail("a fresh access token is called inactive").remedy(std::string(remedy))
                               : Verdict::inconclusive("introspection of a fresh token: {}", fresh.summary);
    }
    const std::string garbage = oauth::random_text(32);
    const Introspection unknown = co_await introspect(ctx, garbage);
    if (unknown.active != false) {
        co_return unknown.active
            ? Verdict::fail("a token that was never given is called active").remedy(std::string(remedy))
            : Verdict::fail("a token that was never given is not called inactive: {}", unknown.summary)
                  .remedy(std::string(remedy));
    }
    const HttpOutcome outcome = co_await ctx.oauth_http(
        oauth::introspection_request(authority, authority.client, token, ClientAuthentication::none));
    const TokenAnswer open = oauth::read_token_answer(outcome);
    const auto active = open.flags.find("active");
    if (active != open.flags.end() && active->second) {
        co_return Verdict::fail("somebody without credentials is told about a token")
            .remedy("authenticate who asks the introspection endpoint (RFC 7662 2.1)");
    }
    co_return open.status == 0
        ? Verdict::inconclusive("introspection without credentials: {}", open.failure)
        : Verdict::pass("fresh tokens are active, unknown ones are not; without credentials: {}", open.summary());
}

awaitable<Look> look_at_revoked(Context& ctx, const std::string& token) {
    const Introspection after = co_await introspect(ctx, token);
    if (after.active == true) {
        const bool blind = co_await introspection_is_blind(ctx);
        if (blind) {
            co_return Look{
                Verdict::skipped("introspection calls every token active, which oauth.introspection judges")};
        }
        co_return Look{Verdict::fail("a revoked token is still active")
                           .remedy("revoke the token before answering 200 (RFC 7009 2.1), on every node")};
    }
    co_return Look{after.active == false
                       ? Verdict::pass("a revoked token is inactive")
                       : Verdict::inconclusive("introspection after the revocation: {}", after.summary)};
}

awaitable<Verdict> revocation(Context& ctx, CookieJar& browser) {
    const Authority& authority = authority_of(ctx);
    const TokenAnswer tokens = co_await new_tokens(ctx, authority.client, browser);
    if (!tokens.granted()) {
        co_return no_tokens(tokens);
    }
    const std::string& token = tokens.text("access_token");
    const Introspection before = co_await introspect(ctx, token);
    if (before.active != true) {
        co_return Verdict::inconclusive("a fresh token is not called active, so its revocation cannot be seen: {}",
                                        before.summary);
    }
    for (const std::string& revoked : {token, oauth::random_text(32)}) {
        const HttpOutcome outcome =
            co_await ctx.oauth_http(oauth::revocation_request(authority, authority.client, revoked));
        if (!outcome.response) {
            co_return Verdict::inconclusive("revocation: {}", outcome.summary());
        }
        if (outcome.response->status != 200) {
            co_return Verdict::fail("revoking {} was answered with {}",
                                    revoked == token ? "a token" : "an unknown token", outcome.summary())
                .remedy("answer 200, also for a token that is not known (RFC 7009 2.2)");
        }
    }
    LookRules rules = revocation_rules(ctx.profile(), "after it was revoked");
    const auto look = [&ctx, &token] { return look_at_revoked(ctx, token); };
    co_return co_await given_time(ctx, rules, look);
}

}  // namespace

std::vector<Check> oauth_token_checks() {
    return checks(oauth_family(),
                  {{.id = "oauth.token-response",
                    .title = "The token response must be as RFC 6749 wants it",
                    .run = in_browser(token_response),
                    .intrusiveness = Intrusiveness::passive,
                    .needs = {user_login()}},
                   {.id = "oauth.access-token-form",
                    .title = "An access token must be of the published form",
                    .requirements = {decides("OAUTH-TOKEN-FORM")},
                    .run = access_token_form,
                    .intrusiveness = Intrusiveness::passive,
                    .needs = {readable_token()}},
                   {.id = "oauth.errors", .title = "Errors of the token endpoint must be as documented", .run = errors},
                   {.id = "oauth.introspection",
                    .title = "Introspection must tell good tokens from others",
                    .requirements = {adds("OAUTH-USER")},
                    .run = in_browser(introspection),
                    .needs = {user_login(), introspection_endpoint()}},
                   {.id = "oauth.revocation",
                    .title = "A revoked token must no longer be active",
                    .requirements = {adds("OAUTH-USER")},
                    .run = in_browser(revocation),
                    .needs = {user_login(), introspection_endpoint(), revocation_endpoint()},
                    .deadline = with_time_to_revoke()}});
}

}  // namespace gateproof::suites
