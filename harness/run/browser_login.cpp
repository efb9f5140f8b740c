#include "harness/run/browser_login.hpp"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <utility>

#include "harness/journal/redact.hpp"
#include "harness/probe/http/request.hpp"
#include "harness/probe/oauth/loopback_redirect.hpp"
#include "harness/run/tokens.hpp"

namespace gateproof {

namespace asio = boost::asio;

namespace {

std::string first_of(const oauth::Parameters& parameters, std::string_view name) {
    const auto found = std::ranges::find(parameters, name, [](const auto& one) { return std::string_view(one.first); });
    return found == parameters.end() ? std::string() : found->second;
}

/// A human's login as it goes on, on its own loop.
struct Flow {
    const Profile& profile;
    oauth::LoopbackRedirect& redirect;
    HttpClient& http;
    oauth::AuthorizationRequest request;
    oauth::Pkce pkce;
    std::chrono::milliseconds wait;
    BrowserLogin result;
    Redactor redactor;  ///< for the problem, which the authority has a part in wording
};

asio::awaitable<void> take_token(Flow& flow) {
    const Authority& authority = *flow.profile.authority;
    std::string state = flow.request.state;
    const auto parameters = co_await flow.redirect.wait(std::move(state), flow.wait);
    if (!parameters) {
        flow.result.problem = fmt::format("nobody logged in within {} s",
                                          std::chrono::duration_cast<std::chrono::seconds>(flow.wait).count());
        co_return;
    }
    const std::string code = first_of(*parameters, "code");
    flow.redactor.add(code);
    if (code.empty()) {
        flow.result.problem =
            fmt::format("the authority gave no access: {} {}", oauth::shown(first_of(*parameters, "error")),
                        oauth::shown(first_of(*parameters, "error_description")));
        co_return;
    }
    oauth::Parameters grant = oauth::code_grant(code, flow.request.redirect_uri, flow.pkce.verifier);
    HttpRequest exchange = oauth::token_request(authority, authority.client, std::move(grant));
    if (must_prove_itself(flow.profile, exchange.endpoint)) {
        exchange.trust = std::make_shared<const Trust>(flow.profile.trust);
    }
    const HttpOutcome outcome = co_await send_within(flow.profile.limits, flow.http, std::move(exchange));
    for (const std::string& secret : oauth::secrets_of(outcome)) {
        flow.redactor.add(secret);
    }
    const oauth::TokenAnswer answer = oauth::read_token_answer(outcome);
    if (!answer.granted()) {
        flow.result.problem = fmt::format("the code was not exchanged: {}", answer.summary());
        co_return;
    }
    flow.result.token = answer.text("access_token");
    flow.result.expires_in = answer.lifetime().value_or(0);
}

/// The browser is told how it ended when it has ended: before the code is exchanged nobody is logged in.
asio::awaitable<void> finish(Flow& flow) {
    co_await take_token(flow);
    co_await flow.redirect.answer(!flow.result.token.empty());
}

}  // namespace

std::string browser_login_unmet(const Profile& profile) {
    if (!profile.authority) {
        return "the profile has no oauth section; give the authority's URL and your client";
    }
    if (!oauth::parse_loopback_uri(profile.authority->client.redirect_uri)) {
        return "oauth.client.redirect_uri is no loopback address, so the browser cannot come back to this program; "
               "register one such as http://127.0.0.1/callback with the authority, or fetch a token in another way and "
               "refer to it in oauth.tokens";
    }
    const std::string reason = secret_unmet(profile, profile.authority->endpoint);
    return reason.empty() ? reason : "the profile " + reason;
}

BrowserLogin log_in_by_browser(const Profile& profile, std::chrono::milliseconds wait,
                               const std::function<void(const std::string& url)>& open) {
    const Authority& authority = *profile.authority;
    asio::io_context io{1};
    HttpClient http(io.get_executor());
    oauth::LoopbackRedirect redirect(io.get_executor(), *oauth::parse_loopback_uri(authority.client.redirect_uri));
    Flow flow{profile, redirect, http, {}, oauth::Pkce::fresh(), wait, {}, Redactor({})};
    for (const std::string& secret : {authority.client.secret, authority.client.basic(), flow.pkce.verifier}) {
        flow.redactor.add(secret);
    }
    flow.request.client_id = authority.client.id;
    flow.request.redirect_uri = redirect.redirect_uri();
    flow.request.scope = authority.scope;
    flow.request.state = oauth::random_state(authority);
    flow.request.code_challenge = flow.pkce.challenge;
    std::exception_ptr failure;
    asio::co_spawn(io, finish(flow), [&](const std::exception_ptr& thrown) {
        failure = thrown;
        io.stop();  // connections that say nothing are left
    });
    open(fmt::format("https://{}{}", authority.endpoint.authority(), oauth::authorize_target(authority, flow.request)));
    io.run();
    if (failure) {
        std::rethrow_exception(failure);
    }
    flow.redactor.apply(flow.result.problem);
    return std::move(flow.result);
}

}  // namespace gateproof
