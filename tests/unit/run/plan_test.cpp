#include "harness/run/plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <array>

namespace gateproof {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Check make_check(std::string_view id) {
    Check check;
    check.id = id;
    check.title = "a title";
    return check;
}

Catalogue make_catalogue() {
    Catalogue catalogue;
    Suite tls{
        "tls", "TLS", {make_check("tls.refuses-1.0"), make_check("tls.refuses-1.1"), make_check("tls.renegotiation")}};
    tls.checks[2].intrusiveness = Intrusiveness::active;
    Suite port{"port", "Ports", {make_check("port.cloud-only"), make_check("port.flood"), make_check("port.second")}};
    port.checks[0].channels = {Channel::cloud};
    port.checks[1].intrusiveness = Intrusiveness::load;
    port.checks[2].needs = {{"second identity", [](const Profile& profile) {
                                 return profile.identity("second") ? "" : "needs one; give identities.second";
                             }}};
    catalogue.suites = {tls, port};
    return catalogue;
}

Profile make_profile(Environment environment = Environment::sandbox, Channel channel = Channel::cloud) {
    Profile profile;
    profile.name = "p";
    profile.environment = environment;
    profile.channel = channel;
    return profile;
}

std::vector<std::string> ids(const Plan& plan) {
    std::vector<std::string> out;
    for (const PlannedCheck& planned : plan.checks) {
        out.emplace_back(planned.check->id);
    }
    return out;
}

std::string reason(const Plan& plan, std::string_view id) {
    for (const PlannedCheck& planned : plan.checks) {
        if (planned.check->id == id) {
            return planned.skip_reason;
        }
    }
    return "not planned";
}

TEST(GlobMatch, StarsAndQuestionMarks) {
    EXPECT_TRUE(glob_match("tls.*", "tls.refuses-1.1"));
    EXPECT_TRUE(glob_match("*1.?", "tls.refuses-1.1"));
    EXPECT_TRUE(glob_match("*", ""));
    EXPECT_TRUE(glob_match("a*b*c", "aXXbYYbZc"));
    EXPECT_FALSE(glob_match("tls", "tls.refuses-1.1"));
    EXPECT_FALSE(glob_match("a?", "a"));
    EXPECT_FALSE(glob_match("", "a"));
}

TEST(GlobMatch, ManyStarsStayLinearEnough) {
    EXPECT_FALSE(glob_match("*a*a*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

TEST(MakePlan, KeepsCatalogueOrderPerTarget) {
    const Catalogue catalogue = make_catalogue();
    const Plan plan = make_plan(catalogue, {make_profile(), make_profile()}, {});
    ASSERT_EQ(plan.checks.size(), 12U);
    EXPECT_EQ(plan.checks[0].check->id, "tls.refuses-1.0");
    EXPECT_EQ(plan.checks[0].target, 0U);
    EXPECT_EQ(plan.checks[6].check->id, "tls.refuses-1.0");
    EXPECT_EQ(plan.checks[6].target, 1U);
}

TEST(MakePlan, WhatTheMockLacksIsNotApplicableThere) {
    Catalogue catalogue = make_catalogue();
    Check& check = catalogue.suites.front().checks.front();
    check.mock_lacks = "it knows no delegations";
    const Plan mock = make_plan(catalogue, {make_profile(Environment::mock)}, {});
    EXPECT_EQ(reason(mock, check.id), "not applicable to the mock: it knows no delegations");
    EXPECT_EQ(mock.checks.front().skip, Skip::not_applicable) << "its requirement is whole without it";
    EXPECT_EQ(reason(make_plan(catalogue, {make_profile(Environment::test)}, {}), check.id), "");
}

TEST(MakePlan, FiltersBySuiteCheckAndExclusion) {
    const Catalogue catalogue = make_catalogue();
    Selection selection;
    selection.suites = {"tls"};
    selection.checks = {"*refuses*"};
    selection.excludes = {"*1.0"};
    const Plan plan = make_plan(catalogue, {make_profile()}, selection);
    EXPECT_THAT(ids(plan), ElementsAre("tls.refuses-1.1"));
    EXPECT_THAT(plan.unmatched, IsEmpty());
}

TEST(MakePlan, NamesPatternsThatMatchNothing) {
    const Catalogue catalogue = make_catalogue();
    Selection selection;
    selection.checks = {"tls.refuses-1.0", "tls.refuzes*"};
    selection.excludes = {"nothing"};
    const Plan plan = make_plan(catalogue, {make_profile()}, selection);
    EXPECT_THAT(plan.unmatched, ElementsAre("tls.refuzes*", "nothing"));
}

std::vector<std::string> left_out(const Plan& plan) {
    std::vector<std::string> out;
    for (const UnselectedCheck& one : plan.left_out) {
        out.push_back(one.planned.id() + ": " + one.by + (one.excluded ? ", excluded" : "") +
                      (one.planned.skip_reason.empty() ? "" : ", skipped anyway"));
    }
    return out;
}

TEST(MakePlan, KeepsWhatIsLeftOutOfSeveralTargetsOnceWhereItIsAlike) {
    const Catalogue catalogue = make_catalogue();
    Selection selection;
    selection.checks = {"tls.*"};
    Profile desktop = make_profile();
    desktop.name = "desktop";
    desktop.channel = Channel::desktop;
    const Plan plan = make_plan(catalogue, {make_profile(), make_profile(), desktop}, selection);
    std::vector<std::string> targets;
    for (const UnselectedCheck& one : plan.left_out) {
        targets.push_back(fmt::format("{} of {}{}", one.planned.id(), fmt::join(one.targets, ", "),
                                      one.planned.skip_reason.empty() ? "" : ": " + one.planned.skip_reason));
    }
    EXPECT_THAT(targets,
                ElementsAre("port.cloud-only of 0, 1", "port.cloud-only of 2: not a requirement of the desktop channel",
                            "port.flood of 0, 1, 2: load checks run only with --allow load",
                            "port.second of 0, 1, 2: needs one; give identities.second"));
    EXPECT_EQ(plan.left_out_count(), 9U);
    EXPECT_EQ(plan.whole, plan.checks.size() + 9);
}

TEST(MakePlan, KeepsWhatTheSelectionLeavesOutAndTheSizeOfTheWhole) {
    const Catalogue catalogue = make_catalogue();
    Selection selection;
    selection.suites = {"port"};
    selection.checks = {"port.*", "tls.*"};
    selection.excludes = {"port.cloud*", "port.second", "*1.0"};
    const Plan plan = make_plan(catalogue, {make_profile()}, selection);
    EXPECT_THAT(ids(plan), ElementsAre("port.flood"));
    EXPECT_THAT(left_out(plan),
                ElementsAre("tls.refuses-1.0: --suite port", "tls.refuses-1.1: --suite port",
                            "tls.renegotiation: --suite port", "port.cloud-only: --exclude port.cloud*, excluded",
                            "port.second: --exclude port.second, excluded, skipped anyway"));
    EXPECT_EQ(plan.whole, 6U);
    EXPECT_EQ(plan.selection, selection);
    selection = {};
    selection.checks = {"tls.refuses-1.0", "a", "b", "c", "d", "e", "f"};
    EXPECT_THAT(left_out(make_plan(catalogue, {make_profile()}, selection)),
                testing::Contains("tls.refuses-1.1: --check tls.refuses-1.0,a,b,c,d and 2 more"));
    const Plan whole = make_plan(catalogue, {make_profile(), make_profile()}, {});
    EXPECT_THAT(whole.left_out, IsEmpty());
    EXPECT_EQ(whole.whole, 12U);
}

/// A frozen catalogue: what is newer is left out and said, and no exclusion; a check that nobody asked for stays so.
TEST(MakePlan, LeavesOutWhatIsNewerThanTheVersionThatIsAskedFor) {
    constexpr std::array<std::string_view, 3> frozen{"tls.refuses-1.0", "tls.renegotiation", "port.cloud-only"};
    Catalogue catalogue = make_catalogue();
    catalogue.versions = {{"2026-11", frozen}};
    Selection selection;
    selection.requirements = "2026-11";
    const Plan plan = make_plan(catalogue, {make_profile()}, selection);
    EXPECT_THAT(ids(plan), ElementsAre("tls.refuses-1.0", "tls.renegotiation", "port.cloud-only"));
    EXPECT_THAT(left_out(plan), ElementsAre("tls.refuses-1.1: --requirements 2026-11",
                                            "port.flood: --requirements 2026-11, skipped anyway",
                                            "port.second: --requirements 2026-11, skipped anyway"));
    EXPECT_EQ(plan.left_out[0].newer_than, "2026-11");
    EXPECT_EQ(plan.whole, 6U);
    selection.suites = {"tls"};
    selection.excludes = {"tls.refuses-*"};
    const Plan narrower = make_plan(catalogue, {make_profile()}, selection);
    EXPECT_THAT(left_out(narrower),
                ElementsAre("tls.refuses-1.0: --exclude tls.refuses-*, excluded",
                            "tls.refuses-1.1: --requirements 2026-11", "port.cloud-only: --suite tls",
                            "port.flood: --suite tls, skipped anyway", "port.second: --suite tls, skipped anyway"));
    EXPECT_EQ(ids(make_plan(catalogue, {make_profile()}, {})).size(), 6U);
}

TEST(MakePlan, SkipsWhatDoesNotApplyAndSaysWhy) {
    const Catalogue catalogue = make_catalogue();
    const Plan plan = make_plan(catalogue, {make_profile(Environment::sandbox, Channel::desktop)}, {});
    EXPECT_THAT(reason(plan, "port.cloud-only"), HasSubstr("desktop"));
    EXPECT_THAT(reason(plan, "port.second"), HasSubstr("identities.second"));
    EXPECT_THAT(reason(plan, "port.flood"), HasSubstr("--allow load"));
    EXPECT_THAT(reason(plan, "tls.renegotiation"), IsEmpty());
    std::vector<std::pair<std::string_view, Skip>> skipped;
    for (const PlannedCheck& planned : plan.checks) {
        if (!planned.skip_reason.empty()) {
            skipped.emplace_back(planned.check->id, planned.skip);
        }
    }
    EXPECT_THAT(skipped,
                ElementsAre(std::pair("port.cloud-only", Skip::not_applicable),
                            std::pair("port.flood", Skip::not_tried), std::pair("port.second", Skip::not_tried)));
}

TEST(MakePlan, ProductionNeedsBothWordsForActiveChecks) {
    const Catalogue catalogue = make_catalogue();
    Profile profile = make_profile(Environment::production);
    Selection selection;
    EXPECT_THAT(reason(make_plan(catalogue, {profile}, selection), "tls.renegotiation"), HasSubstr("production"));
    selection.allow_active = true;
    EXPECT_THAT(reason(make_plan(catalogue, {profile}, selection), "tls.renegotiation"), HasSubstr("production"));
    profile.allow_active = true;
    EXPECT_THAT(reason(make_plan(catalogue, {profile}, selection), "tls.renegotiation"), IsEmpty());
    EXPECT_THAT(reason(make_plan(catalogue, {profile}, {}), "tls.renegotiation"), HasSubstr("production"));
}

TEST(MakePlan, LoadNeverRunsInProductionAndAlwaysOnTheEmbeddedGateway) {
    const Catalogue catalogue = make_catalogue();
    Selection selection;
    selection.allow_load = true;
    Profile production = make_profile(Environment::production);
    production.allow_load = true;
    EXPECT_THAT(reason(make_plan(catalogue, {production}, selection), "port.flood"), HasSubstr("never"));
    EXPECT_THAT(reason(make_plan(catalogue, {make_profile(Environment::embedded)}, {}), "port.flood"), IsEmpty());
    EXPECT_THAT(reason(make_plan(catalogue, {make_profile()}, selection), "port.flood"), IsEmpty());
}

std::vector<const Operation*> whoami_sent(const Profile& profile) {
    return {&profile.operations.at("whoami")};
}

TEST(MakePlan, WhatCannotBeProvedIsSkippedBeforeASecretIsSent) {
    Catalogue catalogue = make_catalogue();
    std::vector<Check>& checks = catalogue.suites[0].checks;
    checks[0].control = Control::none;
    checks[1].control = Control::none;
    checks[1].sends = &whoami_sent;
    Profile profile = make_profile(Environment::test);
    profile.endpoint.host = "gateway.example";
    profile.control = "status";
    profile.trust.system = false;
    for (const char* name : {"status", "whoami"}) {
        profile.operations[name].name = name;
    }
    const auto reasons = [&] { return make_plan(catalogue, {profile}, {}); };
    EXPECT_THAT(reason(reasons(), "tls.refuses-1.1"), IsEmpty());
    profile.operations["whoami"].headers["X-Api-Key"] = "k";
    EXPECT_THAT(reason(reasons(), "tls.refuses-1.0"), IsEmpty()) << "sends nothing such";
    EXPECT_THAT(reason(reasons(), "tls.refuses-1.1"),
                HasSubstr("needs a CA that gateway.example proves itself by before the secret of operation 'whoami'"));
    EXPECT_THAT(reason(reasons(), "tls.renegotiation"), IsEmpty()) << "the control carries none";
    profile.operations["status"].refers = true;
    EXPECT_THAT(reason(reasons(), "tls.refuses-1.0"), IsEmpty()) << "has no control";
    EXPECT_THAT(reason(reasons(), "tls.renegotiation"), HasSubstr("the secret of operation 'status'"));
    profile.trust.system = true;
    EXPECT_THAT(reason(reasons(), "tls.renegotiation"), IsEmpty());
}

std::vector<CheckCase> two_cases(const Profile&) {
    return {{"own-data", "A reads their own account"}, {"other-data", "A must not read B's"}};
}

TEST(MakePlan, PlansEachCaseOfACheck) {
    Catalogue catalogue;
    Check outcome = make_check("permission.outcome");
    outcome.cases = two_cases;
    catalogue.suites = {{"permission", "Permission", {outcome, make_check("permission.single")}}};
    const Plan plan = make_plan(catalogue, {make_profile()}, {});
    ASSERT_EQ(plan.checks.size(), 3U);
    EXPECT_EQ(plan.checks[0].id(), "permission.outcome[own-data]");
    EXPECT_EQ(plan.checks[1].id(), "permission.outcome[other-data]");
    EXPECT_EQ(plan.checks[1].title(), "A must not read B's");
    EXPECT_EQ(plan.checks[1].case_index, 1U);
    EXPECT_EQ(plan.checks[2].id(), "permission.single");
    EXPECT_EQ(plan.checks[2].title(), "a title");
    Selection selection;
    selection.excludes = {"permission.outcome"};
    EXPECT_THAT(left_out(make_plan(catalogue, {make_profile()}, selection)),
                ElementsAre("permission.outcome[own-data]: --exclude permission.outcome, excluded",
                            "permission.outcome[other-data]: --exclude permission.outcome, excluded"));
}

TEST(MakePlan, SkipsTheCaseThatLacksSomethingAndNoOther) {
    Catalogue catalogue;
    Check outcome = make_check("permission.outcome");
    outcome.cases = [](const Profile& profile) {
        std::vector<CheckCase> cases = two_cases(profile);
        cases[1].unmet = "needs B's token";
        return cases;
    };
    catalogue.suites = {{"permission", "Permission", {outcome}}};
    Plan plan = make_plan(catalogue, {make_profile()}, {});
    ASSERT_EQ(plan.checks.size(), 2U);
    EXPECT_EQ(plan.checks[0].skip_reason, "");
    EXPECT_EQ(plan.checks[1].skip_reason, "needs B's token");
    catalogue.suites[0].checks[0].channels = {Channel::desktop};
    plan = make_plan(catalogue, {make_profile()}, {});
    EXPECT_THAT(plan.checks[1].skip_reason, HasSubstr("channel")) << "what the whole check lacks comes first";
}

std::string needs_a_title(const Profile& profile) {
    return profile.title.empty() ? "needs a title; give title in the profile" : "";
}
std::string needs_a_file(const Profile& profile) {
    return profile.file.empty() ? "needs a file; read the profile from one" : "";
}

TEST(MakePlan, AsksTheNeedsInTheirOrderAndSaysTheFirstThatIsLacking) {
    Catalogue catalogue;
    Check check = make_check("a.b");
    check.needs = {{"title", needs_a_title}, {"file", needs_a_file}};
    catalogue.suites = {{"a", "A", {check}}};
    Profile profile = make_profile();
    EXPECT_THAT(reason(make_plan(catalogue, {profile}, {}), "a.b"), HasSubstr("needs a title"));
    profile.title = "titled";
    EXPECT_THAT(reason(make_plan(catalogue, {profile}, {}), "a.b"), HasSubstr("needs a file"));
    profile.file = "p.json";
    EXPECT_EQ(reason(make_plan(catalogue, {profile}, {}), "a.b"), "");
}

}  // namespace
}  // namespace gateproof
