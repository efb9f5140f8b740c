// The part of Context that speaks with the authority.
#include <utility>

#include "harness/probe/http/request.hpp"
#include "harness/probe/oauth/oauth.hpp"
#include "harness/run/context.hpp"
#include "harness/run/notes.hpp"
#include "harness/run/target.hpp"
#include "harness/run/tokens.hpp"

namespace gateproof {

namespace asio = boost::asio;

void Context::keep_secret(std::string_view value) {
    target_.redactor().add(value);
}

std::shared_ptr<const Trust> Context::trust_for(const Endpoint& endpoint, bool by_proxy) const {
    return target_.tokens().trust_for(endpoint, by_proxy);
}

void Context::note_no_token() {
    const TokenService& tokens = target_.tokens();
    withheld_ = withheld_.empty() ? tokens.withheld() : withheld_;
    proxy_failure_ = proxy_failure_.empty() ? tokens.proxy_failure() : proxy_failure_;
}

asio::awaitable<oauth::Authorization> Context::ask_human(oauth::AuthorizationRequest request,
                                                         oauth::Decision decision) {
    std::shared_ptr<void> counted = count_wait();
    oauth::Authorization came =
        co_await target_.human().perform(profile(), std::move(request), decision, planned_.id());
    counted.reset();
    if (const std::string code = came.code(); !code.empty()) {
        keep_secret(code);
    }
    evidence_.add("human_step")
        .with("asked", decision == oauth::Decision::agree ? "log in and agree" : "log in and refuse")
        .with("result", came.summary());
    co_return came;
}

asio::awaitable<AccessToken> Context::access_token(std::string role) {
    const bool by_human = profile().authority && profile().authority->by_human;
    const std::shared_ptr<void> counted = by_human ? count_wait() : nullptr;
    AccessToken token = co_await target_.tokens().access_token(role);
    if (!token.ok()) {
        note_no_token();
    }
    evidence_.add("access_token").with("role", role).with("result", token.ok() ? "there is one" : token.problem);
    co_return token;
}

asio::awaitable<LoggedIn> Context::login(std::string role) {
    LoggedIn result = co_await target_.tokens().login(role);
    if (!result.ok()) {
        note_no_token();
    }
    evidence_.add("access_token")
        .with("role", role)
        .with("result", result.ok() ? "logged in, shared with other checks" : result.token.problem);
    co_return result;
}

asio::awaitable<HttpOutcome> Context::oauth_http(HttpRequest request) {
    const Permit slot = co_await permit();
    request.trust = trust_for(request.endpoint);
    const HttpRequest sent = request;
    HttpOutcome outcome = co_await send_within(profile().limits, target_.http(), std::move(request));
    for (const std::string& secret : oauth::secrets_of(outcome)) {
        keep_secret(secret);
    }
    if (outcome.end == Ending::unproven) {
        note_withheld(sent.endpoint, outcome.detail, "what the authority alone may know");
    }
    note_ending(outcome.end, outcome.detail);
    note_oauth(evidence_, sent, outcome);
    co_return outcome;
}

}  // namespace gateproof
