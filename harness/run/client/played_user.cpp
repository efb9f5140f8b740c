#include "harness/run/client/played_user.hpp"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "harness/probe/http/http.hpp"
#include "harness/probe/oauth/authorization.hpp"
#include "harness/probe/oauth/loopback_redirect.hpp"
#include "harness/profile/endpoint_url.hpp"

namespace gateproof {

namespace asio = boost::asio;

namespace {

constexpr int most_tries = 50;
constexpr std::chrono::milliseconds between_tries{100};

/// A browser's: whatever certificate the authority shows is not its concern here.
class Browser : public oauth::Sender {
public:
    explicit Browser(HttpClient& http) : http_(http) {}
    asio::awaitable<HttpOutcome> send(HttpRequest request) override {
        HttpOutcome outcome = co_await http_.send(std::move(request));
        co_return outcome;
    }

private:
    HttpClient& http_;
};

/// What the software asks the authority for, by the query of the address.
oauth::AuthorizationRequest asked_for(const std::string& address) {
    oauth::AuthorizationRequest request;
    const std::size_t question = address.find('?');
    if (question == std::string::npos) {
        return request;
    }
    for (auto& [name, value] : oauth::parse_query(std::string_view(address).substr(question + 1))) {
        std::string* const known = name == "client_id"               ? &request.client_id
                                   : name == "redirect_uri"          ? &request.redirect_uri
                                   : name == "scope"                 ? &request.scope
                                   : name == "state"                 ? &request.state
                                   : name == "response_type"         ? &request.response_type
                                   : name == "code_challenge"        ? &request.code_challenge
                                   : name == "code_challenge_method" ? &request.code_challenge_method
                                                                     : nullptr;
        if (known != nullptr) {
            *known = std::move(value);
        } else {
            request.more.emplace_back(std::move(name), std::move(value));
        }
    }
    return request;
}

asio::awaitable<std::string> come_back(HttpClient& http, std::string redirect_uri, oauth::Parameters parameters) {
    const std::optional<oauth::LoopbackUri> home = oauth::parse_loopback_uri(redirect_uri);
    if (!home || home->port == 0) {
        co_return fmt::format("the login leads back to {}, which is no loopback address with a port",
                              oauth::shown_url(redirect_uri));
    }
    HttpRequest request;
    request.endpoint.host = home->host;
    request.endpoint.port = home->port;
    request.tls = false;
    request.path = fmt::format("{}?{}", home->path, oauth::form_encoded(parameters));
    asio::steady_timer pause(co_await asio::this_coro::executor);
    HttpOutcome outcome;
    for (int i = 0; i < most_tries; ++i) {  // it may begin to listen behind the start of its browser
        outcome = co_await http.send(request);
        if (outcome.response || outcome.end != Ending::refused) {
            break;
        }
        pause.expires_after(between_tries);
        co_await pause.async_wait(asio::use_awaitable);
    }
    co_return outcome.response
        ? std::string()
        : fmt::format("the software does not answer at {}: {}", oauth::shown_url(redirect_uri), words_for(outcome.end));
}

asio::awaitable<std::string> browse(PlayedUser user, std::string address) {
    HttpClient http(co_await asio::this_coro::executor);
    Browser browser(http);
    CookieJar cookies;
    Authority authority;
    authority.endpoint = user.door;
    oauth::Browsing browsing;
    browsing.user = OAuthUser{user.name, user.password};
    const oauth::AuthorizationRequest request = asked_for(address);
    const oauth::Authorization came =
        co_await oauth::authorize(browser, authority, request, std::move(browsing), cookies);
    if (!came.returned) {
        co_return fmt::format("the login came to no end: {}", came.summary());
    }
    std::string problem = co_await come_back(http, request.redirect_uri, came.parameters);
    co_return problem;
}

}  // namespace

std::string log_in(const PlayedUser& user, const std::string& address, std::chrono::milliseconds patience) {
    asio::io_context loop;
    std::future<std::string> done = asio::co_spawn(loop, browse(user, address), asio::use_future);
    loop.run_for(patience);
    if (done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        return "the login took too long";
    }
    try {
        return done.get();
    } catch (const std::exception& problem) {
        return problem.what();
    }
}

}  // namespace gateproof
