#include "suites/gateway/oauth/probe.hpp"

#include <utility>

#include "suites/gateway/oauth/judge.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;

namespace {

awaitable<Verdict> check_in_browser(Context& ctx, BrowserCheck* check) {
    LoggedIn ourselves;
    if (!authority_of(ctx).by_human) {  // a human's first step shows as much
        ourselves = co_await log_in(ctx);
        if (!ourselves.ok()) {
            co_return no_login(ourselves.token.problem);
        }
    }
    Verdict verdict = co_await check(ctx, ourselves.cookies);
    co_return verdict;
}

}  // namespace

GatewayCheck in_browser(BrowserCheck* check) {
    return [check](Context& ctx) { return check_in_browser(ctx, check); };
}

awaitable<HttpOutcome> ContextSender::send(HttpRequest request) {
    HttpOutcome outcome = co_await ctx_.oauth_http(std::move(request));
    co_return outcome;
}

const Authority& authority_of(Context& ctx) {
    return *ctx.profile().authority;
}

OAuthClient with_wrong_secret(const OAuthClient& client) {
    OAuthClient wrong = client;
    wrong.secret = oauth::random_text(24);
    return wrong;
}

OAuthClient stranger_to(const OAuthClient& client) {
    if (client.confidential()) {
        return with_wrong_secret(client);
    }
    OAuthClient stranger = client;
    stranger.id += "-unknown";
    return stranger;
}

awaitable<LoggedIn> log_in(Context& ctx) {
    LoggedIn result = co_await ctx.login("user");
    result.cookies = CookieJar();
    co_return result;
}

awaitable<CodeGrant> get_code(Context& ctx, const OAuthClient& client, CookieJar& browser, CodeWish wish) {
    const Authority& authority = authority_of(ctx);
    CodeGrant grant;
    grant.state = wish.state.empty() ? oauth::random_state(authority_of(ctx)) : std::move(wish.state);
    oauth::AuthorizationRequest request;
    request.client_id = client.id;
    request.redirect_uri = wish.redirect_uri.empty() ? client.redirect_uri : wish.redirect_uri;
    request.scope = wish.scope.empty() ? authority.scope : wish.scope;
    request.state = grant.state;
    request.response_type = std::move(wish.response_type);
    request.more = std::move(wish.more);
    request.posted = wish.posted;
    if (wish.pkce) {
        grant.pkce = oauth::Pkce::fresh();
        request.code_challenge = grant.pkce.challenge;
        ctx.keep_secret(grant.pkce.verifier);
    }
    if (authority.by_human && !wish.nobody) {
        grant.came = co_await ctx.ask_human(std::move(request), wish.decision);
        grant.code = grant.came.code();
        co_return grant;
    }
    oauth::Browsing browsing;
    browsing.recipe = authority.recipe;
    browsing.decision = wish.decision;
    if (wish.user) {
        browsing.user = std::move(wish.user);
    } else if (!wish.nobody && authority.automated && authority.users.contains("user")) {
        browsing.user = authority.users.at("user");
    }
    browsing.until = std::chrono::steady_clock::now() + ctx.deadline() / 2;
    ContextSender sender(ctx);
    grant.came = co_await oauth::authorize(sender, authority, std::move(request), std::move(browsing), browser);
    grant.code = grant.came.code();
    co_return grant;
}

awaitable<std::optional<Verdict>> human_gets_in(Context& ctx) {
    if (!authority_of(ctx).by_human) {
        co_return std::nullopt;
    }
    CookieJar none;
    const CodeGrant grant = co_await get_code(ctx, authority_of(ctx).client, none);
    co_return grant.code.empty() ? std::optional(no_code(grant)) : std::nullopt;
}

void take_for_login_page(oauth::Authorization& came) {
    const bool shown = !came.returned && came.elsewhere.empty() && !came.login_page && !came.splash_page && came.last &&
                       came.last->whole() && came.last->response->status == 200;
    if (shown) {
        came.login_page = true;
        came.login = came.last;
        came.problem = "the page that works by script, by which a human had logged in";
    }
}

