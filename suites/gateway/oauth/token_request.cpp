// How the token endpoint is asked: a form in the body, of a stated length (IA 2.1, MS; RFC 6749 3.2).
#include "suites/gateway/oauth/judge.hpp"
#include "suites/gateway/oauth/needs.hpp"
#include "suites/gateway/oauth/probe.hpp"
#include "suites/gateway/oauth/suite.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using oauth::TokenAnswer;

enum class Way { in_the_query, without_length };

/// The exchange of a fresh code, asked for in this way.
HttpRequest exchange_by(Way way, const Authority& authority, const CodeGrant& grant) {
    HttpRequest request = oauth::token_request(
        authority, authority.client, oauth::code_grant(grant.code, authority.client.redirect_uri, grant.pkce.verifier));
    if (way == Way::in_the_query) {
        request.path += '?' + request.body;
        request.body.clear();
    } else {
        request.headers.emplace_back("Transfer-Encoding", "chunked");
    }
    return request;
}

/// What came of it; and unless it was granted whether the same client gets a token as it should.
struct Exchanged {
    TokenAnswer answer = {};
    std::optional<Verdict> none = {};  ///< why nothing can be said
};

awaitable<Exchanged> try_exchange(Context& ctx, CookieJar& browser, Way way) {
    const Authority& authority = authority_of(ctx);
    Exchanged tried;
    const CodeGrant grant = co_await get_code(ctx, authority.client, browser);
    if (grant.code.empty()) {
        tried.none = no_code(grant);
        co_return tried;
    }
    HttpRequest request = exchange_by(way, authority, grant);
    const HttpOutcome outcome = co_await ctx.oauth_http(std::move(request));
    tried.answer = oauth::read_token_answer(outcome);
    if (!tried.answer.granted()) {
        const TokenAnswer ordinary = co_await new_tokens(ctx, authority.client, browser);
        if (!ordinary.granted()) {
            tried.none = no_tokens(ordinary);
        }
    }
    co_return tried;
}

awaitable<Verdict> token_query_refused(Context& ctx, CookieJar& browser) {
    Exchanged tried = co_await try_exchange(ctx, browser, Way::in_the_query);
    co_return tried.none ? std::move(*tried.none)
                         : judge_refused_grant(tried.answer, "a code whose exchange stood in the query",
                                               "take the parameters of the token endpoint from the body alone: what "
                                               "stands in the query gets into logs (IA 2.1, RFC 6749 3.2)");
}

awaitable<Verdict> token_length_needed(Context& ctx, CookieJar& browser) {
    Exchanged tried = co_await try_exchange(ctx, browser, Way::without_length);
    co_return tried.none ? std::move(*tried.none) : judge_without_length(tried.answer);
}

}  // namespace

std::vector<Check> oauth_token_request_checks() {
    CheckFamily family = oauth_family();
    family.needs.push_back(user_login());
    return checks(family, {{.id = "oauth.token-query-refused",
                            .title = "No token may be given for what stands in the query",
                            .requirements = {decides("OAUTH-TOKEN-POST")},
                            .run = in_browser(token_query_refused)},
                           {.id = "oauth.token-length-needed",
                            .title = "A token request must have a Content-Length",
                            .requirements = {adds("OAUTH-TOKEN-POST")},
                            .run = in_browser(token_length_needed)}});
}

}  // namespace gateproof::suites
