// Nothing secret leaves a run: tokens, JWTs, keys, passwords and what customers' records hold are looked for in the
// journal and in every report.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/run/runner.hpp"
#include "reports/formats.hpp"
#include "selfproof/embedded.hpp"
#include "suites/catalogue.hpp"
#include "tests/support/files.hpp"

namespace gateproof::selfproof {
namespace {

/// The secret part of a text: of a key its middle, which no other text can hold by chance.
std::string needle(const std::string& name, const std::string& text) {
    return name.ends_with(".key.pem") ? text.substr(text.size() / 2, 40) : text;
}

bool is_secret(std::string_view name) {
    constexpr std::string_view kinds[] = {".token",   ".ird",     ".password", ".secret", ".key.pem",
                                          ".address", ".contact", ".INC.id",   ".GST.id", ".EMP.id"};
    return std::ranges::any_of(kinds, [name](std::string_view kind) { return name.ends_with(kind); });
}

class Canary : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(Canary, NothingSecretLeavesARun) {
    gateway::Options options;
    options.faults = GetParam();
    const gateway::Gateway gateway(options);
    EmbeddedTargets targets = embedded_targets(gateway);
    const Catalogue& catalogue = suites::catalogue();
    Selection selection;
    selection.suites = {"oauth", "m2m", "permission"};
    const Plan plan = make_plan(catalogue, std::move(targets.profiles), selection);
    const test::TemporaryFolder folder;
    RunObserver observer;
    RunOptions run_options;
    run_options.secrets = std::move(targets.secrets);
    RunRecord record;
    {
        JournalWriter journal(folder.path() / "run.jsonl");
        record = run(plan, catalogue, journal, run_options, observer);
    }
    std::vector<std::pair<std::string, std::string>> outputs{{"journal", test::read_file(folder.path() / "run.jsonl")}};
    for (const reports::Format& format : reports::formats()) {
        outputs.emplace_back(format.name, format.make({record}));
    }
    std::size_t looked_for = 0;
    for (const std::string& name : gateway.reference_names()) {
        if (!is_secret(name)) {
            continue;
        }
        ++looked_for;
        const std::string secret = needle(name, gateway.reference(name).value_or(""));
        ASSERT_GE(secret.size(), 8U) << name;
        for (const auto& [where, text] : outputs) {
            EXPECT_EQ(text.find(secret), std::string::npos) << name << " stands in the " << where;
        }
    }
    EXPECT_GT(looked_for, 30U);
    EXPECT_NE(outputs.front().second.find("other-customer"), std::string::npos)
        << "the journal is to tell of the cases";
    for (const auto& [where, text] : outputs) {
        EXPECT_EQ(text.find("eyJ"), std::string::npos) << "no JWT, and no part of one, in the " << where;
    }
}

INSTANTIATE_TEST_SUITE_P(Gateways, Canary,
                         testing::Values(std::vector<std::string>{},
                                         // What a broken gateway lets out must not be passed on.
                                         std::vector<std::string>{"error-names-customer", "batch-error-carries-record",
                                                                  "serves-other-customers", "token-in-query-served"}));

}  // namespace
}  // namespace gateproof::selfproof