awaitable<CodeGrant> get_code(Context& ctx, const OAuthClient& client, CookieJar& browser) {
    CodeWish wish;
    CodeGrant grant = co_await get_code(ctx, client, browser, std::move(wish));
    co_return grant;
}

awaitable<oauth::TokenAnswer> ask_token(Context& ctx, const OAuthClient& client, oauth::Parameters parameters,
                                        oauth::ClientAuthentication how) {
    const HttpOutcome outcome =
        co_await ctx.oauth_http(oauth::token_request(authority_of(ctx), client, std::move(parameters), how));
    co_return oauth::read_token_answer(outcome);
}

awaitable<oauth::TokenAnswer> exchange(Context& ctx, const OAuthClient& client, const CodeGrant& grant) {
    oauth::TokenAnswer answer =
        co_await ask_token(ctx, client, oauth::code_grant(grant.code, client.redirect_uri, grant.pkce.verifier));
    co_return answer;
}

awaitable<oauth::TokenAnswer> new_tokens(Context& ctx, const OAuthClient& client, CookieJar& browser) {
    const CodeGrant grant = co_await get_code(ctx, client, browser);
    if (grant.code.empty()) {
        oauth::TokenAnswer none;
        none.failure = "no code came: " + grant.came.summary();
        co_return none;
    }
    oauth::TokenAnswer answer = co_await exchange(ctx, client, grant);
    co_return answer;
}

awaitable<Introspection> introspect(Context& ctx, const std::string& token) {
    const Authority& authority = authority_of(ctx);
    const HttpRequest request = oauth::introspection_request(authority, authority.client, token);
    const auto once = [&] { return ctx.oauth_http(request); };
    const HttpOutcome outcome = co_await until_answered(once, ended_by_cut);
    const oauth::TokenAnswer answer = oauth::read_token_answer(outcome);
    Introspection said;
    said.summary = answer.summary();
    const auto active = answer.flags.find("active");
    if (answer.status == 200 && active != answer.flags.end()) {
        said.active = active->second;
    }
    co_return said;
}

awaitable<bool> introspection_is_blind(Context& ctx) {
    const std::string made_up = oauth::random_text(32);
    const Introspection said = co_await introspect(ctx, made_up);
    co_return said.active == true;
}

Verdict no_login(const std::string& problem) {
    if (problem.find(oauth::splash_problem) != std::string::npos) {
        return Verdict::inconclusive("{}", problem).remedy(allow_list_remedy);
    }
    return Verdict::inconclusive("{}", problem)
        .remedy(
            "see that the authority is up and that the profile's oauth section is right; nothing about codes and "
            "tokens can be judged without a login");
}

Verdict no_code(const CodeGrant& grant) {
    if (grant.came.problem.starts_with(missed_problem)) {
        return Verdict::inconclusive("{}", grant.came.problem)
            .remedy(
                "run it again when somebody is there, with --interactive: --rerun JOURNAL asks for what was left, and "
                "--step-wait gives each step more time");
    }
    if (std::optional<Verdict> outside = kept_outside(grant.came)) {
        return *outside;
    }
    return Verdict::inconclusive("no code came, so nothing can be judged by one: {}", grant.came.summary());
}

Verdict no_tokens(const oauth::TokenAnswer& answer) {
    return Verdict::inconclusive("a fresh code was not exchanged, so nothing can be judged by its tokens: {}",
                                 answer.summary());
}

Verdict judge_refused_grant(const oauth::TokenAnswer& answer, std::string_view what, std::string_view remedy) {
    const Trial trial(std::string(what), answer_of(answer));
    if (const std::optional<Verdict> verdict = not_refused(trial, "", remedy, Reading::documented)) {
        return *verdict;
    }
    return Verdict::pass("{} was refused: {}", what, answer.summary());
}

}  // namespace gateproof::suites
