// What a run says of a write whose answer was cut, and keeps in its journal: whether it was carried out.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "harness/journal/read.hpp"
#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CutWriteTest : public testing::Test {
protected:
    /// The sentence of the one check of a run against the gateway with this fault, "warning: " before it, and what the
    /// journal keeps of the status query behind it.
    std::string said_of(const std::string& profile, const std::string& check, const std::string& fault) {
        std::vector<std::string> words{"run", profile, "--check", check, "--out", (folder_.path() / "out").string()};
        if (!fault.empty()) {
            words.insert(words.end(), {"--fault", fault});
        }
        const Finished finished = gateproof(words);
        const std::string journal = (folder_.path() / "out/run.jsonl").string();
        const RunRecord record = read_journal(journal).run;
        EXPECT_EQ(record.checks.size(), 1U) << finished.err;
        const CheckResult result = record.result_of(record.checks.front());
        const std::string lines = read_file(journal);
        const std::size_t kept = lines.rfind("\"fate\",\"");
        return std::string(to_string(result.outcome)) + ": " + result.sentence + " | " +
               (kept == std::string::npos ? "nothing kept" : lines.substr(kept, 40));
    }
    TemporaryFolder folder_;
};

TEST_F(CutWriteTest, IsSaidToBeCarriedOutOrNot) {
    const std::string check = "timeout.cut-write-accounted-for";
    EXPECT_THAT(said_of("embedded-cloud", check, ""),
                AllOf(HasSubstr("pass: POST /gateway/slow-write?ms={takes_ms}&key={submission_key} was cut (HTTP 504"),
                      HasSubstr("says that it was not carried out, at once and when its time was over"),
                      HasSubstr("\"fate\",\"not carried out\"")));
    EXPECT_THAT(said_of("embedded-cloud", check, "cut-write-carried-out"),
                AllOf(HasSubstr("warning: "), HasSubstr("says that it was carried out"),
                      HasSubstr("\"fate\",\"carried out\"")));
    EXPECT_THAT(
        said_of("embedded-cloud", check, "cut-write-carried-out-later"),
        AllOf(HasSubstr("warning: "), HasSubstr("was carried out later"), HasSubstr("\"fate\",\"carried out\"")));
    EXPECT_THAT(said_of("embedded-cloud", check, "cut-write-status-unknown"),
                AllOf(HasSubstr("warning: "), HasSubstr("could not be learned, because GET /gateway/slow-write/status"),
                      HasSubstr("\"fate\",\"could not be learned")));
    EXPECT_THAT(said_of("embedded-cloud", check, "timeout-closes-without-answer"),
                AllOf(HasSubstr("pass: "), HasSubstr("was cut (connection closed after"), HasSubstr("not carried out")))
        << "a connection that is closed leaves as much open as a 504";
    EXPECT_THAT(said_of("embedded-cloud", check, "no-operation-timeout"),
                AllOf(HasSubstr("skipped: the write was not cut"), HasSubstr("nothing kept")));
}

TEST_F(CutWriteTest, IsAskedAfterByTheOtherChecksOfSlowOperationsToo) {
    const ServedGateway gateway((folder_.path() / "gw").string(), {"cut-write-carried-out"});
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    nlohmann::json profile = nlohmann::json::parse(read_file(gateway.cloud()));
    profile["timeouts"]["slow"] = profile["timeouts"]["slow_write"];
    const std::string file = folder_.write("gw/writes.json", profile.dump(2));
    EXPECT_THAT(said_of(file, "timeout.slow-operation-cut", ""),
                AllOf(HasSubstr("pass: cut with HTTP 504"), HasSubstr("; asked afterwards, GET /gateway/slow-write"),
                      HasSubstr("says that it was carried out")));
    EXPECT_THAT(said_of(gateway.cloud(), "timeout.slow-operation-cut", ""),
                AllOf(HasSubstr("pass: cut with HTTP 504"), Not(HasSubstr("asked afterwards"))))
        << "a read leaves nothing to ask after";
}

}  // namespace
}  // namespace gateproof::test
