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

Authorization browse(Script& script, std::uint16_t port = 443, Authority authority = {}, bool posted = false) {
    authority.endpoint.host = "login.example";
    authority.endpoint.port = port;
    authority.client.redirect_uri = "https://client.example/callback";
    AuthorizationRequest request;
    request.client_id = "client";
    request.redirect_uri = authority.client.redirect_uri;
    request.state = "s";
    request.posted = posted;
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

TEST(Authorize, NoPasswordIsSentToThePageInFrontOfTheLogin) {
    constexpr const char* asks =
        R"(<form method="post" action="/in"><input name="u"><input type="password" name="p"></form>)";
    const auto came_to = [](const HttpOutcome& outcome, Authority authority) {
        Script script([&outcome](const HttpRequest&) { return outcome; });
        Authorization came = browse(script, 443, std::move(authority));
        EXPECT_FALSE(came.splash_page && script.posts() > 0) << came.problem;
        return came;
    };
    for (const char* const said : {"Your address is not on the <b>Allow List</b>.", "Access is by whitelist",
                                   "<script>let x = 1;</script>not white-listed"}) {
        const Authorization came = came_to(page(200, std::string(said) + asks), {});
        EXPECT_TRUE(came.splash_page) << said;
        EXPECT_FALSE(came.login_page) << said;
        EXPECT_EQ(came.problem, splash_problem);
    }
    EXPECT_FALSE(came_to(page(200, std::string("<SCRIPT>whitelist = [];</SCRIPT>") + asks), {}).splash_page)
        << "a script may call anything a list";
    EXPECT_FALSE(came_to(page(403, "no"), {}).splash_page);
    HttpOutcome challenged = page(401, "");
    challenged.response->headers.emplace_back("www-authenticate", "Basic realm=\"x\"");
    EXPECT_TRUE(came_to(challenged, {}).splash_page);
    Authority described;
    described.splash_contains = "Keep out";
    EXPECT_TRUE(came_to(page(200, std::string("Keep out") + asks), described).splash_page);
    EXPECT_FALSE(came_to(page(200, std::string("our allow list") + asks), described).splash_page)
        << "the profile says how it looks";
}

TEST(Authorize, ARequestByPostHasItsParametersInTheBody) {
    Script script([](const HttpRequest&) { return page(405, ""); });
    (void)browse(script, 443, {}, true);
    ASSERT_EQ(script.requests.size(), 1U);
    EXPECT_EQ(script.requests.front().method, "POST");
    EXPECT_EQ(script.requests.front().path, "/gateway3/oauth/authorize");
    EXPECT_THAT(script.requests.front().body, HasSubstr("client_id=client"));
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
