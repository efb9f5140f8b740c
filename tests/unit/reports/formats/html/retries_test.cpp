#include "reports/formats/html/retries.hpp"

#include <gmock/gmock.h>

#include <pugixml.hpp>
#include <regex>

#include "reports/formats/html/html.hpp"
#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using testing::HasSubstr;

Observation came(int start, int told_ms, const std::string& at_ms, const std::string& status) {
    Observation observation{"retry_times", noon(), {}};
    observation.with("start", start).with("told_ms", told_ms).with("at_ms", at_ms).with("status", status);
    return observation;
}

CheckResult result_of(std::vector<Observation> evidence) {
    CheckResult result = result_with(Outcome::pass, "p");
    result.evidence = std::move(evidence);
    return result;
}

/// The chart as a tree: the markup is well-formed XML too.
pugi::xml_document chart_of(const CheckResult& result) {
    HtmlWriter out;
    write_retry_chart(out, retry_times(result), "retries/x");
    const std::string text = "<r>" + std::move(out).take() + "</r>";
    pugi::xml_document document;
    const auto status = document.load_string(text.c_str());
    EXPECT_TRUE(status) << status.description() << '\n' << text;
    return document;
}

TEST(Retries, AreReadFromEvidence) {
    const std::vector<RetryTimes> all = retry_times(result_of(
        {came(1, 3000, "0, 3100", "429, 200"), {"note", noon(), {}}, came(2, 0, "0, 700, 2100", "503, 429, 200")}));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].told_ms, 3000);
    EXPECT_THAT(all[0].waits_ms(), testing::ElementsAre(3100));
    EXPECT_THAT(all[1].waits_ms(), testing::ElementsAre(700, 1400));
    EXPECT_TRUE(retry_times(result_with(Outcome::pass, "p")).empty());
}

TEST(Retries, NumbersOfAStrangeJournalAreBounded) {
    const std::vector<RetryTimes> all =
        retry_times(result_of({came(-5, -1, "x, -3, 99999999999999999999, 5, ", "429, 429, 70000"), came(1, 1, "", ""),
                               came(1, 1, "7", "")}));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].start, 0);
    EXPECT_EQ(all[0].told_ms, 0);
    ASSERT_EQ(all[0].calls.size(), 2U);
    EXPECT_EQ(all[0].calls[0].at_ms, 0);
    EXPECT_EQ(all[0].calls[1].at_ms, 5);
}

TEST(Retries, AChartThatSaysWhatItShows) {
    const pugi::xml_document document =
        chart_of(result_of({came(1, 3000, "0, 1500, 4600", "429, 429, 200"), came(2, 3000, "0, 3200", "429, 200")}));
    const pugi::xml_node chart = document.select_node("//svg[@role='img']").node();
    EXPECT_STREQ(chart.child("title").text().get(), "Calls of each start over time");
    EXPECT_EQ(
        std::string(chart.attribute("aria-labelledby").value()),
        std::string(chart.child("title").attribute("id").value()) + " " + chart.child("desc").attribute("id").value());
    EXPECT_THAT(chart.child("desc").text().get(),
                HasSubstr("Start 1: calls at 0 s (put off), 1.5 s (put off), 4.6 s (answered); told to wait 3 s."));
    EXPECT_EQ(chart.select_nodes("rect[@class='told']").size(), 3U);
    EXPECT_EQ(chart.select_nodes("rect[@class='again refused']").size(), 3U);
    EXPECT_EQ(chart.select_nodes("circle[@class='again']").size(), 2U) << "told apart without colour";
    EXPECT_EQ(document.select_nodes("//tbody/tr").size(), 5U) << "the same numbers as a table";
}

TEST(Retries, EverythingLiesWithinTheDrawing) {
    std::vector<Observation> many{came(1, 86'400'000, "0", "429"), came(2, 0, "0, 9999999", "429, 200")};
    for (int i = 0; i < 60; ++i) {
        many.push_back(came(i, 10, "0, 5, 7", "429, 429, 429"));
    }
    const pugi::xml_document document = chart_of(result_of(many));
    for (const char* const name : {"x", "cx"}) {
        for (const pugi::xpath_node& one : document.select_nodes((std::string("//svg/*/@") + name).c_str())) {
            EXPECT_GE(one.attribute().as_double(), 0);
            EXPECT_LE(one.attribute().as_double(), 440);
        }
    }
    for (const pugi::xpath_node& one : document.select_nodes("//rect[@class='told']")) {
        EXPECT_LE(one.node().attribute("x").as_double() + one.node().attribute("width").as_double(), 440);
        EXPECT_GE(one.node().attribute("width").as_double(), 0);
    }
}

TEST(Retries, StandInThePage) {
    RunRecord run = empty_run();
    run.checks = {check_with("cloud", "mtls.a", result_of({came(1, 3000, "0, 3100", "429, 200")}))};
    const std::string page = html_report(run);
    EXPECT_THAT(page, HasSubstr("<section id=\"retries\""));
    run.checks = {check_with("cloud", "mtls.a", result_of({}))};
    EXPECT_THAT(html_report(run), testing::Not(HasSubstr("<section id=\"retries\"")));
}

}  // namespace
}  // namespace gateproof::reports
