#include "reports/view/tally.hpp"

#include <gmock/gmock.h>

#include "reports/view/conclusion.hpp"
#include "reports/view/findings.hpp"
#include "reports/view/matrix.hpp"
#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

TEST(Tally, EveryCheckCountsOnce) {
    const RunRecord run = sample_run();
    const Tally tally(run);
    EXPECT_EQ(tally.rows().size(), 6U);
    EXPECT_EQ(tally.counts().total(), 6U);
    for (const Outcome outcome : outcomes_worst_first) {
        EXPECT_EQ(tally.counts().of(outcome), 1U) << to_string(outcome);
        EXPECT_EQ(tally.counts().of(outcome), run.count(outcome)) << to_string(outcome);
    }
    EXPECT_EQ(tally.rows()[5].result->sentence, "not for desktop");
}

TEST(Tally, TheHeadlineSaysWhatTheExitCodeSays) {
    RunRecord run = sample_run();
    EXPECT_EQ(headline(Tally(run)), "1 of 5 checks failed");
    run.end_reason = EndReason::interrupted;
    EXPECT_EQ(headline(Tally(run)), "Interrupted; 1 of 5 checks failed until then");
    run.end_reason = EndReason::journal;
    EXPECT_EQ(conclusion_of(run), Conclusion::broken);
    run.end_reason = EndReason::complete;
    run.checks.erase(run.checks.begin());
    EXPECT_EQ(headline(Tally(run)), "No failure, but 2 of 4 checks could not be judged");
    run.checks.erase(run.checks.begin() + 2, run.checks.begin() + 4);
    EXPECT_EQ(headline(Tally(run)), "All 2 checks passed, 1 with a warning");
    run.checks.erase(run.checks.begin() + 1);
    EXPECT_EQ(headline(Tally(run)), "All 1 check passed");
    run.checks.erase(run.checks.begin());
    EXPECT_EQ(headline(Tally(run)), "Nothing was judged: every check was skipped");
    EXPECT_EQ(conclusion_of(run), Conclusion::inconclusive);
}

TEST(Tally, AShardSaysWhatItIsAPartOf) {
    RunRecord run = sample_run();
    EXPECT_EQ(shard_text(run), "");
    run.shard = {2, 4};
    EXPECT_EQ(shard_text(run), "Shard 2 of 4: the other checks are not here");
    run.load_elsewhere.assign(25, "throttle.engages of cloud");
    EXPECT_THAT(shard_text(run),
                testing::AllOf(testing::HasSubstr("; load is made by other shards: throttle.engages of "
                                                  "cloud, throttle"),
                               testing::EndsWith(" and 5 more")));
}

TEST(Tally, LengthsAndMoments) {
    RunRecord run = sample_run();
    EXPECT_EQ(length_of(run), 3000ms);
    run.ended.reset();
    EXPECT_EQ(length_of(run), 1334ms) << "a killed run lasted to the last end that is known";
    run.ended = run.started - 1h;
    EXPECT_EQ(length_of(run), 0ms) << "the clock was set back";
    EXPECT_EQ(duration_text(999ms), "999 ms");
    EXPECT_EQ(duration_text(1999ms), "1.9 s");
    EXPECT_EQ(duration_text(185s), "3 min 5 s");
    EXPECT_EQ(duration_text(2h + 4min), "2 h 4 min");
    EXPECT_EQ(duration_text(-5ms), "0 ms");
    EXPECT_EQ(moment_text(noon()), "2026-02-03 12:00:00 UTC");
}

TEST(Findings, TheSameWordsAreToldOnce) {
    RunRecord run = empty_run();
    const CheckResult dead = result_with(Outcome::inconclusive, "dead");
    run.checks = {check_with("cloud", "tls.a", dead), check_with("cloud", "tls.b", dead),
                  check_with("desktop", "tls.a", dead),
                  check_with("desktop", "tls.b", result_with(Outcome::inconclusive, "dead", "wake it"))};
    const Tally tally(run);
    EXPECT_TRUE(findings_of(tally, Outcome::fail, Across::all_targets).empty());
    EXPECT_EQ(findings_of(tally, Outcome::inconclusive, Across::one_target).size(), 3U);
    const std::vector<Finding> across = findings_of(tally, Outcome::inconclusive, Across::all_targets);
    ASSERT_EQ(across.size(), 2U);
    EXPECT_EQ(across[0].checks.size(), 3U);
    EXPECT_EQ(across[1].result->remedy, "wake it");
}

std::vector<RequirementStatus> statuses(const MatrixRow& row) {
    std::vector<RequirementStatus> all;
    for (const MatrixCell& cell : row.cells) {
        all.push_back(cell.status());
    }
    return all;
}

TEST(Matrix, ACellIsTheWorstOfWhatWasJudged) {
    RunRecord run = empty_run();
    run.requirements["CLOUD-TLS-MIN"].channels = {"cloud"};
    CheckRecord unexplained = check_with("desktop", "tls.x", result_with(Outcome::warning, "w"));
    unexplained.requirements = {"UNKNOWN"};
    CheckRecord skipped = check_with("cloud", "tls.s", {});
    skipped.result.reset();
    skipped.skip_reason = "no second identity";
    run.checks = {check_with("cloud", "tls.a", result_with(Outcome::pass, "p")), skipped, unexplained};
    {
        const Tally tally(run);
        const std::vector<MatrixRow> rows = matrix_of(tally);
        ASSERT_EQ(rows.size(), 2U);
        EXPECT_EQ(rows[0].requirement.id, "CLOUD-TLS-MIN");
        EXPECT_EQ(rows[0].cells[0].status(), RequirementStatus::pass) << "a skipped check takes nothing away";
        EXPECT_FALSE(rows[0].cells[1].asked);
        EXPECT_EQ(rows[1].requirement.id, "UNKNOWN");
        EXPECT_THAT(statuses(rows[1]), ElementsAre(RequirementStatus::inconclusive, RequirementStatus::warning));
        EXPECT_TRUE(rows[1].cells[0].asked);
        EXPECT_EQ(rows[1].cells[0].counts.total(), 0U);
    }
    run.checks[0].result->outcome = Outcome::inconclusive;
    run.checks.push_back(check_with("cloud", "tls.b", result_with(Outcome::warning, "w")));
    EXPECT_EQ(matrix_of(Tally(run))[0].cells[0].status(), RequirementStatus::inconclusive)
        << "no judgement is worse than a warning";
    run.checks = {skipped};
    EXPECT_EQ(matrix_of(Tally(run))[0].cells[0].status(), RequirementStatus::not_applicable);
}

}  // namespace
}  // namespace gateproof::reports
