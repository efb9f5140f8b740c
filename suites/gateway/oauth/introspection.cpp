// What introspection answers wrong requests with, and whom it tells about a token: IA 4, RFC 7662 2.2 and 2.3.
#include "suites/gateway/oauth/judge.hpp"
#include "suites/gateway/oauth/needs.hpp"
#include "suites/gateway/oauth/probe.hpp"
#include "suites/gateway/oauth/suite.hpp"
#include "suites/gateway/oauth/wrong_requests.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using oauth::TokenAnswer;

std::vector<WrongRequest> wrong_introspections(const Authority& authority) {
    const OAuthClient& client = authority.client;
    const OAuthClient stranger = stranger_to(client);
    return {{{"for introspection without a token", {"invalid_request"}, {400}},
             oauth::introspection_request(authority, client, "")},
            {{"for introspection of a client that is not one", {"invalid_client"}, {401}},
             oauth::introspection_request(authority, stranger, oauth::random_text(32))}};
}

awaitable<Verdict> introspection_errors(Context& ctx) {
    std::vector<WrongRequest> wrong = wrong_introspections(authority_of(ctx));
    co_return co_await answered_as_documented(ctx, std::move(wrong));
}

awaitable<Verdict> introspection_of_others(Context& ctx, CookieJar& browser) {
    const Authority& authority = authority_of(ctx);
    const TokenAnswer tokens = co_await new_tokens(ctx, authority.client, browser);
    if (!tokens.granted()) {
        co_return no_tokens(tokens);
    }
    const std::string& token = tokens.text("access_token");
    const Introspection own = co_await introspect(ctx, token);
    if (own.active != true) {
        co_return Verdict::inconclusive(
            "the client's own token is not called active, so nothing can be said of other clients: {}", own.summary);
    }
    const HttpOutcome outcome =
        co_await ctx.oauth_http(oauth::introspection_request(authority, *authority.second_client, token));
    co_return judge_introspection_of_others(oauth::read_token_answer(outcome));
}

}  // namespace

std::vector<Check> oauth_introspection_checks() {
    CheckFamily family = oauth_family();
    family.requirements = {decides("OAUTH-INTROSPECTION")};
    family.needs.push_back(introspection_endpoint());
    return checks(family, {{.id = "oauth.introspection-errors",
                            .title = "Errors of introspection must be as documented",
                            .run = introspection_errors},
                           {.id = "oauth.introspection-of-others",
                            .title = "Introspection must not tell a client about the tokens of others",
                            .run = in_browser(introspection_of_others),
                            .needs = {user_login(), second_client()}}});
}

}  // namespace gateproof::suites
