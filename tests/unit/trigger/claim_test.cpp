#include "harness/trigger/claim.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace gateproof {
namespace {

using Kind = Claim::Kind;
using namespace std::chrono_literals;

ProgramEnd exited(int code) {
    ProgramEnd end;
    end.exit_code = code;
    end.took = 200ms;
    return end;
}

TEST(Claim, ExitCodesMeanWhatTheProfileSays) {
    ClientSoftware client;
    EXPECT_EQ(claim_of(exited(0), client).kind, Kind::success);
    EXPECT_EQ(claim_of(exited(1), client).kind, Kind::failure);
    EXPECT_EQ(claim_of(exited(89), client).kind, Kind::unsupported);
    client.success = {0, 10};
    client.unsupported = {64};
    EXPECT_EQ(claim_of(exited(10), client).kind, Kind::success);
    EXPECT_EQ(claim_of(exited(89), client).kind, Kind::failure);
    EXPECT_EQ(claim_of(exited(64), client).sentence, "it ended with exit code 64 after 0.2 s");
}

TEST(Claim, ASignalIsACrashUnlessItWasOurs) {
    ProgramEnd end;
    end.signal = SIGSEGV;
    EXPECT_EQ(claim_of(end, {}).kind, Kind::crashed);
    end.signal = SIGTERM;
    end.told_to_end = std::chrono::steady_clock::now();
    EXPECT_EQ(claim_of(end, {}).kind, Kind::ended_by_us);
    end.killed = true;
    EXPECT_NE(claim_of(end, {}).sentence.find("did not heed SIGTERM"), std::string::npos);
}

TEST(Claim, WhoCouldNotBeStartedSaysNothingElse) {
    ProgramEnd end;
    end.not_started = "No such file or directory";
    const Claim claim = claim_of(end, {});
    EXPECT_EQ(claim.kind, Kind::not_started);
    EXPECT_EQ(claim.sentence, "it could not be started: No such file or directory");
}

TEST(Claim, WhatItLeftBehindIsSaid) {
    ProgramEnd end = exited(0);
    end.left_behind = 1;
    EXPECT_TRUE(claim_of(end, {}).sentence.ends_with("left 1 process behind, which was killed"));
    end.left_behind = 2;
    EXPECT_TRUE(claim_of(end, {}).sentence.ends_with("left 2 processes behind, which were killed"));
}

TEST(Claim, WhatItLeftBehindWasEndedByUs) {
    ProgramEnd end = exited(1);
    EXPECT_FALSE(claim_of(end, {}).told_to_end.has_value());
    end.left_behind = 1;
    end.swept = std::chrono::steady_clock::now();
    EXPECT_EQ(claim_of(end, {}).told_to_end, end.swept) << "its connections ended then";
    EXPECT_EQ(claim_of(end, {}).kind, Kind::failure) << "it still said so itself";
}

TEST(Claim, BothStreamsAreItsTextErrorsLast) {
    ProgramEnd end = exited(1);
    end.output.tail = "last of output";
    end.errors.tail = "error\n";
    EXPECT_EQ(claim_of(end, {}).text, "last of output\nerror\n");
}

TEST(Claim, WhoeverCouldNotBeKilledHasNoEnd) {
    ProgramEnd end;
    end.told_to_end = std::chrono::steady_clock::now();
    end.lost = true;
    EXPECT_EQ(claim_of(end, {}).kind, Kind::lost);
}

}  // namespace
}  // namespace gateproof
