// Every file of bad/ is refused with the place and message that expectations.json gives; every file of good/ is
// accepted. tests/cli/schema runs the JSON Schema over the same table.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/profile/read/load.hpp"
#include "tests/unit/profile/pki.hpp"

namespace gateproof::testing {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path table = GATEPROOF_PROFILE_TABLE;

LoadedProfile load(const fs::path& file) {
    setenv("GATEPROOF_TEST_SET", "a secret value", 1);
    setenv("GATEPROOF_TEST_EMPTY", "", 1);
    unsetenv("GATEPROOF_TEST_UNSET");
    LoadOptions options;
    options.embedded = embedded;
    return load_profile(file, options);
}

std::vector<fs::path> files_of(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".json") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

nlohmann::json expectations() {
    std::ifstream in(table / "expectations.json");
    return nlohmann::json::parse(in);
}

TEST(ProfileTable, EveryBadFileIsRefusedAtThePlaceThatIsWrong) {
    const nlohmann::json expected = expectations();
    EXPECT_GE(expected.size(), 40U);
    for (const fs::path& file : files_of(table / "bad")) {
        SCOPED_TRACE(file.filename());
        const auto entry = expected.find(file.filename().string());
        ASSERT_NE(entry, expected.end()) << "expectations.json does not name this file";
        const LoadedProfile loaded = load(file);
        EXPECT_FALSE(loaded.profile.has_value());
        ASSERT_FALSE(loaded.problems.empty());
        const ProfileProblem& first = loaded.problems.front();
        EXPECT_EQ(first.file, file.string());
        EXPECT_EQ(first.line, entry->at("line").get<int>());
        EXPECT_EQ(first.column, entry->at("column").get<int>());
        EXPECT_EQ(first.pointer, entry->at("pointer").get<std::string>());
        EXPECT_THAT(first.message, HasSubstr(entry->at("message").get<std::string>()));
        EXPECT_EQ(loaded.problems.size(), entry->at("problems").get<std::size_t>());
    }
    for (const auto& [name, entry] : expected.items()) {
        EXPECT_TRUE(fs::exists(table / "bad" / name)) << name;
    }
}

TEST(ProfileTable, EveryGoodFileIsAcceptedWithoutWarning) {
    const std::vector<fs::path> files = files_of(table / "good");
    EXPECT_GE(files.size(), 10U);
    for (const fs::path& file : files) {
        SCOPED_TRACE(file.filename());
        const LoadedProfile loaded = load(file);
        for (const ProfileProblem& problem : loaded.problems) {
            ADD_FAILURE() << problem.text();
        }
        for (const ProfileProblem& warning : loaded.warnings) {
            // A desktop or mock profile without an identity is no reason to warn, and nothing else is missing.
            ADD_FAILURE() << warning.text();
        }
        ASSERT_TRUE(loaded.profile.has_value());
        EXPECT_EQ(loaded.profile->file, file);
        if (loaded.profile->side() == Side::gateway) {
            EXPECT_EQ(loaded.profile->control_operation().name, loaded.profile->control);
        }
    }
}

TEST(ProfileTable, NoMessageRepeatsASecret) {
    for (const fs::path& file : files_of(table / "bad")) {
        for (const ProfileProblem& problem : load(file).problems) {
            EXPECT_THAT(problem.text(), ::testing::Not(HasSubstr("hunter2"))) << file;
            EXPECT_THAT(problem.text(), ::testing::Not(HasSubstr("MC4CAQ"))) << file;
            EXPECT_THAT(problem.text(), ::testing::Not(HasSubstr("123456"))) << file;
            EXPECT_THAT(problem.text(), ::testing::Not(HasSubstr("me:pw"))) << file;
        }
    }
}

}  // namespace
}  // namespace gateproof::testing
