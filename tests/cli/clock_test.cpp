// What a wrong clock of this machine does to verdicts: the gateway has its own process, and so the right time.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <sstream>

#include "harness/journal/read.hpp"
#include "tests/cli/command.hpp"
#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// What carries a time: JWTs, forged certificates, the server's own dates and those of the client's certificates.
const std::vector<std::string> judged_by_time{"--check", "server.*",
                                              "--check", "certificate.*",
                                              "--check", "m2m.*",
                                              "--check", "mtls.expired-refused",
                                              "--check", "mtls.not-yet-valid-refused"};

std::vector<std::string> words(std::vector<std::string> first, const std::vector<std::string>& then) {
    first.insert(first.end(), then.begin(), then.end());
    return first;
}

/// What goes before a program for it to see that time. A later clock alone: an earlier one than the machine has been up
/// for stops the timers of epoll for good. What faketime has set up is taken without it: it stays the parent of what it
/// starts, so that what is told to end goes on, and a semaphore of it stays behind.
std::vector<std::string> ahead_by(const std::string& time) {
    constexpr int tries = 5;  // another program's semaphore may be in its way
    Finished shown;
    for (int i = 0; i < tries && shown.status != 0; ++i) {
        shown = run({"faketime", "--exclude-monotonic", "-m", "-f", '+' + time, "env"}, plain_environment(), 60s);
    }
    EXPECT_EQ(shown.status, 0) << shown.err;
    std::vector<std::string> all{"env"};
    std::istringstream environment(shown.out);
    for (std::string line; std::getline(environment, line);) {
        const bool of_the_parent = line.starts_with("FAKETIME_SHARED=");
        if ((line.starts_with("LD_PRELOAD=") || line.starts_with("FAKETIME")) && !of_the_parent) {
            all.push_back(line);
        }
    }
    return all;
}

class WrongClock : public testing::Test {
protected:
    void SetUp() override {
#ifdef __SANITIZE_ADDRESS__
        GTEST_SKIP() << "the sanitizer wants to be the first of the preloaded libraries";
#endif
        if (find_program("faketime").empty()) {
            GTEST_SKIP() << "faketime is not installed: apt-get install faketime";
        }
    }

    /// Runs where this machine's clock is ahead of the gateway's, or the gateway's of this machine's.
    Finished run_ahead(const std::string& time, const std::vector<std::string>& checks = judged_by_time) {
        const ServedGateway gateway(folder("gw"));
        return run(words(ahead_by(time), program(gateway, checks)), plain_environment(), 60s);
    }
    Finished run_behind(const std::string& time, const std::vector<std::string>& checks = judged_by_time) {
        const ServedGateway gateway(folder("gw"), {}, ahead_by(time));
        return run(program(gateway, checks), plain_environment(), 60s);
    }
    [[nodiscard]] std::vector<std::string> program(const ServedGateway& gateway,
                                                   const std::vector<std::string>& checks) const {
        EXPECT_TRUE(gateway.serving()) << gateway.output();
        return command(words({"run", gateway.cloud(), "--out", folder("out"), "--allow", "active"}, checks));
    }
    [[nodiscard]] std::string folder(const char* name) const {
        return (folder_.path() / name).string();
    }
    [[nodiscard]] RunRecord record() const {
        return read_journal(folder_.path() / "out" / "run.jsonl").run;
    }

    TemporaryFolder folder_;
};

std::string failures_of(const RunRecord& record) {
    std::string text;
    for (const CheckRecord& check : record.checks) {
        const CheckResult result = record.result_of(check);
        if (result.outcome != Outcome::pass && result.outcome != Outcome::skipped) {
            text += fmt::format("{} {}: {}\n", to_string(result.outcome), check.id, result.sentence);
        }
    }
    return text;
}

TEST_F(WrongClock, ALittleOffIsJudgedAllTheSame) {
    for (const bool ahead : {true, false}) {
        const Finished finished = ahead ? run_ahead("45s") : run_behind("45s");
        EXPECT_EQ(finished.status, 0) << failures_of(record()) << finished.err;
        EXPECT_THAT(finished.out, ContainsRegex(fmt::format("this machine's clock is 4[456] s {} that of",
                                                            ahead ? "ahead of" : "behind")));
        ASSERT_TRUE(record().targets.at(0).clock);
        EXPECT_EQ(record().targets.at(0).clock->state, ClockReading::State::together);
    }
}

TEST_F(WrongClock, ACertificateOfSecondsLivesAndDiesByBothClocks) {
    const std::vector<std::string> check{"--check", "mtls.expired-session-not-served"};
    EXPECT_EQ(run_ahead("6s", check).status, 0) << failures_of(record());
    EXPECT_EQ(run_behind("6s", check).status, 0) << failures_of(record());
    EXPECT_EQ(run_ahead("10m", check).status, 3) << failures_of(record());
    EXPECT_THAT(failures_of(record()), HasSubstr("this machine's clock is 10 minutes ahead of"));
}

TEST_F(WrongClock, FarOffNothingFailsAndTheClockIsNamed) {
    struct Off {
        const char* time;
        bool ahead;
        const char* told;
    };
    for (const Off& off : {Off{"10m", true, "10 minutes ahead of"}, Off{"10m", false, "10 minutes behind"},
                           Off{"1d", true, "24 hours ahead of"}, Off{"1d", false, "24 hours behind"}}) {
        const Finished finished = off.ahead ? run_ahead(off.time) : run_behind(off.time);
        const RunRecord run = record();
        EXPECT_EQ(finished.status, 3) << off.told << '\n' << finished.out << finished.err;
        EXPECT_EQ(run.count(Outcome::fail), 0U) << off.told << '\n' << failures_of(run);
        EXPECT_EQ(run.count(Outcome::error), 0U) << off.told << '\n' << failures_of(run);
        EXPECT_THAT(finished.out, HasSubstr(fmt::format("this machine's clock is {} that of", off.told)));
        ASSERT_TRUE(run.targets.at(0).clock);
        EXPECT_EQ(run.targets.at(0).clock->state, ClockReading::State::apart);
        for (const CheckRecord& check : run.checks) {
            const CheckResult result = run.result_of(check);
            if (result.outcome == Outcome::inconclusive) {
                EXPECT_THAT(result.sentence, HasSubstr("this machine's clock")) << off.told << ' ' << check.id;
            }
        }
    }
}

TEST_F(WrongClock, AWrongDateOfTheEndpointTakesNothingBack) {
    const ServedGateway gateway(folder("gw"), {"wrong-date"});
    const Finished finished = run(program(gateway, judged_by_time), plain_environment(), 60s);
    EXPECT_EQ(finished.status, 0) << failures_of(record());
    EXPECT_EQ(record().count(Outcome::warning), 1U) << failures_of(record());
    ASSERT_TRUE(record().targets.at(0).clock);
    EXPECT_EQ(record().targets.at(0).clock->state, ClockReading::State::peer_off);
    EXPECT_THAT(finished.out, Not(HasSubstr("INCONCLUSIVE")));
}

}  // namespace
}  // namespace gateproof::test
