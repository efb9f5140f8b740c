#include "reports/compare/compare.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::chrono::sys_days today = 2026y / 2 / 3;

RunRecord run_of(std::vector<CheckRecord> checks) {
    RunRecord run = empty_run();
    run.checks = std::move(checks);
    return run;
}

RunRecord ending(Outcome outcome, std::string sentence = "said so") {
    return run_of({check_with("cloud", "tls.a", result_with(outcome, std::move(sentence)))});
}

Comparison compared(const RunRecord& before, const RunRecord& after, std::vector<KnownFailure> known = {}) {
    return compare(before, after, {.known = known_list(std::move(known), today)});
}

std::vector<Change> changes(const Comparison& comparison) {
    std::vector<Change> all;
    for (const CheckChange& check : comparison.checks) {
        all.push_back(check.change);
    }
    return all;
}

TEST(Compare, EqualRunsAreEqual) {
    const Comparison comparison = compared(sample_run(), sample_run());
    EXPECT_TRUE(comparison.nothing_changed());
    EXPECT_EQ(exit_code(comparison, true), ExitCode::passed);
    EXPECT_THAT(changes(comparison), ElementsAre(Change::still_failing));
    EXPECT_EQ(comparison.unchanged, 5U);
    EXPECT_THAT(comparison.traits, IsEmpty());
    EXPECT_THAT(compare_text(comparison, {}), HasSubstr("nothing changed (6 checks, 1 still failing)"));
    EXPECT_TRUE(nlohmann::json::parse(compare_json(comparison)).at("nothing_changed").get<bool>());
}

struct Pair {
    Outcome before;
    Outcome after;
    Change change;
    ExitCode code;
    ExitCode strict;
};

TEST(Compare, EveryChangeOfAVerdictHasItsName) {
    for (const Pair& pair : {
             Pair{Outcome::pass, Outcome::fail, Change::regression, ExitCode::failed, ExitCode::failed},
             Pair{Outcome::warning, Outcome::fail, Change::regression, ExitCode::failed, ExitCode::failed},
             Pair{Outcome::skipped, Outcome::fail, Change::regression, ExitCode::failed, ExitCode::failed},
             Pair{Outcome::inconclusive, Outcome::fail, Change::regression, ExitCode::failed, ExitCode::failed},
             Pair{Outcome::error, Outcome::fail, Change::regression, ExitCode::failed, ExitCode::failed},
             Pair{Outcome::fail, Outcome::fail, Change::still_failing, ExitCode::passed, ExitCode::passed},
             Pair{Outcome::pass, Outcome::inconclusive, Change::lost, ExitCode::inconclusive, ExitCode::failed},
             Pair{Outcome::pass, Outcome::error, Change::lost, ExitCode::inconclusive, ExitCode::failed},
             Pair{Outcome::warning, Outcome::skipped, Change::lost, ExitCode::inconclusive, ExitCode::failed},
             Pair{Outcome::fail, Outcome::skipped, Change::lost, ExitCode::inconclusive, ExitCode::failed},
             Pair{Outcome::pass, Outcome::warning, Change::weakened, ExitCode::passed, ExitCode::failed},
             Pair{Outcome::warning, Outcome::pass, Change::improved, ExitCode::passed, ExitCode::passed},
             Pair{Outcome::skipped, Outcome::pass, Change::improved, ExitCode::passed, ExitCode::passed},
             Pair{Outcome::inconclusive, Outcome::warning, Change::improved, ExitCode::passed, ExitCode::passed},
             Pair{Outcome::fail, Outcome::pass, Change::fixed, ExitCode::passed, ExitCode::passed},
             Pair{Outcome::fail, Outcome::warning, Change::fixed, ExitCode::passed, ExitCode::passed},
             Pair{Outcome::skipped, Outcome::inconclusive, Change::other, ExitCode::passed, ExitCode::passed},
         }) {
        const Comparison comparison = compared(ending(pair.before), ending(pair.after));
        EXPECT_THAT(changes(comparison), ElementsAre(pair.change)) << to_string(pair.change);
        EXPECT_EQ(exit_code(comparison, false), pair.code) << to_string(pair.change);
        EXPECT_EQ(exit_code(comparison, true), pair.strict) << to_string(pair.change);
        EXPECT_EQ(comparison.nothing_changed(), pair.change == Change::still_failing);
    }
}

TEST(Compare, NewAndVanishedChecks) {
    const RunRecord before = run_of({check_with("cloud", "tls.a", result_with(Outcome::pass, "fine")),
                                     check_with("cloud", "tls.b", result_with(Outcome::pass, "fine"))});
    const RunRecord after = run_of({check_with("cloud", "tls.a", result_with(Outcome::pass, "fine")),
                                    check_with("cloud", "tls.c", result_with(Outcome::pass, "fine")),
                                    check_with("desktop", "tls.b", result_with(Outcome::fail, "broken"))});
    const Comparison comparison = compared(before, after);
    EXPECT_THAT(changes(comparison), ElementsAre(Change::regression, Change::vanished, Change::added));
    EXPECT_EQ(comparison.checks[0].target, "desktop");
    EXPECT_FALSE(comparison.checks[0].before);
    EXPECT_EQ(comparison.checks[1].id, "tls.b");
    EXPECT_FALSE(comparison.checks[1].after);
    EXPECT_EQ(compare_counts(comparison), "1 regression, 1 vanished, 1 new, 1 unchanged");
    EXPECT_EQ(exit_code(compared(after, before), false), ExitCode::passed) << "what vanishes alone is no regression";
    EXPECT_EQ(exit_code(compared(after, before), true), ExitCode::failed);
}

