// gateproof report: what becomes of a journal, and what other readers make of the JUnit file.
#include <gmock/gmock.h>

#include <pugixml.hpp>

#include "harness/journal/codec.hpp"
#include "tests/cli/command.hpp"

namespace gateproof::test::report_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const auto report_noon = *parse_iso_time("2026-02-03T12:00:00.000Z");

/// Four checks: passed, failed, skipped, and one that the killed run never ended; then half a line.
std::string killed_journal() {
    const auto planned = [](std::string id, std::string skip) {
        return encode_event(CheckRecord{{"tls", std::move(id), "a <title>", {"R"}}, "lab", std::move(skip)});
    };
    const auto ended = [](std::string id, Outcome outcome) {
        CheckResult result;
        result.outcome = outcome;
        result.sentence = "said \x1b[31m & \"more\"";
        result.started = report_noon;
        result.duration = std::chrono::milliseconds(1500);
        return encode_event(CheckEnded{"lab", std::move(id), result});
    };
    return encode_event(RunStarted{{1, "0.1.0", report_noon, "host", 7}, {{"R", "sentence", "source", Level::must}}}) +
           encode_event(TargetRecord{"lab", "", "sandbox", "desktop", "https://127.0.0.1:1", ""}) +
           planned("tls.a", "") + planned("tls.b", "") + planned("tls.c", "no identity") + planned("tls.d", "") +
           ended("tls.a", Outcome::pass) + ended("tls.b", Outcome::fail) + R"({"event":"check_en)";
}

TEST(Report, OfAKilledRun) {
    const TemporaryFolder folder;
    const std::string journal = folder.write("run.jsonl", killed_journal());
    const Finished console = gateproof({"report", journal});
    EXPECT_EQ(console.status, 0);
    EXPECT_THAT(console.out, StartsWith("FAIL  lab tls.b: a <title>\n    said \\x1b[31m & \"more\"\n"));
    EXPECT_THAT(console.out, HasSubstr("4 checks: 1 passed, 1 failed, 1 inconclusive, 1 not applicable"));
    EXPECT_THAT(console.err, HasSubstr("line 9: the last line is truncated"));

    const std::string out = (folder.path() / "junit.xml").string();
    EXPECT_EQ(gateproof({"report", journal, "--format", "junit", "--out", out}).status, 0);
    EXPECT_EQ(gateproof({"report", journal, "--format", "junit"}).out, read_file(out));
    pugi::xml_document document;
    ASSERT_TRUE(document.load_file(out.c_str()));
    EXPECT_STREQ(document.child("testsuites").attribute("errors").value(), "1");
}

TEST(Report, JunitparserReadsIt) {
    std::string python;
    for (const std::string& candidate : {std::string("/usr/bin/python3"), find_program("python3")}) {
        if (python.empty() && !candidate.empty() && run({candidate, "-c", "import junitparser"}).status == 0) {
            python = candidate;
        }
    }
    if (python.empty()) {
        GTEST_SKIP() << "needs python3-junitparser";
    }
    const TemporaryFolder folder;
    const std::string journal = folder.write("run.jsonl", killed_journal());
    const std::string out = (folder.path() / "junit.xml").string();
    ASSERT_EQ(gateproof({"report", journal, "--format", "junit", "--out", out}).status, 0);
    const Finished read = run({python, "-c", R"(
import sys, junitparser
xml = junitparser.JUnitXml.fromfile(sys.argv[1])
print(xml.tests, xml.failures, xml.errors, xml.time)
for suite in xml:
    print(suite.name, suite.tests, suite.failures, suite.errors, suite.skipped, suite.hostname)
    for case in suite:
        print(case.classname, case.name, case.time, [type(r).__name__ + ':' + str(r.type) for r in case.result])
)",
                               out});
    EXPECT_EQ(read.status, 0) << read.err;
    EXPECT_EQ(read.out,
              "4 1 1 1.5\n"
              "gateproof.lab.tls 4 1 1 1 host\n"
              "gateproof.lab.tls tls.a a <title> 1.5 []\n"
              "gateproof.lab.tls tls.b a <title> 1.5 ['Failure:fail']\n"
              "gateproof.lab.tls tls.c a <title> 0.0 ['Skipped:None']\n"
              "gateproof.lab.tls tls.d a <title> 0.0 ['Error:inconclusive']\n");
}

TEST(Report, KnownFailuresStandApartInWhatARunWritesAndInWhatIsMadeLater) {
    const TemporaryFolder folder;
    const std::string known = folder.write("known.json", R"({"known_failures": [
        {"check": "tls.refuses-1.1", "reason": "INC-4711", "expires": "9999-12-31"},
        {"check": "port.*", "reason": "INC-1", "expires": "2020-01-01"}]})");
    const std::string out = (folder.path() / "out").string();
    const std::string journal = out + "/run.jsonl";
    const Finished finished = gateproof({"run", "embedded-desktop", "--fault", "accepts-tls-1.1", "--suite", "tls",
                                         "--known", known, "--out", out, "--report", "html,junit,json"});
    EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
    EXPECT_THAT(finished.out,
                AllOf(HasSubstr("accepted until 9999-12-31: tls.refuses-1.1 of embedded-desktop (fail): INC-4711"),
                      HasSubstr("0 failed"), HasSubstr("1 known"), HasSubstr("note: "), HasSubstr("INC-1")));
    EXPECT_THAT(read_file(out + "/junit.xml"),
                AllOf(HasSubstr("<skipped message=\"known fail, accepted until 9999-12-31: "
                                "INC-4711: "),
                      Not(HasSubstr("<failure"))));
    EXPECT_THAT(read_file(out + "/report.html"), HasSubstr("Accepted until 9999-12-31"));
    EXPECT_THAT(read_file(journal), HasSubstr("\"event\":\"known\""));
    for (const char* format : {"html", "junit", "json"}) {
        const std::string file = out + (format == std::string("html")    ? "/report.html"
                                        : format == std::string("junit") ? "/junit.xml"
                                                                         : "/report.json");
        const Finished later = gateproof({"report", journal, "--known", known, "--format", format});
        EXPECT_EQ(later.out, read_file(file)) << format;
        EXPECT_THAT(later.err, HasSubstr("note: ")) << "the entry of no use";
        EXPECT_EQ(gateproof({"report", journal, "--format", format}).out, read_file(file))
            << "the journal carries the list";
    }
    const std::string none = folder.write("none.json", R"({"known_failures": []})");
    EXPECT_THAT(gateproof({"report", journal, "--known", none, "--format", "junit"}).out, HasSubstr("<failure"));
    EXPECT_THAT(gateproof({"report", journal, "--known", known}).out, HasSubstr("1 known"));
    EXPECT_EQ(gateproof({"report", journal, "--known", folder.write("bad.json", "{}")}).status, 2);
}

TEST(Report, WhatIsNoJournalIsUnusable) {
    const TemporaryFolder folder;
    for (const std::string& file : {folder.write("a", ""), folder.write("b", "hello\n"), folder.path().string(),
                                    (folder.path() / "missing").string()}) {
        const Finished finished = gateproof({"report", file});
        EXPECT_EQ(finished.status, 2) << file;
        EXPECT_THAT(finished.err, HasSubstr("is no journal")) << file;
    }
}

}  // namespace
}  // namespace gateproof::test::report_test
