#include "harness/run/tokens.hpp"

#include <fmt/format.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

#include "harness/probe/http/request.hpp"
#include "harness/run/notes.hpp"

namespace gateproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

/// Sends with the target's caps and timeouts, and keeps what comes back secret.
class TokenService::PlainSender : public oauth::Sender {
public:
    explicit PlainSender(TokenService& service) : service_(service) {}

    asio::awaitable<HttpOutcome> send(HttpRequest request) override {
        const Permit slot = co_await service_.politeness_.acquire(Politeness::Priority::control);
        const Endpoint to = request.endpoint;
        request.trust = service_.trust_for(to);
        HttpOutcome outcome = co_await send_within(service_.profile_.limits, service_.http_, std::move(request));
        for (const std::string& secret : oauth::secrets_of(outcome)) {
            service_.redactor_.add(secret);
        }
        if (outcome.end == Ending::unproven) {
            service_.withheld_ = gateproof::withheld(to, outcome.detail, "what the authority alone may know");
        }
        if (outcome.end == Ending::proxy_failed) {
            service_.proxy_failure_ = outcome.detail;
        }
        co_return outcome;
    }

private:
    TokenService& service_;
};

TokenService::TokenService(asio::any_io_executor executor, const Profile& profile, HttpClient& http, Redactor& redactor,
                           Politeness& politeness, HumanSteps& human)
    : executor_(std::move(executor)),
      profile_(profile),
      http_(http),
      redactor_(redactor),
      politeness_(politeness),
      human_(human),
      trust_(std::make_shared<const Trust>(profile.trust)) {}

std::shared_ptr<const Trust> TokenService::trust_for(const Endpoint& endpoint, bool by_proxy) const {
    return must_prove_itself(profile_, endpoint, by_proxy) ? trust_ : nullptr;
}

asio::awaitable<AccessToken> TokenService::access_token(std::string role) {
    if (profile_.authority) {
        const auto given = profile_.authority->tokens.find(role);
        if (given != profile_.authority->tokens.end()) {
            co_return AccessToken{given->second, {}};
        }
    }
    const std::shared_ptr<const LoggedIn> logged_in = co_await await_login(std::move(role));
    co_return logged_in->token;
}

asio::awaitable<LoggedIn> TokenService::login(std::string role) {
    const std::shared_ptr<const LoggedIn> logged_in = co_await await_login(std::move(role));
    co_return *logged_in;
}

asio::awaitable<std::shared_ptr<const LoggedIn>> TokenService::await_login(std::string role) {
    Entry& entry = entries_[role];
    while (!entry.done) {
        if (!entry.running) {
            start(role, entry);
        }
        co_await entry.ended.wait();
    }
    co_return entry.done;
}

void TokenService::start(const std::string& role, Entry& entry) {
    entry.running = true;
    asio::co_spawn(executor_, perform(role, entry),
                   asio::bind_cancellation_slot(entry.cancellation.slot(), [&entry](const std::exception_ptr& thrown) {
                       entry.running = false;
                       if (thrown) {
                           LoggedIn failed;
                           failed.token.problem = "the login could not be made";
                           entry.done = std::make_shared<const LoggedIn>(std::move(failed));
                       }
                       entry.ended.wake_all();
                   }));
}

asio::awaitable<void> TokenService::perform(std::string role, Entry& entry) {
    LoggedIn result = co_await log_in(std::move(role));
    entry.done = std::make_shared<const LoggedIn>(std::move(result));
}

asio::awaitable<LoggedIn> TokenService::log_in(std::string role) {
    LoggedIn result;
    const bool by_human = profile_.authority && profile_.authority->by_human && role == "user";
    const bool by_form = profile_.authority && !profile_.authority->by_human && profile_.authority->automated &&
                         profile_.authority->users.contains(role);
    if (!by_human && !by_form) {
        result.token.problem = "the profile " + token_unmet(profile_, role);
        co_return result;
    }
    const Authority& authority = *profile_.authority;
    if (const std::string reason = secret_unmet(profile_, authority.endpoint); !reason.empty()) {
        result.token.problem = "the profile " + reason;
        co_return result;
    }
    PlainSender sender(*this);
    const oauth::Pkce pkce = oauth::Pkce::fresh();
    oauth::AuthorizationRequest request;
    request.client_id = authority.client.id;
    request.redirect_uri = authority.client.redirect_uri;
    request.scope = authority.scope;
    request.state = oauth::random_state(authority);
    request.code_challenge = pkce.challenge;
    oauth::Authorization came;
    if (by_human) {
        came = co_await human_.perform(profile_, std::move(request), oauth::Decision::agree, "access-token");
        redactor_.add(came.code());
    } else {
        oauth::Browsing browsing;
        browsing.user = authority.users.at(role);
        browsing.recipe = authority.recipe;
        // A check that waits for this must have time left to say why it failed.
        browsing.until = Clock::now() + profile_.limits.check_deadline / 2;
        came = co_await oauth::authorize(sender, authority, std::move(request), std::move(browsing), result.cookies);
    }
    if (came.code().empty()) {
        result.token.problem = fmt::format("the login of \"{}\" came to nothing: {}", role, came.summary());
        co_return result;
    }
    oauth::Parameters grant = oauth::code_grant(came.code(), authority.client.redirect_uri, pkce.verifier);
    HttpRequest exchange = oauth::token_request(authority, authority.client, std::move(grant));
    const HttpOutcome outcome = co_await sender.send(std::move(exchange));
    const oauth::TokenAnswer answer = oauth::read_token_answer(outcome);
    if (answer.granted()) {
        result.token.value = answer.text("access_token");
    } else {
        result.token.problem = fmt::format("the code of \"{}\" was not exchanged: {}", role, answer.summary());
    }
    co_return result;
}

void TokenService::forget_failures() {
    for (auto& [role, entry] : entries_) {
        // The token that a check revokes is no good to it when it is judged anew.
        if (entry.done && (!entry.done->ok() || role == "revocable")) {
            entry.done.reset();
        }
    }
}

void TokenService::cancel() {
    for (auto& [role, entry] : entries_) {
        entry.cancellation.emit(asio::cancellation_type::terminal);
    }
}

}  // namespace gateproof
