// own-suite [PROFILE]: the published checks of the suite port and our own, against an endpoint; without a profile
// against the gateway inside the library.
#include <fmt/format.h>

#include "gateway/gateway.hpp"
#include "harness/journal/write.hpp"
#include "harness/profile/read/load.hpp"
#include "harness/run/runner.hpp"
#include "house_suite.hpp"
#include "reports/formats/console.hpp"
#include "reports/view/exit_code.hpp"
#include "selfproof/embedded.hpp"
#include "suites/catalogue.hpp"

using namespace gateproof;

namespace {

Catalogue catalogue_with_house_suite() {
    Catalogue catalogue = suites::catalogue();
    for (const Requirement& requirement : house_requirements()) {
        catalogue.requirements.push_back(requirement);
    }
    catalogue.suites.push_back(house_suite());
    return catalogue;
}

int judge(std::vector<Profile> profiles, std::vector<std::string> secrets) {
    const Catalogue catalogue = catalogue_with_house_suite();
    Selection selection;
    selection.suites = {"port", "house"};
    const Plan plan = make_plan(catalogue, std::move(profiles), selection);
    JournalWriter journal("own-suite.jsonl");  // gateproof report own-suite.jsonl --format html
    RunOptions options;
    options.secrets = std::move(secrets);
    options.version = "own-suite";
    RunObserver silent;
    const RunRecord record = run(plan, catalogue, journal, options, silent);
    for (const CheckRecord& check : record.checks) {
        fmt::print("{}\n", reports::check_line(check, record.result_of(check), {}));
    }
    fmt::print("{}", reports::console_summary(record, {}, {"own-suite.jsonl"}));
    return static_cast<int>(reports::exit_code(record));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        const gateway::Gateway gateway;
        selfproof::EmbeddedTargets targets = selfproof::embedded_targets(gateway);
        // The production profile stands on the cloud's listener, and so not on the published port.
        std::erase_if(targets.profiles,
                      [](const Profile& profile) { return profile.environment == Environment::production; });
        return judge(std::move(targets.profiles), std::move(targets.secrets));
    }
    LoadedProfile loaded = load_profile(argv[1]);
    for (const ProfileProblem& problem : loaded.problems) {
        fmt::print(stderr, "{}\n", problem.text());
    }
    if (!loaded.profile) {
        return 2;
    }
    std::vector<Profile> profiles;
    profiles.push_back(std::move(*loaded.profile));
    return judge(std::move(profiles), std::move(loaded.secrets));
}
