// What presets of services ask of the embedded gateway, row for row: a conforming gateway answers every row as its
// template expects, and each fault of a service changes the verdicts of the rows that are about it, and no others.
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "gateway/gateway.hpp"
#include "harness/profile/init.hpp"
#include "harness/profile/read/load.hpp"
#include "harness/profile/read/service_preset.hpp"
#include "harness/run/runner.hpp"
#include "profiles/builtin.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// Cases of rows by outcome: "gst-test-gst001".
using Rows = std::map<Outcome, std::set<std::string>>;

LoadedProfile profile_for(const gateway::Gateway& gateway, Environment environment,
                          const std::vector<std::string>& services) {
    InitAnswers answers;
    answers.environment = environment;
    for (const std::string& service : services) {
        for (const BuiltinProfile& one : builtin_services()) {
            if (one.name == service) {
                answers.services.push_back(*load_service_preset_text(one.text, service + ".json").preset);
            }
        }
    }
    const BuiltinProfile* base = find_builtin(init_template_name(environment, answers.channel));
    LoadOptions options;
    options.embedded = [&gateway](std::string_view text) {
        constexpr std::string_view scheme = "embedded:";
        return gateway.reference(text.starts_with(scheme) ? text.substr(scheme.size()) : text);
    };
    return load_profile_text(init_profile(base->text, answers, "profile.schema.json"), "made.json", ".", options);
}

Rows rows_of(const std::vector<std::string>& services, const std::vector<std::string>& faults) {
    gateway::Options options;
    options.faults = faults;
    const gateway::Gateway gateway(options);
    LoadedProfile loaded = profile_for(gateway, Environment::embedded, services);
    EXPECT_TRUE(loaded.profile) << loaded.problems.front().text();
    std::vector<Profile> profiles;
    profiles.push_back(std::move(*loaded.profile));
    Plan plan = make_plan(suites::catalogue(), std::move(profiles), {});
    std::erase_if(plan.checks, [](const PlannedCheck& planned) { return planned.check->suite() != "scenario"; });
    JournalWriter journal;
    RunObserver observer;
    RunOptions run_options;
    run_options.seed = 1;
    run_options.secrets = std::move(loaded.secrets);
    const RunRecord record = run(plan, suites::catalogue(), journal, run_options, observer);
    Rows rows;
    for (const CheckRecord& check : record.checks) {
        rows[record.result_of(check).outcome].insert(check.case_name);
    }
    return rows;
}

TEST(ScenarioRows, AConformingGatewayAnswersEachAsItsTemplateExpects) {
    const Rows rows = rows_of({"gst", "irv", "customer"}, {});
    ASSERT_THAT(rows, SizeIs(1)) << "something is no pass";
    EXPECT_TRUE(rows.contains(Outcome::pass));
    EXPECT_EQ(std::ranges::count_if(rows.at(Outcome::pass), [](const auto& one) { return one.starts_with("gst-"); }),
              28);
}

struct Broken {
    const char* fault;
    std::set<std::string> failed;
    std::set<std::string> undecided = {};  ///< refusals whose row to be served was not
};

class ScenarioFault : public testing::TestWithParam<Broken> {};

TEST_P(ScenarioFault, ChangesTheRowsThatAreAboutIt) {
    Rows rows = rows_of({"gst"}, {GetParam().fault});
    std::set<std::string> failed;
    for (const std::string& one : rows[Outcome::fail]) {
        if (!one.starts_with("embedded-")) {  // the built-in profile's own examples
            failed.insert(one);
        }
    }
    EXPECT_EQ(failed, GetParam().failed);
    EXPECT_EQ(rows[Outcome::inconclusive], GetParam().undecided);
    EXPECT_THAT(rows[Outcome::error], IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Gst, ScenarioFault,
    testing::Values(Broken{"gst-missing-token-called-invalid", {"gst-test-gst005"}},
                    Broken{"gst-return-of-no-account-served", {"gst-test-gst014"}},
                    Broken{"gst-prepopulation-of-unlinked-client-served", {"gst-test-gst031"}},
                    Broken{"gst-obligations-refused-with-another-status", {"gst-test-gst019", "gst-test-gst020"}},
                    Broken{"gst-status-without-code", {"gst-test-gst021", "gst-test-gst022"}},
                    Broken{"gst-obligation-without-due-date", {"gst-test-gst015", "gst-test-gst016"}},
                    Broken{"gst-own-prepopulation-refused",
                           {"gst-test-gst027", "gst-test-gst028"},
                           {"gst-test-gst029", "gst-test-gst030", "gst-test-gst031"}},
                    Broken{"any-nzbn-taken", {}}),
    [](const auto& parameter) {
        std::string name(parameter.param.fault);
        std::ranges::replace(name, '-', '_');
        return name;
    });

}  // namespace
}  // namespace gateproof::selfproof
