#include "reports/formats/html/chart.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <pugixml.hpp>
#include <regex>

#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using testing::HasSubstr;

Observation window(const std::string& stream, std::int64_t at, std::int64_t sent, std::int64_t served) {
    Observation observation{"load_window", noon(), {}};
    observation.with("stream", stream).with("at_ms", at).with("sent", sent).with("served", served);
    return observation.with("refused", sent - served).with("failed", 0).with("p50_us", 5000).with("p99_us", 20000);
}

/// The charts as a tree: the markup is well-formed XML too.
pugi::xml_document drawn(const CheckResult& result) {
    HtmlWriter out;
    write_load_charts(out, load_streams(result), "chart/x");
    const std::string text = "<r>" + std::move(out).take() + "</r>";
    pugi::xml_document document;
    const auto status = document.load_string(text.c_str());
    EXPECT_TRUE(status) << status.description() << '\n' << text;
    return document;
}

TEST(Chart, StreamsAreSortedByNameAndTime) {
    CheckResult result = result_with(Outcome::pass, "p");
    result.evidence = {window("B", 0, 5, 5), window("A", 1000, 20, 10), {"note", noon(), {}}, window("A", 0, 10, 10)};
    const std::vector<LoadStream> streams = load_streams(result);
    ASSERT_EQ(streams.size(), 2U);
    EXPECT_EQ(streams[0].name, "A");
    ASSERT_EQ(streams[0].windows.size(), 2U);
    EXPECT_EQ(streams[0].windows[1].at_ms, 1000);
    EXPECT_EQ(streams[0].windows[1].refused, 10);
    EXPECT_TRUE(load_streams(result_with(Outcome::pass, "p")).empty());
}

TEST(Chart, ThreeChartsThatSayWhatTheyShow) {
    CheckResult result = result_with(Outcome::pass, "p");
    for (int i = 0; i < 4; ++i) {
        result.evidence.push_back(window("A", i * 500, 100, 60));
        result.evidence.push_back(window("B", i * 500, 10, 10));
    }
    const pugi::xml_document document = drawn(result);
    const pugi::xpath_node_set charts = document.select_nodes("//svg[@role='img']");
    ASSERT_EQ(charts.size(), 3U);
    const pugi::xml_node rate = charts[0].node();
    EXPECT_STREQ(rate.child("title").text().get(), "Requests a second");
    EXPECT_THAT(rate.attribute("aria-labelledby").value(), HasSubstr(rate.child("desc").attribute("id").value()));
    EXPECT_THAT(rate.child("desc").text().get(),
                HasSubstr("A served: 120 to 120 requests/s; A sent: 200 to 200 requests/s; B served: 20 to 20"));
    EXPECT_THAT(charts[1].node().child("desc").text().get(), HasSubstr("A refused: 80 to 80"));
    EXPECT_THAT(charts[2].node().child("desc").text().get(), HasSubstr("A p99: 20 to 20 ms"));
    // Told apart without colour: markers of another shape, and a name at each line's end.
    EXPECT_EQ(rate.select_nodes(".//g[contains(@class,'stream-0')]/circle").size(), 4U);
    EXPECT_EQ(rate.select_nodes(".//g[contains(@class,'stream-1')]/rect").size(), 4U);
    EXPECT_EQ(rate.select_nodes(".//text[contains(@class,'name')]").size(), 4U);
    EXPECT_EQ(document.select_nodes("//tbody/tr").size(), 8U) << "the same numbers as a table";
}

TEST(Chart, EveryPointLiesWithinTheDrawing) {
    CheckResult result = result_with(Outcome::pass, "p");
    result.evidence = {
        window("A", std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max(), 1),
        window("A", std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::min(), 0),
        window("A", 7, 3, 9), window("A", 7, 3, 9), Observation{"load_window", noon(), {}}};
    for (const std::string stream : {"B", "C", "D", "E", "<script>", "a very long name of a stream"}) {
        result.evidence.push_back(window(stream, 0, 0, 0));
    }
    EXPECT_EQ(load_streams(result).size(), 4U);
    const pugi::xml_document document = drawn(result);
    static const std::regex number(R"(-?\d+\.\d)");
    for (const pugi::xpath_node& path : document.select_nodes("//path")) {
        const std::string d = path.node().attribute("d").value();
        ASSERT_THAT(d, testing::Not(HasSubstr("nan")));
        ASSERT_THAT(d, testing::Not(HasSubstr("inf")));
        for (std::sregex_iterator at(d.begin(), d.end(), number), end; at != end; ++at) {
            EXPECT_GE(std::stod(at->str()), 0) << d;
            EXPECT_LE(std::stod(at->str()), 440) << d;
        }
    }
    EXPECT_LT(document.select_nodes("//text").size(), 120U);
}

}  // namespace
}  // namespace gateproof::reports
