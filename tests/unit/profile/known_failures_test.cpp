#include "harness/profile/known_failures.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace gateproof {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> problems(const std::string& entry) {
    const LoadedKnownFailures loaded = load_known_failures_text("{\"known_failures\": [" + entry + "]}", "known.json");
    EXPECT_THAT(loaded.list.failures, IsEmpty());
    std::vector<std::string> texts;
    for (const ProfileProblem& problem : loaded.problems) {
        texts.push_back(problem.text());
    }
    return texts;
}

TEST(KnownFailures, AreReadWithTheirPlaces) {
    const LoadedKnownFailures loaded = load_known_failures_text(R"({
  "$schema": "known.schema.json",
  "known_failures": [
    {"check": "tls.refuses-1.1", "reason": "INC-1", "expires": "2026-12-31"},
    {"check": "timeout", "target": "cloud-*", "reason": "INC-2", "expires": "2028-02-29",
     "outcomes": ["inconclusive", "error"]}
  ]
})",
                                                                "known.json");
    EXPECT_THAT(loaded.problems, IsEmpty());
    ASSERT_EQ(loaded.list.failures.size(), 2U);
    EXPECT_EQ(loaded.list.failures[0].target, "*");
    EXPECT_EQ(loaded.list.failures[0].expires, std::chrono::sys_days(2026y / 12 / 31));
    EXPECT_THAT(loaded.list.failures[0].outcomes, ElementsAre(Outcome::fail));
    EXPECT_EQ(loaded.list.failures[0].place, "known.json:4");
    EXPECT_EQ(loaded.list.failures[1].target, "cloud-*");
    EXPECT_THAT(loaded.list.failures[1].outcomes, ElementsAre(Outcome::inconclusive, Outcome::error));
}

/// tests/cli/schema runs known.schema.json over the same table.
TEST(KnownFailures, TheTableIsJudgedAsTheSchemaJudgesIt) {
    std::ifstream in(GATEPROOF_PROFILE_TABLE "/known.json");
    const nlohmann::json table = nlohmann::json::parse(in);
    ASSERT_GE(table.at("accepted").size(), 10U);
    ASSERT_GE(table.at("refused").size(), 30U);
    for (const auto& one : table.at("accepted")) {
        const LoadedKnownFailures loaded = load_known_failures_text(one.dump(), "known.json");
        EXPECT_THAT(loaded.problems, IsEmpty()) << one;
        EXPECT_EQ(loaded.list.failures.size(), one.at("known_failures").size()) << one;
    }
    for (const char* const list : {"refused", "refused_by_loader_alone"}) {
        for (const auto& one : table.at(list)) {
            const LoadedKnownFailures loaded = load_known_failures_text(one.dump(), "known.json");
            EXPECT_FALSE(loaded.problems.empty()) << one;
            EXPECT_THAT(loaded.list.failures, IsEmpty()) << one;
        }
    }
}

TEST(KnownFailures, NoneLeftIsFine) {
    EXPECT_THAT(load_known_failures_text(R"({"known_failures": []})", "k").problems, IsEmpty());
}

TEST(KnownFailures, WhatIsWrongIsSaidWithItsPlace) {
    EXPECT_THAT(problems(R"({"check": "a", "reason": "b", "expire": "2026-12-31"})"),
                ElementsAre(HasSubstr("known.json:1:51: /known_failures/0/expire: unknown key \"expire\"; did you "
                                      "mean \"expires\"?")));
    EXPECT_THAT(problems(R"({"check": "a", "expires": "2026-12-31"})"),
                ElementsAre(HasSubstr("\"reason\" is missing")));
    EXPECT_THAT(problems(R"({"check": "a", "reason": " ", "expires": "2026-12-31"})"),
                ElementsAre(HasSubstr("empty text")));
    EXPECT_THAT(problems(R"({"check": "a", "reason": "b", "expires": "2026-12-31", "outcomes": ["pass"]})"),
                ElementsAre(HasSubstr("unknown word \"pass\"")));
    EXPECT_THAT(problems(R"({"check": "a", "reason": "b", "expires": "2026-12-31", "outcomes": []})"),
                ElementsAre(HasSubstr("expected a list")));
    for (const char* day :
         {"2026-02-30", "2026-1-1", "31.12.2026", "never", "2026-12-31T00:00:00Z", "", "-026-12-31"}) {
        EXPECT_THAT(problems(std::string(R"({"check": "a", "reason": "b", "expires": ")") + day + "\"}"),
                    ElementsAre(HasSubstr("expected a day")))
            << day;
    }
    EXPECT_THAT(problems("17"), ElementsAre(HasSubstr("expected an accepted failure")));
}

TEST(KnownFailures, WhatWasFoundAndWhatIsNotTriedAreRead) {
    const LoadedKnownFailures loaded = load_known_failures_text(R"({
  "known_failures": [
    {"check": "tls.cipher-allow-list", "reason": "r", "expires": "2026-12-31", "found": ["TLS_A", "TLS_B"]},
    {"check": "tls.refuses-1.1", "reason": "r", "expires": "2026-12-31", "found": "sha256:0123456789ab"},
    {"check": "tls.refuses-1.0", "reason": "r", "expires": "2026-12-31"}],
  "expected_skips": [{"check": "oauth", "target": "cloud-*", "reason": "no login here"}, {"check": "m2m.*", "reason": "s"}]
})",
                                                                "known.json");
    EXPECT_THAT(loaded.problems, IsEmpty());
    ASSERT_EQ(loaded.list.failures.size(), 3U);
    EXPECT_THAT(loaded.list.failures[0].found, ElementsAre("TLS_A", "TLS_B"));
    EXPECT_EQ(loaded.list.failures[1].digest, "sha256:0123456789ab");
    EXPECT_FALSE(loaded.list.failures[0].wide() || loaded.list.failures[1].wide());
    EXPECT_TRUE(loaded.list.failures[2].wide());
    ASSERT_EQ(loaded.list.skips.size(), 2U);
    EXPECT_EQ(loaded.list.skips[0].target, "cloud-*");
    EXPECT_EQ(loaded.list.skips[1].target, "*");
    EXPECT_EQ(loaded.list.skips[1].place, "known.json:6");
    EXPECT_EQ(loaded.list.sha256.size(), 64U);
}

TEST(KnownFailures, APlaceholderIsNoReason) {
    EXPECT_THAT(
        problems(R"({"check": "a", "reason": "FILL IN: why", "expires": "2026-12-31"})"),
        ElementsAre(HasSubstr("/known_failures/0/reason: expected a reason, found the placeholder \"FILL IN: why\"")));
    EXPECT_THAT(problems(R"({"check": "a", "reason": "b", "expires": "FILL IN"})"),
                ElementsAre(HasSubstr("expected a day such as 2026-12-31, found the placeholder")));
    EXPECT_THAT(problems(R"({"check": "a", "reason": "b", "expires": "2026-12-31", "found": "sha256:12"})"),
                ElementsAre(HasSubstr("sha256: and 12 to 64 hex digits")));
}

TEST(KnownFailures, BrokenFilesAreSaid) {
    EXPECT_THAT(load_known_failures_text("[]", "k").problems.size(), 1U);
    EXPECT_THAT(load_known_failures_text("{", "k").problems.size(), 1U);
    EXPECT_THAT(load_known_failures_text("{}", "k").problems.size(), 1U);
    EXPECT_THAT(load_known_failures("no/such/file").problems.at(0).message, HasSubstr("does not exist"));
    EXPECT_THAT(load_known_failures(".").problems.at(0).message, HasSubstr("folder"));
}

}  // namespace
}  // namespace gateproof
