// The conforming client against the embedded gateway, with which it shares nothing but the wire.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <thread>

#include "client/client.hpp"
#include "gateway/gateway.hpp"
#include "tests/support/files.hpp"
#include "tests/unit/client/browser.hpp"

namespace gateproof::client::test {
namespace {

using gateproof::test::read_file;
using gateproof::test::TemporaryFolder;

class EmbeddedGateway : public testing::Test {
protected:
    static void SetUpTestSuite() { gateway = std::make_unique<gateway::Gateway>(); }
    static void TearDownTestSuite() { gateway.reset(); }

    static std::string reference(const std::string& name) {
        const auto value = gateway->reference(name);
        EXPECT_TRUE(value) << name;
        return value.value_or("");
    }

    static Options cloud() {
        Options options;
        options.base_url = reference("cloud-url");
        options.addresses = {"127.0.0.1"};
        options.ca_file = reference("ca.pem");
        options.identity = {reference("enrolled.crt.pem"), reference("enrolled.key.pem"), "", ""};
        options.authority_url = reference("desktop-url");
        options.oauth.client_id = reference("client.id");
        options.oauth.client_secret = reference("client.secret");
        options.oauth.redirect_uri = reference("client.redirect-uri");
        options.machine.signer = {reference("m2m.crt.pem"), reference("m2m.key.pem"), "", ""};
        options.machine.issuer = reference("m2m.issuer");
        options.ird = reference("customer.ird");
        options.browse = by_user();
        return options;
    }

    static Options desktop() {
        Options options = cloud();
        options.channel = Channel::desktop;
        options.base_url = reference("desktop-url");
        options.identity = {};
        options.oauth = {};
        options.oauth.client_id = reference("native-client.id");
        return options;
    }

    static std::function<void(const std::string&, std::uint16_t)> by_user(bool allows = true) {
        const User user{reference("user.name"), reference("user.password"), reference("ca.pem"), allows};
        return [user](const std::string& url, std::uint16_t port) { browse(user, url, port); };
    }

    static void expect_success(Client& client, Act act) {
        const Result result = client.act(act, "nonce-1");
        EXPECT_EQ(result.outcome, Outcome::success) << result.text;
    }

    static inline std::unique_ptr<gateway::Gateway> gateway;
};

TEST_F(EmbeddedGateway, ServesAReadWithoutATokenOnBothChannels) {
    Client on_the_cloud(cloud());
    expect_success(on_the_cloud, Act::read);
    expect_success(on_the_cloud, Act::read);
    Client on_the_desktop(desktop());
    expect_success(on_the_desktop, Act::read);
}

TEST_F(EmbeddedGateway, TakesTheMachinesJwt) {
    for (const std::optional<std::string>& logon :
         {std::optional<std::string>(), std::optional(reference("user.name"))}) {
        Options options = cloud();
        options.machine.start_logon = logon;
        Client client(std::move(options));
        expect_success(client, Act::machine);
    }
    Options other = cloud();
    other.machine.issuer = "somebody-else";
    EXPECT_EQ(Client(std::move(other)).act(Act::machine).text, "the gateway answered 400 with error EV1020");
    EXPECT_EQ(Client(desktop()).act(Act::machine).outcome, Outcome::unsupported);
}

TEST_F(EmbeddedGateway, LogsInWritesRefreshesAndLogsOutOnTheCloud) {
    const TemporaryFolder folder;
    Options options = cloud();
    options.token_file = (folder.path() / "tokens.json").string();
    Client client(options);
    expect_success(client, Act::login);
    expect_success(client, Act::write);
    const std::string kept = read_file(options.token_file);
    options.token = "stale";  // not used: the file has better ones
    Client next(options);
    expect_success(next, Act::write);
    EXPECT_EQ(read_file(options.token_file), kept) << "a token is kept while it is good";
    expect_success(next, Act::logout);
    EXPECT_FALSE(std::filesystem::exists(options.token_file));
    EXPECT_EQ(next.act(Act::write).outcome, Outcome::unsupported);
}

TEST_F(EmbeddedGateway, ARefusedTokenIsRefreshedOnce) {
    const TemporaryFolder folder;
    Options options = cloud();
    options.token_file = (folder.path() / "tokens.json").string();
    Client client(options);
    expect_success(client, Act::login);
    std::string kept = read_file(options.token_file);
    const std::size_t at = kept.find("\"access_token\":\"") + 16;
    kept.replace(at, kept.find('"', at) - at, "unknown");
    folder.write("tokens.json", kept);
    expect_success(client, Act::read);
    EXPECT_EQ(read_file(options.token_file).find("unknown"), std::string::npos);
}

TEST_F(EmbeddedGateway, LogsInAndWritesOnTheDesktop) {
    Client client(desktop());
    expect_success(client, Act::login);
    expect_success(client, Act::read);
    expect_success(client, Act::write);
}

TEST_F(EmbeddedGateway, ADeclinedLoginIsToldAndAsksForNoToken) {
    Options options = cloud();
    options.oauth.client_id = reference("second-client.id");
    options.oauth.client_secret = reference("second-client.secret");
    options.oauth.redirect_uri = reference("second-client.redirect-uri");
    options.browse = by_user(false);
    const Result result = Client(std::move(options)).act(Act::login);
    EXPECT_EQ(result.outcome, Outcome::failure);
    EXPECT_EQ(result.text, "the user declined the login");
}

TEST_F(EmbeddedGateway, ANumberOfAnotherCustomerIsRefusedAndSaidSo) {
    Options options = cloud();
    options.token = reference("cloud-second-user.token");
    const Result result = Client(std::move(options)).act(Act::read);
    EXPECT_EQ(result.outcome, Outcome::failure);
    EXPECT_EQ(result.text, "the gateway answered 403 with error EV1022");
}

TEST_F(EmbeddedGateway, ACertificateThatIsNotEnrolledIsRefusedInWords) {
    Options options = cloud();
    options.identity = {reference("unenrolled.crt.pem"), reference("unenrolled.key.pem"), "", ""};
    EXPECT_EQ(Client(options).act(Act::read).outcome, Outcome::failure);
    options.identity = {};
    const Result bare = Client(options).act(Act::read);
    EXPECT_EQ(bare.outcome, Outcome::failure);
    EXPECT_NE(bare.text.find("(116)"), std::string::npos) << bare.text;
}

TEST_F(EmbeddedGateway, StaysUntilItIsStopped) {
    Options options = cloud();
    options.every = std::chrono::milliseconds(1);
    Result result;
    // On a crowded machine the other thread may be the first to get anywhere, which shows nothing.
    for (int reads = 10;
         reads < 10'000 && (reads == 10 || result.text.find("before its first call") != std::string::npos);
         reads *= 4) {
        Client client(options);
        std::thread ending([&client, reads] {
            // A second client's reads pass the time.
            Client other(cloud());
            for (int i = 0; i < reads; ++i) {
                other.act(Act::read);
            }
            client.stop();
        });
        result = client.act(Act::stay);
        ending.join();
    }
    EXPECT_EQ(result.outcome, Outcome::success) << result.text;
}

}  // namespace
}  // namespace gateproof::client::test
