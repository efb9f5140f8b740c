// Every report format on the command line, and what its usual readers make of it.
#include <gmock/gmock.h>

#include <chrono>
#include <map>
#include <set>

#include "harness/journal/codec.hpp"
#include "reports/formats.hpp"
#include "tests/cli/command.hpp"

namespace gateproof::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const auto noon = *parse_iso_time("2026-02-03T12:00:00.000Z");

/// A python3 that has the module; empty: none.
std::string python_with(const std::string& module) {
    for (const std::string& candidate : {std::string("/usr/bin/python3"), find_program("python3")}) {
        if (!candidate.empty() && run({candidate, "-c", "import " + module}).status == 0) {
            return candidate;
        }
    }
    return {};
}

Observation exchange(const std::string& text) {
    Observation observation{"http_exchange", noon, {}};
    observation.with("request", "GET /gateway/customer-service/status").with("result", "HTTP 200");
    return observation.with("header_server", text).with("body", text).with("duration_us", 20417);
}

/// A journal of `checks` checks, ten to a target, each of which says `text`; every tenth fails, some are cases.
std::string journal_of(std::size_t checks, const std::string& text) {
    RunStarted start{{1, "0.1.0", noon, "host", 7}, {{"CLOUD-X", "sentence", "source", Level::must, {"cloud"}}}};
    std::string lines = encode_event(start);
    const auto target = [](std::size_t i) { return "gateway-" + std::to_string(i / 10); };
    for (std::size_t i = 0; i < checks; i += 10) {
        lines += encode_event(TargetRecord{target(i),
                                           text,
                                           "test",
                                           "cloud",
                                           "https://127.0.0.1:1",
                                           "",
                                           {{"enrolled", text, "CN=ca", "AA", noon, noon + std::chrono::hours(48)}}});
    }
    for (std::size_t i = 0; i < checks; ++i) {
        const std::string case_name = i % 10 < 2 ? "case-" + std::to_string(i % 10) : "";
        const std::string id = case_name.empty() ? "tls.check-" + std::to_string(i % 10) : "permission.outcome";
        CheckRecord check{{"tls", id, text, {"CLOUD-X"}, case_name, Scenario::negative}, target(i)};
        lines += encode_event(check);
        CheckResult result;
        result.outcome = i % 10 == 9 ? Outcome::fail : Outcome::pass;
        result.sentence = text;
        result.started = noon;
        result.duration = std::chrono::milliseconds(12);
        result.evidence.assign(6, exchange(text));
        lines += encode_event(CheckEnded{target(i), id, result, case_name});
    }
    return lines + encode_event(RunEnded{noon + std::chrono::seconds(3), EndReason::complete, {}});
}

const std::string hostile =
    "=1+1,\"\r\n| <script>alert(1)</script> [x](javascript:a) `c` ![i](http://e/x.png) **b** http://e www.e.nz "
    "\x1b[31m\xe2\x80\xae\x01 \\";

TEST(Formats, OneToStandardOutputOrAFileSeveralToAFolder) {
    const TemporaryFolder folder;
    const std::string journal = folder.write("run.jsonl", journal_of(10, "said"));
    const std::string out = (folder.path() / "all").string();
    const Finished all = gateproof({"report", journal, "--format", "html,junit,json", "--format",
                                    "markdown,csv,hand-in,prometheus,html", "--out", out});
    EXPECT_EQ(all.status, 0) << all.err;
    std::size_t files = 0;
    for (const reports::Format& format : reports::formats()) {
        const std::string file = out + '/' + std::string(format.file);
        EXPECT_THAT(all.out, HasSubstr("report: " + file + '\n'));
        const Finished one = gateproof({"report", journal, "--format", std::string(format.name)});
        EXPECT_EQ(one.out, read_file(file)) << format.name;
        EXPECT_GT(one.out.size(), format.name == "hand-in" ? 60U : 400U) << format.name;
        ++files;
    }
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(out), {}), static_cast<std::ptrdiff_t>(files));
}

