#include "harness/profile/attestations.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/text/sha256.hpp"
#include "tests/unit/profile/pki.hpp"

namespace gateproof::attestations_test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::chrono::sys_days today = 2026y / 2 / 3;
const std::filesystem::path table = GATEPROOF_PROFILE_TABLE;

AttestationNames names() {
    return {{"mtls.revoked-refused", "permission.other-customer-refused", "permission.other-customer-refused[trust]"},
            {"CLOUD-MTLS-ENROLLED", "FW-PROD"},
            {"cloud-test", "desktop-test"}};
}

LoadedAttestations load(const std::string& text) {
    return load_attestations_text(text, "said.json", table, names(), today);
}

std::vector<std::string> problems(const std::string& entry) {
    const LoadedAttestations loaded = load("{\"attestations\": [" + entry + "]}");
    EXPECT_THAT(loaded.entries, IsEmpty());
    std::vector<std::string> texts;
    for (const ProfileProblem& problem : loaded.problems) {
        texts.push_back(problem.text());
    }
    return texts;
}

/// tests/cli/schema runs attestations.schema.json over the same table.
TEST(Attestations, TheTableIsJudgedAsTheSchemaJudgesIt) {
    std::ifstream in(table / "attestations.json");
    const nlohmann::json rows = nlohmann::json::parse(in);
    ASSERT_GE(rows.at("accepted").size(), 8U);
    ASSERT_GE(rows.at("refused").size(), 20U);
    for (const auto& one : rows.at("accepted")) {
        const LoadedAttestations loaded = load(one.dump());
        EXPECT_THAT(loaded.problems, IsEmpty()) << one;
        EXPECT_EQ(loaded.entries.size(), one.at("attestations").size()) << one;
    }
    for (const char* const list : {"refused", "refused_by_loader_alone"}) {
        for (const auto& one : rows.at(list)) {
            const LoadedAttestations loaded = load(one.dump());
            EXPECT_FALSE(loaded.problems.empty()) << one;
            EXPECT_THAT(loaded.entries, IsEmpty()) << one;
        }
    }
}

TEST(Attestations, AreReadWithTheFileAsItIs) {
    const LoadedAttestations loaded = load(R"({"attestations": [{"check": "permission.other-customer-refused[trust]",
        "target": "cloud-test", "who": "Jane Doe", "when": "2026-02-04", "text": "seen", "file": "body/../known.json"}]})");
    ASSERT_EQ(loaded.entries.size(), 1U) << loaded.problems.front().text();
    const Attestation& said = loaded.entries.front();
    EXPECT_EQ(said.subject, Attestation::Subject::check);
    EXPECT_EQ(said.id, "permission.other-customer-refused[trust]");
    EXPECT_EQ(said.target, "cloud-test");
    EXPECT_EQ(said.when, std::chrono::sys_days(2026y / 2 / 4)) << "tomorrow, where the day begins earlier";
    EXPECT_EQ(said.file.path, (table / "known.json").string());
    EXPECT_EQ(said.file.bytes, std::filesystem::file_size(table / "known.json"));
    EXPECT_EQ(said.file.sha256, sha256_of(read_attached(table / "known.json").bytes));
}

TEST(Attestations, WhatIsWrongIsSaidWithItsPlace) {
    const auto entry = [](const std::string& subject) {
        return "{" + subject + R"(, "who": "J", "when": "2026-02-03", "text": "t"})";
    };
    EXPECT_THAT(problems(entry(R"("check": "mtls.revoked-refusd")")),
                ElementsAre("said.json:1:29: /attestations/0/check: \"mtls.revoked-refusd\" is no check; did you mean "
                            "mtls.revoked-refused?"));
    EXPECT_THAT(problems(entry(R"("check": "xyz")")), ElementsAre(HasSubstr("gateproof list shows every check")));
    EXPECT_THAT(problems(entry(R"("requirement": "CLOUD-MTLS-ENROLED")")),
                ElementsAre(HasSubstr("did you mean CLOUD-MTLS-ENROLLED?")));
    EXPECT_THAT(problems(entry(R"("check": "mtls.revoked-refused", "target": "cloud-tst")")),
                ElementsAre(HasSubstr("is no profile of this run; did you mean cloud-test?")));
    EXPECT_THAT(problems(entry(R"("target": "cloud-test")")),
                ElementsAre(HasSubstr("expected one of check, requirement and scenario, found none of them")));
    EXPECT_THAT(problems(entry(R"("check": "mtls.revoked-refused", "scenario": "S")")),
                ElementsAre(HasSubstr("found more than one of them")));
    EXPECT_THAT(problems(R"({"scenario": "S", "who": "J", "when": "2026-02-05", "text": "t"})"),
                ElementsAre(HasSubstr("this day is still to come")));
    EXPECT_THAT(problems(R"({"scenario": "S", "who": "J", "when": "2026-02-03", "text": "t", "file": "none.png"})"),
                ElementsAre(HasSubstr("none.png\": there is no such file")));
}

TEST(Attestations, AnAttachedFileIsBounded) {
    const gateproof::testing::TempFolder folder;
    folder.write("film.mp4", "x");
    std::filesystem::resize_file(folder.path() / "film.mp4", most_file_bytes);
    EXPECT_THAT(read_attached(folder.path() / "film.mp4").problem, IsEmpty());
    std::filesystem::resize_file(folder.path() / "film.mp4", most_file_bytes + 1);
    EXPECT_THAT(read_attached(folder.path() / "film.mp4").problem, HasSubstr("larger than 16 MiB"));
    EXPECT_THAT(read_attached(folder.path()).problem, HasSubstr("no plain file"));
    EXPECT_THAT(read_attached("/dev/zero").problem, HasSubstr("no plain file"));
}

}  // namespace
}  // namespace gateproof::attestations_test
