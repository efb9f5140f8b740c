#include "reports/view/clocks.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "reports/formats/console.hpp"
#include "reports/formats/html/html.hpp"
#include "reports/formats/json.hpp"
#include "reports/formats/junit.hpp"
#include "reports/formats/markdown.hpp"
#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports::clocks_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

RunRecord run_with(std::string difference) {
    RunRecord run = sample_run();
    ClockReading reading;
    reading.state = difference.empty() ? ClockReading::State::together : ClockReading::State::apart;
    reading.peer = "gateway.example:4046";
    reading.least = reading.most = difference.empty() ? 0ms : -600'000ms;
    reading.sentence = "the clock is told of at length";
    reading.difference = std::move(difference);
    run.targets.front().clock = reading;
    return run;
}

TEST(Clocks, EveryReportTellsOfOneThatDiffers) {
    const RunRecord run = run_with("this machine's clock is 10 minutes ahead");
    EXPECT_THAT(clock_lines(run), ElementsAre("cloud: the clock is told of at length"));
    EXPECT_THAT(console_summary(run, {}, {}), HasSubstr("cloud: the clock is told of at length\n"));
    for (const std::string& report : {html_report(run), json_report(run), junit_report(run), markdown_report(run)}) {
        EXPECT_THAT(report, HasSubstr("the clock is told of at length"));
    }
    const auto target = nlohmann::json::parse(json_report(run))["targets"][0];
    EXPECT_EQ(target["clock"]["state"], "apart");
    EXPECT_EQ(target["clock"]["offset_ms"], -600'000);
}

TEST(Clocks, OneThatAgreesIsToldOfWhereThereIsRoom) {
    const RunRecord run = run_with("");
    EXPECT_THAT(clock_lines(run), IsEmpty());
    EXPECT_THAT(console_summary(run, {}, {}), Not(HasSubstr("the clock is told of")));
    EXPECT_THAT(html_report(run), HasSubstr("the clock is told of at length"));
    EXPECT_THAT(html_report(sample_run()), Not(HasSubstr("the clock is told of")));
}

}  // namespace
}  // namespace gateproof::reports::clocks_test
