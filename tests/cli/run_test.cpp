// gateproof run as a whole: exit codes, reports, dead and silent endpoints, interruption.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "harness/journal/read.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/listener.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Clock = std::chrono::steady_clock;

class Run : public testing::Test {
protected:
    [[nodiscard]] std::string out() const { return (folder_.path() / "out").string(); }
    [[nodiscard]] JournalRead journal() const { return read_journal(std::filesystem::path(out()) / "run.jsonl"); }

    TemporaryFolder folder_;
};

TEST_F(Run, EmbeddedGatewayPassesAndLeavesItsReports) {
    const Finished finished = gateproof({"run", "--out", out()});
    EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
    EXPECT_THAT(finished.out, Not(HasSubstr("\x1b")));
    EXPECT_THAT(finished.out, Not(HasSubstr("\r")));
    const JournalRead read = journal();
    EXPECT_TRUE(read.usable);
    EXPECT_THAT(read.problems, IsEmpty());
    EXPECT_EQ(read.run.end_reason, EndReason::complete);
    EXPECT_GT(read.run.count(Outcome::pass), 0U);
    EXPECT_EQ(read.run.targets.size(), 3U);
    pugi::xml_document document;
    ASSERT_TRUE(document.load_file((out() + "/junit.xml").c_str()));
    EXPECT_EQ(document.child("testsuites").attribute("tests").as_uint(), read.run.checks.size());
    EXPECT_EQ(gateproof({"report", out() + "/run.jsonl", "--format", "junit"}).out, read_file(out() + "/junit.xml"));
}

TEST_F(Run, AFaultIsAFailure) {
    const Finished finished = gateproof({"run", "--fault", "no-tls-1.2", "--check", "tls.accepts-1.2", "--out", out()});
    EXPECT_EQ(finished.status, 1) << finished.out << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("FAIL  embedded-cloud tls.accepts-1.2"));
}

TEST_F(Run, ADeadEndpointIsInconclusiveAndToldOnce) {
    Listener listener;
    const std::uint16_t port = listener.port();
    listener.close();
    const auto begin = Clock::now();
    const Finished finished = gateproof({"run", write_profile(folder_, port, 500), "--suite", "tls", "--out", out()});
    EXPECT_EQ(finished.status, 3) << finished.out << finished.err;
    EXPECT_LT(Clock::now() - begin, 30s);
    EXPECT_EQ(journal().run.count(Outcome::pass), 0U);
    EXPECT_THAT(finished.out, HasSubstr("refused"));
}

