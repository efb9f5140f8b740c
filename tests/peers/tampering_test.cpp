// A real server behind a network that resets one connection in eight, or that brings everything in pieces: verdicts are
// what they are without it, run after run.
#include <fmt/format.h>

#include <cstdlib>
#include <set>

#include "tests/peers/nginx.hpp"
#include "tests/support/tampering.hpp"

namespace gateproof::test {
namespace {

/// Ten in CI; GATEPROOF_TAMPERED_RUNS for more (./dev proof).
std::uint64_t runs() {
    const char* const wanted = std::getenv("GATEPROOF_TAMPERED_RUNS");
    return wanted == nullptr ? 10 : std::stoull(wanted);
}

class TamperingTest : public NginxTest {
protected:
    [[nodiscard]] Judgement judge_behind(Tampering how, const std::vector<std::string>& arguments = {}) {
        how.nodes = {listener_.port()};
        const Forwarder network(tampering(std::move(how)));
        return judge_port(network.port(), "cloud", arguments);
    }
};

/// A reset may leave a check without an answer, which is then inconclusive; it makes none of them fail.
TEST_F(TamperingTest, ResetsMakeNoCheckOfASoundServerFail) {
    serve({});
    for (std::uint64_t seed = 1; seed <= runs(); ++seed) {
        // A full handshake that is reset is taken for a refusal there, beside a session that is resumed.
        const Judgement judgement =
            judge_behind({.nodes = {}, .seed = seed, .reset_one_in = 8}, {"--exclude", "mtls.resumption-bound"});
        EXPECT_NE(judgement.exit_status, 1) << "seed " << seed << ": " << judgement.output;
        EXPECT_EQ(judgement.record.count(Outcome::fail), 0U) << "seed " << seed;
        EXPECT_EQ(judgement.record.count(Outcome::error), 0U) << "seed " << seed;
    }
}

TEST_F(TamperingTest, ResetsChangeNoVerdictOnPorts) {
    serve({});
    for (std::uint64_t seed = 1; seed <= runs(); ++seed) {
        const Judgement judgement = judge_behind({.nodes = {}, .seed = seed, .reset_one_in = 8}, {"--suite", "port"});
        EXPECT_EQ(judgement.findings(), std::set<std::string>{}) << "seed " << seed << ": " << judgement.output;
        EXPECT_EQ(judgement.exit_status, 0) << "seed " << seed;
    }
}

TEST_F(TamperingTest, WhatComesInPiecesIsReadAsAWhole) {
    serve({});
    const Judgement judgement = judge_behind({.nodes = {}, .piece = 256, .pause = std::chrono::microseconds(50)});
    EXPECT_EQ(judgement.findings(), std::set<std::string>{}) << judgement.output;
    EXPECT_EQ(judgement.exit_status, 0);
}

}  // namespace
}  // namespace gateproof::test
