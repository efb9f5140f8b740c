// The line that a finding is printed with, run word for word.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "harness/journal/read.hpp"
#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Every line behind "repeat: " of what a run printed.
std::vector<std::string> printed_lines(const std::string& out) {
    std::vector<std::string> lines;
    const std::regex repeat("\n    repeat: ([^\n]*)");
    for (auto found = std::sregex_iterator(out.begin(), out.end(), repeat); found != std::sregex_iterator(); ++found) {
        lines.push_back((*found)[1]);
    }
    return lines;
}

/// What a check came to, without the numbers that differ from run to run (ports, times).
std::string told(const std::string& journal, const std::string& check) {
    const JournalRead read = read_journal(std::filesystem::path(journal));
    for (const CheckRecord& record : read.run.checks) {
        if (record.full_id() == check && record.result) {
            return fmt::format("{}: {}", to_string(record.result->outcome),
                               std::regex_replace(record.result->sentence, std::regex("[0-9]+"), "N"));
        }
    }
    return "not judged";
}

class Repeat : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    /// In a folder of its own.
    Finished pasted(const std::string& line) { return test::pasted(line, path("again")); }

    TemporaryFolder folder_;
};

TEST_F(Repeat, TheLineHoldsWhatTheRunWasGiven) {
    const Finished first = gateproof({"run", "embedded-cloud", "--suite", "tls", "--fault", "accepts-tls-1.1", "--seed",
                                      "18446744073709551615", "--quick", "--addresses", "first", "--out", path("out"),
                                      "--report", "html,junit,json,markdown"});
    ASSERT_EQ(first.status, 1) << first.err;
    const std::vector<std::string> lines = printed_lines(first.out);
    ASSERT_EQ(lines.size(), 1U) << first.out;
    EXPECT_EQ(
        lines.front(),
        "gateproof run embedded-cloud --check tls.refuses-1.1 --seed 18446744073709551615 --fault accepts-tls-1.1 "
        "--addresses first --quick");
    for (const char* const report : {"report.html", "junit.xml", "report.json"}) {
        EXPECT_THAT(read_file(path("out/") + report), HasSubstr("--check tls.refuses-1.1 --seed 18446744073709551615"))
            << report;
    }
    const Finished again = pasted(lines.front());
    EXPECT_EQ(again.status, 1) << again.out << again.err;
    ASSERT_FALSE(printed_lines(again.out).empty());
    EXPECT_EQ(printed_lines(again.out).front(), lines.front()) << "the same run but for what else was judged";
    EXPECT_EQ(told(path("again/gateproof-out/run.jsonl"), "tls.refuses-1.1"),
              told(path("out/run.jsonl"), "tls.refuses-1.1"));
}

/// By a tool of others, which needs the endpoint and nothing of ours.
TEST_F(Repeat, AnOldVersionIsRepeatedByOpensslToo) {
    const ServedGateway gateway(path("gateway"), {"accepts-tls-1.1"});
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    const Finished found = gateproof({"run", gateway.cloud(), "--check", "tls.refuses-1.1", "--out", path("out")});
    const std::vector<std::string> lines = printed_lines(found.out);
    ASSERT_EQ(lines.size(), 2U) << found.out;
    EXPECT_THAT(lines[1], testing::StartsWith("openssl s_client -connect 127.0.0.1:"));
    const Finished shown = pasted(lines[1]);
    EXPECT_THAT(shown.out, HasSubstr("TLSv1.1")) << lines[1] << shown.err;
}