TEST(Compare, CasesOfOneCheckAreApart) {
    RunRecord before = ending(Outcome::pass);
    before.checks[0].case_name = "own";
    before.checks.push_back(before.checks[0]);
    before.checks[1].case_name = "other";
    RunRecord after = before;
    after.checks[1].result->outcome = Outcome::fail;
    const Comparison comparison = compared(before, after);
    ASSERT_EQ(comparison.checks.size(), 1U);
    EXPECT_EQ(comparison.checks[0].id, "tls.a[other]");
    EXPECT_EQ(comparison.unchanged, 1U);
}

TEST(Compare, SingleTargetsArePairedUnderDifferentNames) {
    RunRecord before = ending(Outcome::pass);
    before.targets.resize(1);
    RunRecord after = ending(Outcome::fail);
    after.targets.resize(1);
    after.targets[0].name = "cloud-new";
    after.checks[0].target = "cloud-new";
    const Comparison comparison = compared(before, after);
    EXPECT_THAT(changes(comparison), ElementsAre(Change::regression));
    EXPECT_EQ(comparison.checks[0].before, Outcome::pass);
    EXPECT_THAT(comparison.notes, ElementsAre("target cloud of the old run is compared with cloud-new of the new one"));
}

TEST(Compare, AnUnfinishedRunIsSaid) {
    RunRecord after = ending(Outcome::pass);
    after.checks[0].result.reset();
    after.end_reason = EndReason::killed;
    after.ended.reset();
    const Comparison comparison = compared(ending(Outcome::pass), after);
    EXPECT_THAT(changes(comparison), ElementsAre(Change::lost));
    EXPECT_THAT(comparison.notes, ElementsAre(HasSubstr("the new run did not complete (it was killed)")));
}

TEST(Compare, KnownFailuresDoNotCountUntilTheyExpire) {
    const KnownFailure known{.check = "tls.a", .reason = "a ticket", .expires = today};
    Comparison comparison = compared(ending(Outcome::pass), ending(Outcome::fail), {known});
    EXPECT_EQ(comparison.regressions(), 0U);
    EXPECT_EQ(comparison.checks.at(0).accepted, "a ticket");
    EXPECT_EQ(exit_code(comparison, false), ExitCode::passed);

    KnownFailure over = known;
    over.expires -= std::chrono::days(1);
    comparison = compared(ending(Outcome::pass), ending(Outcome::fail), {over});
    EXPECT_EQ(exit_code(comparison, false), ExitCode::failed);
    EXPECT_THAT(comparison.notes, ElementsAre(HasSubstr("that is over")));

    comparison = compared(ending(Outcome::fail), ending(Outcome::fail), {over});
    EXPECT_THAT(changes(comparison), ElementsAre(Change::expired)) << "it fails as before, but nobody accepts it now";
    EXPECT_EQ(exit_code(comparison, false), ExitCode::failed);

    comparison = compared(ending(Outcome::fail), ending(Outcome::pass), {known});
    EXPECT_THAT(comparison.notes, ElementsAre(HasSubstr("remove it")));
}

TEST(Compare, HostileTextHarmsNoFormat) {
    RunRecord after = ending(Outcome::fail, "\x1b[2J</script>| [x](http://evil) `\xff @user\n# heading");
    after.checks[0].title = "a|b<b>";
    const Comparison comparison = compared(ending(Outcome::pass), after);
    EXPECT_THAT(compare_text(comparison, {}), Not(HasSubstr("\x1b")));
    const std::string markdown = compare_markdown(comparison);
    EXPECT_THAT(markdown, Not(HasSubstr("\x1b")));
    EXPECT_THAT(markdown, Not(HasSubstr("</script>")));
    EXPECT_THAT(markdown, Not(HasSubstr("[x](")));
    EXPECT_THAT(markdown, Not(HasSubstr("\n# heading")));
    EXPECT_THAT(markdown, HasSubstr("a&#124;b&lt;b&gt;"));
    const auto json = nlohmann::json::parse(compare_json(comparison));
    EXPECT_EQ(json.at("checks").at(0).at("change"), "regression");
    EXPECT_EQ(json.at("regressions"), 1);
}

TEST(Compare, MarkdownHasATableForEachKind) {
    const RunRecord before = run_of({check_with("cloud", "tls.a", result_with(Outcome::pass, "fine")),
                                     check_with("cloud", "tls.b", result_with(Outcome::fail, "broken"))});
    const RunRecord after = run_of({check_with("cloud", "tls.a", result_with(Outcome::fail, "broken", "repair it")),
                                    check_with("cloud", "tls.b", result_with(Outcome::pass, "fine"))});
    const std::string markdown = compare_markdown(compared(before, after));
    EXPECT_THAT(markdown, HasSubstr("### Regressions (1)\n\n| target | check | was | is |\n| --- | --- | --- | --- |\n"
                                    "| cloud | tls.a<br>a title | **pass**: fine | **fail**: broken<br>Remedy: "
                                    "repair it |\n"));
    EXPECT_THAT(markdown, HasSubstr("### Fixed (1)"));
}

}  // namespace
}  // namespace gateproof::reports