TEST_F(Run, ASilentServerIsInconclusiveWithinTheDeadline) {
    const Listener listener;
    const auto begin = Clock::now();
    const Finished finished = gateproof(
        {"run", write_profile(folder_, listener.port(), 60'000), "--suite", "tls", "--deadline", "1s", "--out", out()});
    EXPECT_EQ(finished.status, 3) << finished.out << finished.err;
    EXPECT_LT(Clock::now() - begin, 20s);
    EXPECT_EQ(journal().run.end_reason, EndReason::deadline);
    EXPECT_THAT(finished.out, HasSubstr("did not complete (deadline)"));
}

TEST_F(Run, InterruptionLeavesAValidJournalAndReport) {
    const Listener listener;
    Process process(command({"run", write_profile(folder_, listener.port(), 60'000), "--suite", "tls", "--out", out()}),
                    plain_environment());
    ASSERT_TRUE(process.wait_for_output("Running ")) << process.standard_error();
    process.signal(SIGINT);
    EXPECT_EQ(process.wait(20s), 130) << process.standard_output();
    const JournalRead read = journal();
    EXPECT_TRUE(read.usable);
    EXPECT_THAT(read.problems, IsEmpty());
    EXPECT_EQ(read.run.end_reason, EndReason::interrupted);
    EXPECT_EQ(read.run.count(Outcome::pass), 0U);
    pugi::xml_document document;
    EXPECT_TRUE(document.load_file((out() + "/junit.xml").c_str()));
}

/// Shell and kernel both tell of it, so it comes twice.
TEST_F(Run, AClosedTerminalEndsItAsAnInterruptionDoes) {
    const Listener listener;
    Process process(command({"run", write_profile(folder_, listener.port(), 60'000), "--suite", "tls", "--out", out()}),
                    plain_environment());
    ASSERT_TRUE(process.wait_for_output("Running ")) << process.standard_error();
    process.signal(SIGHUP);
    process.signal(SIGHUP);
    EXPECT_EQ(process.wait(20s), 130) << process.standard_output();
    const JournalRead read = journal();
    EXPECT_THAT(read.problems, IsEmpty());
    EXPECT_EQ(read.run.end_reason, EndReason::interrupted);
}

TEST_F(Run, AKilledRunCanStillBeReported) {
    const Listener listener;
    Process process(command({"run", write_profile(folder_, listener.port(), 60'000), "--suite", "tls", "--out", out()}),
                    plain_environment());
    ASSERT_TRUE(process.wait_for_output("Running ")) << process.standard_error();
    process.signal(SIGKILL);
    EXPECT_EQ(process.wait(20s), 128 + SIGKILL);
    const Finished report = gateproof({"report", out() + "/run.jsonl"});
    EXPECT_EQ(report.status, 0) << report.err;
    EXPECT_THAT(report.out, HasSubstr("The run was killed"));
}

TEST_F(Run, JunitOnStandardOutputIsAlone) {
    const Finished finished = gateproof({"run", "--check", "tls.accepts-1.2", "--junit", "-", "--out", out()});
    EXPECT_EQ(finished.status, 0) << finished.err;
    pugi::xml_document document;
    ASSERT_TRUE(document.load_string(finished.out.c_str())) << finished.out;
    const pugi::xml_node root = document.child("testsuites");
    std::size_t skipped = 0;
    for (const pugi::xml_node& suite : root.children("testsuite")) {
        skipped += suite.attribute("skipped").as_uint();
    }
    EXPECT_EQ(root.attribute("tests").as_uint() - skipped, 3U);
    EXPECT_THAT(finished.err, HasSubstr(fmt::format("3 of {} checks: 3 passed", root.attribute("tests").as_uint())));
    EXPECT_FALSE(std::filesystem::exists(out() + "/junit.xml"));
}

TEST_F(Run, QuietSaysNothing) {
    const Finished finished =
        gateproof({"run", "--fault", "no-tls-1.2", "--check", "tls.accepts-1.2", "--quiet", "--out", out()});
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(finished.out, IsEmpty());
    EXPECT_THAT(finished.err, IsEmpty());
}

TEST_F(Run, VerboseSaysEachCheckAndTheEvidence) {
    const Finished finished =
        gateproof({"run", "-v", "--check", "tls.accepts-1.*", "--fault", "no-tls-1.2", "--out", out()});
    EXPECT_THAT(finished.out, HasSubstr("PASS         embedded-cloud tls.accepts-1.3 ("));
    EXPECT_THAT(finished.out, HasSubstr("      +0.0"));
}

TEST_F(Run, FilesGoWhereTheyAreTold) {
    const std::string journal_file = (folder_.path() / "j.jsonl").string();
    const std::string junit_file = (folder_.path() / "j.xml").string();
    const Finished finished = gateproof({"run", "--check", "tls.accepts-1.2", "--seed", "18446744073709551615",
                                         "--junit", junit_file, "--journal", journal_file, "--out", out()});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(read_journal(std::filesystem::path(journal_file)).run.seed, 18446744073709551615U);
    EXPECT_TRUE(std::filesystem::exists(junit_file));
    EXPECT_FALSE(std::filesystem::exists(out()));
}

TEST_F(Run, AFolderThatCannotBeWrittenIsSaidBeforeAnythingIsSent) {
    const std::string file = folder_.write("file", "");
    const Finished folder = gateproof({"run", "--out", file + "/below"});
    EXPECT_EQ(folder.status, 2);
    EXPECT_THAT(folder.err, HasSubstr("--out"));
    const Finished journal = gateproof({"run", "--journal", file + "/j.jsonl", "--out", out()});
    EXPECT_EQ(journal.status, 2);
    EXPECT_THAT(journal.err, HasSubstr("cannot write the journal"));
}

TEST_F(Run, AReportThatCannotBeWrittenIsNoSuccess) {
    const std::string file = folder_.write("file", "");
    const Finished finished =
        gateproof({"run", "--check", "tls.accepts-1.2", "--junit", file + "/j.xml", "--out", out()});
    EXPECT_EQ(finished.status, 4);
    EXPECT_THAT(finished.err, HasSubstr("make it later with gateproof report"));
    EXPECT_TRUE(journal().usable);
}

TEST_F(Run, AFullDiskIsSaid) {
    const Finished finished =
        gateproof({"run", "--check", "tls.accepts-1.2", "--journal", "/dev/full", "--out", out()});
    EXPECT_THAT(finished.status, testing::AnyOf(2, 4)) << finished.out;
    EXPECT_THAT(finished.err, HasSubstr("journal"));
}

}  // namespace
}  // namespace gateproof::test