/// By a tool of others, word for word: without a certificate, and with one that the profile names a file of.
TEST_F(Repeat, AnAnswerIsRepeatedByCurlToo) {
    struct Sample {
        std::vector<std::string> faults;
        std::string check;
        bool certificate;
    };
    const Sample samples[] = {{{"certificate-optional"}, "mtls.no-certificate-refused", false},
                              {{"no-expiry-check"}, "mtls.expired-refused", true},
                              {{"enrolled-refused"}, "mtls.enrolled-served", true}};
    for (const auto& [faults, check, certificate] : samples) {
        const std::string folder = path(faults.front());
        const ServedGateway gateway(folder, faults);
        ASSERT_TRUE(gateway.serving()) << gateway.output();
        const Finished found = gateproof({"run", gateway.cloud(), "--check", check, "--out", path("out")});
        const std::vector<std::string> lines = printed_lines(found.out);
        ASSERT_EQ(lines.size(), 2U) << found.out;
        EXPECT_THAT(lines[1], testing::StartsWith("curl -"));
        EXPECT_EQ(lines[1].find(" --cert " + folder) != std::string::npos, certificate) << lines[1];
        const Finished shown = pasted(lines[1]);
        EXPECT_EQ(shown.status, 0) << lines[1] << shown.err;
        std::smatch status;
        ASSERT_TRUE(std::regex_search(shown.out, status, std::regex("^HTTP/1.1 ([0-9]{3})"))) << shown.out;
        EXPECT_THAT(told(path("out/run.jsonl"), check), HasSubstr("fail: "));
        EXPECT_THAT(found.out, HasSubstr("HTTP " + status[1].str()));
        EXPECT_THAT(read_file(path("out/run.jsonl")), Not(HasSubstr("PRIVATE KEY")));
    }
    // Where there is nothing to see, and where the answer cannot be had without a token, there is no line.
    const ServedGateway sound(path("sound"), {"token-accepts-garbage"});
    ASSERT_TRUE(sound.serving()) << sound.output();
    const Finished token = gateproof({"run", sound.cloud(), "--check", "permission.garbage-token", "--check",
                                      "mtls.no-certificate-refused", "--out", path("out")});
    EXPECT_EQ(token.status, 1) << token.out;
    EXPECT_THAT(token.out, Not(HasSubstr("repeat: curl")));
    EXPECT_THAT(read_file(path("out/run.jsonl")), Not(HasSubstr("\"curl\"")));
}

TEST_F(Repeat, OneCaseIsAskedForAlone) {
    const Finished plan = pasted("gateproof plan embedded-cloud --check 'permission.no-token[own-customer]' --json");
    ASSERT_EQ(plan.status, 0) << plan.err;
    std::vector<std::string> run;
    for (const auto& row : nlohmann::json::parse(plan.out)) {
        if (row["decision"] == "run") {
            run.push_back(fmt::format("{}[{}]", row["check"].get<std::string>(), row.value("case", "")));
        }
    }
    EXPECT_THAT(run, testing::ElementsAre("permission.no-token[own-customer]"));
}

/// The first flight in hex is for findings: what passed is not made larger by it.
TEST_F(Repeat, AFindingOfTlsHasItsFirstFlightInHex) {
    const std::vector<std::string> words{"run", "embedded-cloud", "--check", "tls.refuses-1.1", "--out", path("out")};
    std::vector<std::string> broken = words;
    broken.insert(broken.end(), {"--fault", "accepts-tls-1.1"});
    ASSERT_EQ(gateproof(broken).status, 1);
    EXPECT_THAT(read_file(path("out/run.jsonl")),
                AllOf(testing::ContainsRegex("\"first_flight\",\"1603[0-9a-f]{80,}"),
                      testing::ContainsRegex("\"local_address\",\"127.0.0.1:[0-9]+\"")));
    ASSERT_EQ(gateproof(words).status, 0);
    EXPECT_THAT(read_file(path("out/run.jsonl")), Not(HasSubstr("first_flight")));
}

