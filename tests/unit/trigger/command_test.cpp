#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>

#include "harness/trigger/trigger.hpp"

namespace gateproof {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

asio::awaitable<void> wait(StartedClient& started, Claim& claim) {
    claim = co_await started.done(Clock::now() + 30s);
}

Claim claim_of_read(const ClientSoftware& client, StartValues values, bool end_at_once = false) {
    asio::io_context io;
    const std::unique_ptr<Trigger> trigger = command_trigger(client, "/");
    const std::unique_ptr<StartedClient> started =
        trigger->start(io.get_executor(), ClientAct::read, std::move(values));
    Claim claim;
    asio::co_spawn(io, wait(*started, claim), [](const std::exception_ptr& thrown) {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
    });
    if (end_at_once) {
        started->end();
    }
    io.run();
    return claim;
}

ClientSoftware reading(std::vector<std::string> command) {
    ClientSoftware client;
    client.acts[ClientAct::read].arguments = std::move(command);
    return client;
}

TEST(CommandTrigger, PlaceholdersStandInArgumentsAndVariables) {
    ClientSoftware client =
        reading({"/bin/sh", "-c",
                 "printf '%s %s %s %s %s' \"$1\" \"$OWN\" \"$GATEPROOF_CA_BUNDLE\" \"$SSL_CERT_FILE\" \"$PWD\"", "sh",
                 "--base={url}/x"});
    client.variables = {{"OWN", "<{ca_bundle}>"}, {"SSL_CERT_FILE", "mine"}};
    const Claim claim = claim_of_read(
        client, {{{"url", "https://localhost:1"}, {"ca_bundle", "/b.pem"}}, {{"SSL_CERT_FILE", "/ca.pem"}}});
    EXPECT_EQ(claim.text, "--base=https://localhost:1/x </b.pem> /b.pem mine /")
        << "the profile's own variable overrides what would be set for its stack";
    EXPECT_EQ(claim.kind, Claim::Kind::success);
}

TEST(CommandTrigger, AVariableOfWhatIsNotThereIsNotSet) {
    ClientSoftware client = reading({"/bin/sh", "-c", "printf '%s %s' \"${LOGIN-unset}\" \"$BRACES\""});
    client.variables = {{"LOGIN", "{authority}/login"}, {"BRACES", "{none} of {ours"}};
    EXPECT_EQ(claim_of_read(client, {{{"url", "https://localhost:1"}}, {}}).text, "unset {none} of {ours");
    EXPECT_EQ(claim_of_read(client, {{{"authority", "https://a"}}, {}}).text, "https://a/login {none} of {ours");
}

TEST(CommandTrigger, WhatIsNoPlaceholderStays) {
    EXPECT_EQ(with_placeholders("{\"a\": {\"b\": \"{ird}\"}} {nothing} {", {{"ird", "49091850"}}),
              "{\"a\": {\"b\": \"49091850\"}} {nothing} {");
    EXPECT_EQ(unknown_placeholders("{url} {\"a\":1} {urll} {work}"), std::vector<std::string>{"urll"});
}

TEST(CommandTrigger, AClientIsToldToEnd) {
    const Claim claim = claim_of_read(reading({"/bin/sleep", "1000"}), {}, true);
    EXPECT_EQ(claim.kind, Claim::Kind::ended_by_us);
}

TEST(CommandTrigger, AProgramThatIsNotThereIsSaidToBeNone) {
    EXPECT_EQ(claim_of_read(reading({"./nowhere"}), {}).kind, Claim::Kind::not_started);
}

}  // namespace
}  // namespace gateproof
