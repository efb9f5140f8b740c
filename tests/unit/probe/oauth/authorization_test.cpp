// A browser's way through an authority that is played from a script.
#include "harness/probe/oauth/authorization.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>

namespace gateproof::oauth {
namespace {

using testing::HasSubstr;

constexpr const char* login_page =
    R"(<form method="post" action="/login"><input name="user"><input type="password" name="pw"></form>)";

HttpOutcome page(int status, std::string body, std::string location = {}) {
    HttpResponse response{status, {}, std::move(body), false};
    if (!location.empty()) {
        response.headers.emplace_back("location", std::move(location));
    }
    HttpOutcome outcome;
    outcome.response = std::move(response);
    return outcome;
}

class Script : public Sender {
public:
    explicit Script(std::function<HttpOutcome(const HttpRequest&)> play) : play_(std::move(play)) {}
    boost::asio::awaitable<HttpOutcome> send(HttpRequest request) override {
        requests.push_back(request);
        co_return play_(request);
    }
    [[nodiscard]] std::size_t posts() const {
        return static_cast<std::size_t>(
            std::ranges::count(requests, std::string("POST"), [](const HttpRequest& one) { return one.method; }));
    }

    std::vector<HttpRequest> requests;

private:
    std::function<HttpOutcome(const HttpRequest&)> play_;
};

Authorization browse(Script& script, std::uint16_t port = 443) {
    Authority authority;
    authority.endpoint.host = "login.example";
    authority.endpoint.port = port;
    authority.client.redirect_uri = "https://client.example/callback";
    AuthorizationRequest request;
    request.client_id = "client";
    request.redirect_uri = authority.client.redirect_uri;
    request.state = "s";
    Browsing browsing;
    browsing.user = OAuthUser{"user", "wrong"};
    CookieJar cookies;
    boost::asio::io_context loop;
    Authorization result;
    boost::asio::co_spawn(loop, authorize(script, authority, std::move(request), std::move(browsing), cookies),
                          [&](const std::exception_ptr& thrown, Authorization came) {
                              EXPECT_FALSE(thrown);
                              result = std::move(came);
                          });
    loop.run();
    return result;
}

std::string origin_in(const HttpRequest& request) {
    const auto found =
        std::ranges::find(request.headers, std::string("Origin"), [](const auto& one) { return one.first; });
    return found == request.headers.end() ? "" : found->second;
}

TEST(Authorize, APasswordIsSentOnceThoughTheLoginPageComesByARedirect) {
    Script script([](const HttpRequest& request) {
        return request.method == "POST" ? page(302, "", "/login?error") : page(200, login_page);
    });
    const Authorization came = browse(script);
    EXPECT_EQ(script.posts(), 1U) << "accounts get locked by one wrong password after the other";
    EXPECT_TRUE(came.login_refused);
    EXPECT_THAT(came.problem, HasSubstr("the login was refused"));
}

TEST(Authorize, APasswordIsSentOnceThoughTheLoginPageComesAtOnce) {
    Script script([](const HttpRequest&) { return page(200, login_page); });
    const Authorization came = browse(script);
    EXPECT_EQ(script.posts(), 1U);
    EXPECT_TRUE(came.login_refused);
}

TEST(Authorize, TheOriginIsWrittenAsBrowsersDo) {
    const auto origin = [](std::uint16_t port) {
        Script script([](const HttpRequest& request) {
            return request.method == "POST" ? page(302, "", "https://client.example/callback?code=c&state=s")
                                            : page(200, login_page);
        });
        EXPECT_EQ(browse(script, port).code(), "c");
        return origin_in(script.requests.back());
    };
    EXPECT_EQ(origin(443), "https://login.example");
    EXPECT_EQ(origin(8443), "https://login.example:8443");
}

}  // namespace
}  // namespace gateproof::oauth