TEST(Formats, WhatCannotBeMeantIsSaid) {
    const TemporaryFolder folder;
    const std::string journal = folder.write("run.jsonl", journal_of(10, "said"));
    const Finished unknown = gateproof({"report", journal, "--format", "htm"});
    EXPECT_EQ(unknown.status, 2);
    EXPECT_THAT(unknown.err, HasSubstr("--format: unknown format htm; did you mean \"html\"?"));
    EXPECT_THAT(gateproof({"report", journal, "--format", "html,json"}).err,
                HasSubstr("several formats need a folder"));
    EXPECT_THAT(gateproof({"report", journal, "--format", "console,json", "--out", "x"}).err,
                HasSubstr("stands alone"));
    const Finished run = gateproof({"run", "--report", "html,xml", "--out", (folder.path() / "o").string()});
    EXPECT_EQ(run.status, 2);
    EXPECT_THAT(run.err, HasSubstr("--report: unknown format xml"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "o")) << "said before anything is done";
}

TEST(Formats, ARunWritesWhatIsAskedFor) {
    const TemporaryFolder folder;
    const auto written = [&](const std::vector<std::string>& more) {
        const std::string out = (folder.path() / "o").string();
        std::filesystem::remove_all(out);
        std::vector<std::string> words{"run", "--check", "tls.accepts-1.2", "--out", out};
        words.insert(words.end(), more.begin(), more.end());
        EXPECT_EQ(gateproof(words).status, 0);
        std::set<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(out)) {
            names.insert(entry.path().filename().string());
        }
        return names;
    };
    EXPECT_THAT(written({}), ElementsAre("junit.xml", "report.html", "run.jsonl"));
    EXPECT_THAT(written({"--report", "csv,json"}), ElementsAre("report.json", "run.jsonl", "test-report.csv"));
    EXPECT_THAT(written({"--report", "none"}), ElementsAre("run.jsonl"));
}

TEST(Formats, ConsoleAndJunitNameTheCase) {
    const TemporaryFolder folder;
    std::string text = journal_of(10, "said");
    for (std::size_t at = text.find("\"pass\""); at != std::string::npos; at = text.find("\"pass\"", at)) {
        text.replace(at, 6, "\"fail\"");
    }
    const std::string journal = folder.write("run.jsonl", text);
    EXPECT_THAT(gateproof({"report", journal}).out, HasSubstr("permission.outcome[case-0] permission.outcome[case-1]"));
    const std::string junit = gateproof({"report", journal, "--format", "junit"}).out;
    EXPECT_THAT(junit, HasSubstr("name=\"permission.outcome[case-0] said\""));
    EXPECT_THAT(junit, HasSubstr("name=\"permission.outcome[case-1] said\""));
}

TEST(Formats, PythonReadsTheTableAndTheMetrics) {
    const TemporaryFolder folder;
    const std::string journal = folder.write("run.jsonl", journal_of(20, hostile));
    const std::string out = (folder.path() / "all").string();
    ASSERT_EQ(gateproof({"report", journal, "--format", "csv,prometheus,junit", "--out", out}).status, 0);
    const std::string python = find_program("python3");
    if (python.empty()) {
        GTEST_SKIP() << "needs python3";
    }
    const Finished table = run({python, "-c", R"(
import csv, sys
rows = list(csv.reader(open(sys.argv[1], newline='', encoding='utf-8'), strict=True))
print(len(rows), {len(row) for row in rows}, rows[10][7], rows[1][1])
print([cell[0] for row in rows for cell in row if cell and cell.lstrip()[0] in '=+-@'])
)",
                                out + "/test-report.csv"});
    EXPECT_EQ(table.out, "21 {9} Fail permission.outcome[case-0]\n[]\n") << table.err;
    const std::string client = python_with("prometheus_client.parser");
    if (client.empty()) {
        GTEST_SKIP() << "needs python3-prometheus-client";
    }
    const Finished metrics = run({client, "-c", R"(
import sys
from prometheus_client.parser import text_string_to_metric_families
families = {f.name: f for f in text_string_to_metric_families(open(sys.argv[1], encoding='utf-8').read())}
assert all(f.documentation and f.type == 'gauge' for f in families.values())
print({f.name for f in families.values() if not f.name.startswith('gateproof_')})
print([s.value for s in families['gateproof_certificate_daysleft'].samples])
print([s.value for s in families['gateproof_checks'].samples if s.labels['verdict'] == 'fail'])
)",
                                  out + "/gateproof.prom"});
    EXPECT_EQ(metrics.out, "set()\n[1.0, 1.0]\n[1.0, 1.0]\n") << metrics.err;
}

