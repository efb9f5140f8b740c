// Error models of a profile's own, against the embedded gateway: what they describe passes, what they miss is a
// finding.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/journal/read.hpp"
#include "tests/cli/served.hpp"

namespace gateproof::test::error_model_test {
namespace {

using nlohmann::json;

class ErrorModels : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(gateway_.serving()) << gateway_.output(); }

    /// Judges the shapes of errors with these models in the place of "rest" and "soap"; outcomes by check and case.
    std::map<std::string, Outcome> judge(const json& rest, const json& soap) {
        json profile = json::parse(read_file(gateway_.cloud()));
        profile["permissions"]["errors"] = {{"mine", rest}, {"old", soap}};
        profile["m2m"]["error"] = "mine";
        for (json& one : profile["permissions"]["cases"]) {
            one["error"] = one.value("error", "rest") == "soap" ? "old" : "mine";
        }
        const std::string file = folder_.write("models.json", profile.dump());
        const std::string out = (folder_.path() / "out").string();
        gateproof({"run", file, "--check", "permission.*error-shape", "--check", "permission.other-customer-refused",
                   "--report", "none", "--out", out});
        const RunRecord run = read_journal(std::filesystem::path(out) / "run.jsonl").run;
        std::map<std::string, Outcome> outcomes;
        for (const CheckRecord& check : run.checks) {
            outcomes[check.full_id()] = run.result_of(check).outcome;
        }
        return outcomes;
    }

    TemporaryFolder folder_;
    ServedGateway gateway_{folder_.path().string()};
};

const json rest_model = {{"pointer", "/errors/0/type"},
                         {"not_permitted", {{"status", {403}}, {"codes", {"security"}}}},
                         {"no_token", {{"status", {400}}, {"codes", {"security"}}}},
                         {"invalid_token", {{"status", {400}}, {"codes", {"security"}}}}};
const json soap_model = {{"xpath", "//*[local-name()='statusMessage']/*[local-name()='statusCode']"},
                         {"success", {"0"}},
                         {"not_permitted", {{"status", {200}}, {"codes", {"4"}}}}};

TEST_F(ErrorModels, OfTheProfilesOwnAreFollowed) {
    const auto outcomes = judge(rest_model, soap_model);
    EXPECT_EQ(outcomes.at("permission.error-shape[other-customer]"), Outcome::pass);
    EXPECT_EQ(outcomes.at("permission.error-shape[other-return-status]"), Outcome::pass);
    EXPECT_EQ(outcomes.at("permission.token-error-shape[own-customer]"), Outcome::pass);
    EXPECT_EQ(outcomes.at("permission.other-customer-refused[other-return-status]"), Outcome::pass);
}

TEST_F(ErrorModels, AnotherCodeOrStatusIsAFinding) {
    json rest = rest_model;
    rest["not_permitted"]["status"] = {404};
    json soap = soap_model;
    soap["not_permitted"]["codes"] = {"5"};
    const auto outcomes = judge(rest, soap);
    EXPECT_EQ(outcomes.at("permission.error-shape[other-customer]"), Outcome::fail);
    EXPECT_EQ(outcomes.at("permission.error-shape[other-return-status]"), Outcome::fail);
    EXPECT_EQ(outcomes.at("permission.other-customer-refused[other-customer]"), Outcome::pass)
        << "a known code with another status is a refusal";
    EXPECT_EQ(outcomes.at("permission.other-customer-refused[other-return-status]"), Outcome::inconclusive)
        << "a code that the model does not know may mean anything";
}

/// The part of `text` between these two.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
    const std::size_t from = text.find(begin) + begin.size();
    return text.substr(from, text.find(end, from) - from);
}

TEST_F(ErrorModels, TheLinesThatAMissingCaseIsAnsweredWithAreTakenAsTheyStand) {
    json profile = json::parse(read_file(gateway_.cloud()));
    json& cases = profile["permissions"]["cases"];
    cases.erase(std::remove_if(cases.begin(), cases.end(), [](const json& one) { return one["subject"] == "tds"; }),
                cases.end());
    for (const char* const operation : {"tds-summary", "tds-batch"}) {
        profile["operations"].erase(operation);
    }
    profile.erase("not_entitled");
    const std::string file = folder_.write("lines.json", profile.dump());
    const std::vector<std::string> checks{"--check", "permission.tds-*"};
    std::vector<std::string> words{"plan", file, "--json"};
    words.insert(words.end(), checks.begin(), checks.end());
    const json plan = json::parse(gateproof(words).out);
    const auto planned = std::find_if(plan.begin(), plan.end(),
                                      [](const json& row) { return row["check"] == "permission.tds-token-refused"; });
    ASSERT_NE(planned, plan.end());
    const std::string lack = planned->value("skip_reason", "");
    profile["operations"]["tds-summary"] = json::parse(between(lack, "\"tds-summary\": ", " and permissions.cases"));
    cases.push_back(json::parse(between(lack, "permissions.cases ", " in the profile")));
    folder_.write("lines.json", profile.dump());
    const Finished valid = gateproof({"profile", "validate", file});
    EXPECT_EQ(valid.status, 0) << valid.out << valid.err;
    const std::string out = (folder_.path() / "lines").string();
    words = {"run", file, "--report", "none", "--out", out};
    words.insert(words.end(), checks.begin(), checks.end());
    EXPECT_EQ(gateproof(words).status, 0);
    const RunRecord run = read_journal(std::filesystem::path(out) / "run.jsonl").run;
    ASSERT_EQ(run.checks.size(), 2U);
    for (const CheckRecord& check : run.checks) {
        EXPECT_EQ(run.result_of(check).outcome, Outcome::pass) << check.full_id();
    }
}

}  // namespace
}  // namespace gateproof::test::error_model_test