TEST_F(Repeat, ACaseThatNobodyHasIsNoCheck) {
    const Finished unknown = gateproof({"plan", "embedded-cloud", "--check", "permission.no-token[nobody]"});
    EXPECT_EQ(unknown.status, 2);
    EXPECT_THAT(unknown.err, HasSubstr("permission.no-token[nobody] matches no check"));
    const Finished mistyped = gateproof({"plan", "embedded-cloud", "--check", "permission.no-tokn[own-customer]"});
    EXPECT_EQ(mistyped.status, 2);
    EXPECT_THAT(mistyped.err,
                HasSubstr("permission.no-tokn[own-customer] matches no check; did you mean permission.no-token?"));
}

/// Its row of the JSON report of the run in `folder`.
nlohmann::json row_of(const std::string& folder, const std::string& check) {
    const nlohmann::json report = nlohmann::json::parse(read_file(folder + "/report.json"));
    for (const nlohmann::json& row : report["checks"]) {
        if (row["id"] == check) {
            return row;
        }
    }
    return {};
}

struct Sampled {
    std::string profile;
    std::string fault;
    std::string check;
};

/// A fault of each family of checks of the profile's side, by the first of its checks that the profile runs. Families
/// that wait are left out, for a timeout, a limit, a revocation or software that is given time: theirs takes minutes.
std::vector<Sampled> a_fault_of_each_family(const std::string& profile, const std::string& side) {
    std::set<std::string> planned;
    for (const auto& row : nlohmann::json::parse(gateproof({"plan", profile, "--json"}).out)) {
        if (row["decision"] == "run" && !row.contains("case")) {
            planned.insert(row["check"]);
        }
    }
    std::set<std::string> families{"timeout",         "throttle",    "permission",
                                   "client-throttle", "client-time", "client-reach"};
    std::vector<Sampled> sample;
    for (const auto& fault : nlohmann::json::parse(gateproof({"list", "--faults", "--json"}).out)) {
        for (const std::string check : fault["caught_by"]) {
            if (fault["side"] == side && planned.contains(check) &&
                families.insert(check.substr(0, check.find('.'))).second) {
                sample.push_back({profile, fault["name"], check});
            }
        }
    }
    return sample;
}

/// The same check and case come to the same outcome, for the same reason.
TEST_F(Repeat, ThePrintedLineReproducesAFindingOfEachFamily) {
    std::vector<Sampled> sample = a_fault_of_each_family("embedded-cloud", "gateway");
    EXPECT_GE(sample.size(), 7U);
    for (Sampled& one : a_fault_of_each_family("embedded-client-cloud", "client")) {
        sample.push_back(std::move(one));
    }
    sample.push_back({"embedded-cloud", "token-optional", "permission.no-token[own-customer]"});
    EXPECT_GE(sample.size(), 10U);
    std::size_t reproduced = 0;
    std::string others;
    for (const auto& [profile, fault, check] : sample) {
        std::filesystem::remove_all(path("out"));
        std::filesystem::remove_all(path("again"));
        const Finished first =
            gateproof({"run", profile, "--check", check, "--fault", fault, "--out", path("out"), "--report", "json"});
        const nlohmann::json found = row_of(path("out"), check);
        ASSERT_FALSE(found.is_null()) << check << first.err;
        EXPECT_NE(found["outcome"], "pass") << check << " with " << fault;
        ASSERT_FALSE(found["repeat"].empty()) << check << '\n' << first.out << first.err;
        const std::string line = found["repeat"][0];
        pasted(line + " --report json");
        const nlohmann::json again = row_of(path("again/gateproof-out"), check);
        const bool same = !again.is_null() && again["outcome"] == found["outcome"] && again["case"] == found["case"] &&
                          again["found"] == found["found"];
        reproduced += same ? 1 : 0;
        others += same ? "" : fmt::format("{}\n  found {}\n  again {}\n", line, found.dump(), again.dump());
    }
    EXPECT_GE(reproduced * 10, sample.size() * 9) << others;
    RecordProperty("reproduced", fmt::format("{} of {}", reproduced, sample.size()));
}

}  // namespace
}  // namespace gateproof::test