TEST(Formats, JunitparserReadsEveryVerdictOfHostileText) {
    const std::string python = python_with("junitparser");
    if (python.empty()) {
        GTEST_SKIP() << "needs python3-junitparser";
    }
    std::string every = hostile + "]]></failure>" + std::string(1'000'000, 'h');
    for (int c = 0; c < 256; ++c) {
        every.push_back(static_cast<char>(c));  // no UTF-8 from 0x80 on
    }
    std::string lines = encode_event(RunStarted{{1, every, noon, "host", 7}, {}});
    for (const char* outcome : {"pass", "warning", "skipped", "inconclusive", "error", "fail"}) {
        CheckRecord check{{"tls", std::string("tls.") + outcome, every}, "t"};
        CheckResult result{*outcome_from(outcome), every, every, noon, std::chrono::milliseconds(5), false,
                           {exchange(every)},      0};
        lines += encode_event(check) + encode_event(CheckEnded{"t", check.id, result});
    }
    const TemporaryFolder folder;
    const std::string out = (folder.path() / "junit.xml").string();
    const Finished made = gateproof({"report", folder.write("run.jsonl", lines), "--format", "junit", "--out", out});
    ASSERT_EQ(made.status, 0) << made.err;
    EXPECT_LT(std::filesystem::file_size(out), 1'000'000U) << "bounded, whatever was sent";
    const Finished read = run({python, "-c", R"(
import sys, junitparser
xml = junitparser.JUnitXml.fromfile(sys.argv[1])
print(xml.tests, xml.failures, xml.errors)
for case in next(iter(xml)):
    print(case.name.split()[0], [type(r).__name__ + ':' + str(r.type) for r in case.result])
)",
                               out});
    EXPECT_EQ(read.out,
              "6 1 2\ntls.pass []\ntls.warning []\ntls.skipped ['Skipped:None']\n"
              "tls.inconclusive ['Error:inconclusive']\ntls.error ['Error:error']\ntls.fail ['Failure:fail']\n")
        << read.err;
}

TEST(Formats, PromtoolReadsTheMetrics) {
    const std::string promtool = find_program("promtool");
    if (promtool.empty()) {
        GTEST_SKIP() << "needs promtool";
    }
    const TemporaryFolder folder;
    const std::string journal = folder.write("run.jsonl", journal_of(20, hostile));
    const Finished made = gateproof({"report", journal, "--format", "prometheus"});
    ProcessOptions options;
    options.standard_input = made.out;
    const Finished checked = run({promtool, "check", "metrics"}, options);
    EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
}

TEST(Formats, GithubsOwnRendererMakesNothingOfHostileText) {
    const std::string renderer = find_program("cmark-gfm");
    if (renderer.empty()) {
        GTEST_SKIP() << "needs cmark-gfm";
    }
    const TemporaryFolder folder;
    const std::string plain = folder.write("plain.jsonl", journal_of(10, "said"));
    const std::string journal = folder.write("run.jsonl", journal_of(10, hostile));
    const auto rendered = [&](const std::string& file) {
        const std::string markdown = folder.write("report.md", gateproof({"report", file, "--format", "markdown"}).out);
        return run({renderer, "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", markdown}).out;
    };
    const auto elements = [](const std::string& html) {
        std::map<std::string, int> count;
        for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
            ++count[html.substr(at, html.find_first_of(" >", at) - at)];
        }
        return count;
    };
    const std::string html = rendered(journal);
    EXPECT_EQ(elements(html), elements(rendered(plain))) << html;
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:a) `c`"));
}

TEST(Formats, TenThousandChecksInTwoSecondsAnd300MiB) {
    const TemporaryFolder folder;
    const std::string journal =
        folder.write("run.jsonl", journal_of(10'000, "the endpoint refused with alert protocol_version (70)"));
    for (const reports::Format& format : reports::formats()) {
        const std::string out = (folder.path() / format.file).string();
        const Finished made = gateproof({"report", journal, "--format", std::string(format.name), "--out", out});
        // It waits for nothing, and other tests may use the processors too.
        const std::chrono::duration<double> took = made.processor_time;
        EXPECT_EQ(made.status, 0) << made.err;
        EXPECT_LT(took.count(), GATEPROOF_SLOW * 2.0) << format.name;
        EXPECT_LT(made.max_resident_kib, GATEPROOF_SLOW * 300 * 1024) << format.name;
        RecordProperty(std::string(format.name) + "_ms", std::to_string(static_cast<int>(took.count() * 1000)));
        RecordProperty(std::string(format.name) + "_kib", std::to_string(made.max_resident_kib));
    }
}

}  // namespace
}  // namespace gateproof::test
