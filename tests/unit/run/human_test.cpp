// Steps of a human: told one at a time, ended by the redirect, and no longer asked for when nobody does them.
#include <gmock/gmock.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <functional>
#include <random>
#include <stdexcept>
#include <vector>

#include "harness/probe/oauth/loopback_redirect.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/human/steps.hpp"

namespace gateproof::human_test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::HasSubstr;

struct Told : HumanConsole {
    std::function<void(const HumanStep&)> act = [](const HumanStep&) {};
    std::vector<HumanStep> steps;
    std::vector<bool> done;

    void asked(const HumanStep& step) override {
        steps.push_back(step);
        act(step);
    }
    void waits(const HumanStep&, std::chrono::seconds) override {}
    void ended(const HumanStep&, bool came) override { done.push_back(came); }
};

Profile profile_with(std::uint16_t port) {
    Profile profile;
    profile.name = "desktop";
    profile.authority.emplace();
    profile.authority->client.redirect_uri = "http://127.0.0.1:" + std::to_string(port) + "/callback";
    return profile;
}

/// One that was free just now, as a profile has to name it. Below the ports that Linux gives to connections, of which
/// other tests hold thousands.
std::uint16_t free_port(asio::io_context& io) {
    std::random_device random;
    for (int tries = 0; tries < 1000; ++tries) {
        const auto port = static_cast<std::uint16_t>(20000 + random() % 12000);
        boost::system::error_code taken;
        tcp::acceptor acceptor(io);
        acceptor.open(tcp::v4());
        acceptor.bind({asio::ip::address_v4::loopback(), port}, taken);
        if (!taken) {
            return port;
        }
    }
    throw std::runtime_error("no port is free");
}

class HumanSteps_ : public testing::Test {
protected:
    HumanSteps_() : profile_(profile_with(free_port(io_))) {}

    /// One step, as a check asks for it.
    oauth::Authorization perform(HumanSteps& steps, std::string check, oauth::Decision decision) {
        oauth::Authorization result;
        oauth::AuthorizationRequest request;
        request.state = "state";
        request.redirect_uri = redirect_uri_.empty() ? profile_.authority->client.redirect_uri : redirect_uri_;
        asio::co_spawn(io_, steps.perform(profile_, std::move(request), decision, std::move(check)),
                       [&](const std::exception_ptr& thrown, oauth::Authorization came) {
                           EXPECT_FALSE(thrown);
                           result = std::move(came);
                       });
        io_.restart();
        io_.run();
        return result;
    }

    asio::io_context io_;
    Profile profile_;
    std::string redirect_uri_;  ///< of the request; empty: the client's
    Told told_;
};

TEST_F(HumanSteps_, AreEndedByTheRedirect) {
    tcp::socket browser(io_);
    std::string parameters = "code=secret";
    told_.act = [&](const HumanStep&) {
        const auto port = oauth::parse_loopback_uri(profile_.authority->client.redirect_uri)->port;
        browser = tcp::socket(io_);
        browser.connect({asio::ip::address_v4::loopback(), port});
        asio::write(browser, asio::buffer("GET /callback?state=state&" + parameters + " HTTP/1.1\r\nHost: a\r\n\r\n"));
    };
    HumanSteps steps(io_.get_executor(), {.console = &told_, .patience = std::chrono::seconds(60), .checks = 2});
    const oauth::Authorization came = perform(steps, "oauth.a", oauth::Decision::agree);
    EXPECT_EQ(came.code(), "secret");
    EXPECT_FALSE(came.consent_page);
    parameters = "error=access_denied";
    const oauth::Authorization refused = perform(steps, "oauth.b", oauth::Decision::refuse);
    EXPECT_TRUE(refused.returned);
    EXPECT_TRUE(refused.consent_page);
    ASSERT_EQ(told_.steps.size(), 2U);
    EXPECT_EQ(told_.steps.back().number, 2U);
    EXPECT_EQ(told_.steps.back().of, 2U);
    EXPECT_EQ(told_.steps.back().decision, oauth::Decision::refuse);
    EXPECT_THAT(told_.steps.back().url, HasSubstr("state=state"));
    EXPECT_THAT(told_.done, testing::ElementsAre(true, true));
}

TEST_F(HumanSteps_, AreNoLongerAskedForWhenNobodyIsThere) {
    HumanSteps steps(io_.get_executor(), {.console = &told_, .patience = std::chrono::seconds(0)});
    for (const char* check : {"oauth.a", "oauth.b", "oauth.c"}) {
        const oauth::Authorization came = perform(steps, check, oauth::Decision::agree);
        EXPECT_FALSE(came.returned);
        EXPECT_THAT(came.problem, testing::StartsWith(std::string(missed_problem)));
    }
    EXPECT_EQ(told_.steps.size(), 2U);
    EXPECT_THAT(told_.done, testing::ElementsAre(false, false));
}

TEST_F(HumanSteps_, AreNotAskedForWhereNoBrowserComesBack) {
    redirect_uri_ = "https://dsp.example/second";
    HumanSteps steps(io_.get_executor(), {.console = &told_});
    const oauth::Authorization came = perform(steps, "oauth.a", oauth::Decision::agree);
    EXPECT_THAT(came.problem, HasSubstr("no browser comes back"));
    EXPECT_TRUE(told_.steps.empty());
}

TEST(HumanUnmet, WantsALoopbackRedirectWithItsPort) {
    EXPECT_EQ(human_unmet(Profile{}), "");
    EXPECT_EQ(human_unmet(profile_with(8400)), "");
    Profile profile = profile_with(8400);
    for (const char* uri : {"https://dsp.example/callback", "http://127.0.0.1/callback"}) {
        profile.authority->client.redirect_uri = uri;
        EXPECT_THAT(human_unmet(profile), HasSubstr("no loopback address with a port"));
    }
}

}  // namespace
}  // namespace gateproof::human_test
