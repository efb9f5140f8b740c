#include "reports/trend/trend.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "reports/formats/html/html.hpp"
#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Optional;

RunRecord night(int day, Outcome outcome, bool retried = false, std::string digest = "profile") {
    RunRecord run = empty_run();
    run.started = noon() + std::chrono::days(day);
    run.targets.resize(1);
    run.targets[0].profile_digest = std::move(digest);
    run.checks.push_back(check_with("cloud", "tls.a", result_with(outcome, "s")));
    run.checks[0].result->flaky = retried;
    return run;
}

Trend trend_of(const std::vector<RunRecord>& runs) {
    TrendBuilder builder;
    for (const RunRecord& run : runs) {
        builder.add(run);
    }
    return std::move(builder).finish();
}

TEST(Trend, FollowsARequirementInTheOrderOfTheRuns) {
    const Trend trend =
        trend_of({night(2, Outcome::fail), night(0, Outcome::pass), night(1, Outcome::pass), night(3, Outcome::fail)});
    ASSERT_EQ(trend.requirements.size(), 1U);
    EXPECT_EQ(trend.requirements[0].requirement, "CLOUD-TLS-MIN");
    EXPECT_THAT(trend.requirements[0].statuses,
                ElementsAre(Optional(RequirementStatus::pass), Optional(RequirementStatus::pass),
                            Optional(RequirementStatus::fail), Optional(RequirementStatus::fail)));
    EXPECT_EQ(trend.requirements[0].since(), 2U);
    EXPECT_THAT(trend.flaky, IsEmpty()) << "one change that stays is a regression";
    EXPECT_EQ(trend.runs[3].counts.at(Outcome::fail), 1U);
}

TEST(Trend, ARunThatDidNotLookLeavesAGap) {
    RunRecord other = night(1, Outcome::pass);
    other.targets[0].name = "desktop";
    other.checks[0].target = "desktop";
    const Trend trend = trend_of({night(0, Outcome::fail), other, night(2, Outcome::fail)});
    ASSERT_EQ(trend.requirements.size(), 2U);
    EXPECT_THAT(trend.requirements[0].statuses,
                ElementsAre(Optional(RequirementStatus::fail), std::nullopt, Optional(RequirementStatus::fail)));
    EXPECT_EQ(trend.requirements[0].since(), 0U) << "a gap does not interrupt";
}

TEST(Trend, AVerdictThatComesAndGoesIsFlaky) {
    const Trend trend = trend_of({night(0, Outcome::pass), night(1, Outcome::fail), night(2, Outcome::pass)});
    ASSERT_EQ(trend.flaky.size(), 1U);
    EXPECT_EQ(trend.flaky[0].id, "tls.a");
    EXPECT_EQ(trend.flaky[0].changes, 2U);
    EXPECT_EQ(trend.flaky[0].retried, 0U);
}

TEST(Trend, AChangeBesideAnotherProfileOrVersionIsNotTheChecksFault) {
    EXPECT_THAT(
        trend_of({night(0, Outcome::pass), night(1, Outcome::fail, false, "changed"), night(2, Outcome::pass)}).flaky,
        IsEmpty());
    RunRecord newer = night(1, Outcome::fail);
    newer.tool_version = "9";
    EXPECT_THAT(trend_of({night(0, Outcome::pass), newer, night(2, Outcome::pass)}).flaky, IsEmpty());
    EXPECT_THAT(trend_of({night(0, Outcome::pass), night(1, Outcome::skipped), night(2, Outcome::pass)}).flaky,
                IsEmpty())
        << "what is skipped is not judged";
}

TEST(Trend, ARetriedControlIsToldAfterWhatChanges) {
    RunRecord first = night(0, Outcome::pass);
    RunRecord second = night(1, Outcome::fail);
    RunRecord third = night(2, Outcome::pass);
    for (RunRecord* run : {&first, &second, &third}) {
        run->checks.push_back(check_with("cloud", "tls.A", result_with(Outcome::pass, "s")));
    }
    third.checks[1].result->flaky = true;
    const Trend trend = trend_of({first, second, third});
    ASSERT_EQ(trend.flaky.size(), 2U);
    EXPECT_EQ(trend.flaky[0].id, "tls.a");
    EXPECT_EQ(trend.flaky[1].id, "tls.A");
    EXPECT_EQ(trend.flaky[1].retried, 1U);
}

TEST(Trend, IsShownAsTextJsonAndInTheHtml) {
    const std::vector<RunRecord> nights{night(0, Outcome::pass), night(1, Outcome::fail), night(2, Outcome::pass)};
    const Trend trend = trend_of(nights);
    const std::string text = trend_text(trend, {});
    EXPECT_THAT(text, HasSubstr("3 runs, 2026-02-03T12:00:00.000Z to 2026-02-05T12:00:00.000Z"));
    EXPECT_THAT(text, HasSubstr("  CLOUD-TLS-MIN                .F.  pass since 2026-02-05\n"));
    EXPECT_THAT(text, HasSubstr("cloud tls.a: 2 changes, retried in 0 of 3 runs, now pass"));
    const auto json = nlohmann::json::parse(trend_json(trend));
    EXPECT_EQ(json.at("requirements").at(0).at("statuses"), nlohmann::json({"pass", "fail", "pass"}));
    EXPECT_EQ(json.at("flaky").at(0).at("changes"), 2);
    const std::string html = html_report(nights.back(), trend);
    EXPECT_THAT(html, HasSubstr("<h2 id=\"trend-title\">Trend</h2>"));
    EXPECT_THAT(html, HasSubstr("aria-label=\"3 runs: 2 pass, 1 fail\""));
    EXPECT_THAT(html_report(nights.back()), Not(HasSubstr("trend-title")));
    EXPECT_EQ(trend_text({}, {}), "no runs\n");
}

TEST(Trend, HostileNamesAreMadeSafe) {
    RunRecord run = night(0, Outcome::pass, true);
    run.targets[0].name = "<script>\x1b[2J";
    run.checks[0].target = run.targets[0].name;
    const Trend trend = trend_of({run});
    EXPECT_THAT(trend_text(trend, {}), Not(HasSubstr("\x1b")));
    EXPECT_THAT(html_report(run, trend), Not(HasSubstr("<script>\\x1b")));
}

}  // namespace
}  // namespace gateproof::reports
