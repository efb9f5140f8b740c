// What `cmake --install` leaves, and that man page, completion and help speak of the same options.
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <regex>
#include <set>

#include "tests/cli/command.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<std::vector<std::string>>& commands() {
    static const std::vector<std::vector<std::string>> all{
        {"run"},          {"plan"}, {"list"},  {"report"}, {"gateway"}, {"init"}, {"selftest"}, {"profile", "validate"},
        {"rotate-check"}, {"pack"}, {"verify"}};
    return all;
}

std::set<std::string> long_options(std::vector<std::string> words) {
    words.emplace_back("--help");
    const std::string help = gateproof(words).out;
    // At the start of a line: help texts and examples speak of other options too.
    const std::regex option("(?:^|\n)  (?:-[a-z],)?(--[a-z][a-z-]+)");
    return {std::sregex_token_iterator(help.begin(), help.end(), option, 1), std::sregex_token_iterator()};
}

class Installed : public testing::Test {
protected:
    void SetUp() override {
        const Finished finished =
            run({GATEPROOF_CMAKE, "--install", GATEPROOF_BUILD, "--prefix", folder_.path().string()});
        ASSERT_EQ(finished.status, 0) << finished.err;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
            if (entry.is_regular_file()) {
                files_[entry.path().filename().string()].push_back(entry.path().string());
            }
        }
    }
    /// The one file that ends with this path.
    std::string file(const std::string& end) {
        const std::string name = end.substr(end.rfind('/') + 1);
        for (const std::string& path : files_[name]) {
            if (path.ends_with(end)) {
                return path;
            }
        }
        ADD_FAILURE() << "not installed: " << end;
        return {};
    }

    TemporaryFolder folder_;
    std::map<std::string, std::vector<std::string>> files_;
};

TEST_F(Installed, EverythingHasItsPlace) {
    EXPECT_EQ(run({file("bin/gateproof"), "--version"}).out, "gateproof " GATEPROOF_VERSION "\n");
    EXPECT_THAT(read_file(file("man/man1/gateproof.1")), HasSubstr(".TH GATEPROOF 1"));
    EXPECT_THAT(read_file(file("gateproof/report.schema.json")), HasSubstr("Gateproof report"));
    EXPECT_THAT(read_file(file("bash-completion/completions/gateproof")), HasSubstr("complete -F"));
    EXPECT_THAT(read_file(file("LICENSE")), HasSubstr("Apache License"));
    EXPECT_NE(file("gateproof/profiles/cloud-test.json"), "");
    EXPECT_NE(file("gateproof/profiles/profile.schema.json"), "");
    EXPECT_NE(file("gateproof/profiles/known.schema.json"), "");
}

TEST_F(Installed, TheManPageIsCleanAndKnowsEveryOption) {
    const std::string page = file("man/man1/gateproof.1");
    std::string text = read_file(page);
    EXPECT_THAT(text, HasSubstr("gateproof " GATEPROOF_VERSION));
    text = std::regex_replace(text, std::regex(R"(\\-)"), "-");
    for (const auto& words : commands()) {
        EXPECT_THAT(text, HasSubstr(".B gateproof " + fmt::format("{}", fmt::join(words, " "))));
        EXPECT_FALSE(long_options(words).empty());
        for (const std::string& option : long_options(words)) {
            EXPECT_THAT(text, HasSubstr(option)) << words.front();
        }
    }
    const std::string man = find_program("man");
    if (man.empty()) {
        GTEST_SKIP() << "needs man to look for warnings";
    }
    const Finished shown = run({man, "--warnings", "-l", page});
    EXPECT_EQ(shown.status, 0);
    EXPECT_THAT(shown.err, IsEmpty());
}

TEST_F(Installed, CompletionOffersWhatTheProgramKnows) {
    const std::string bash = find_program("bash");
    ASSERT_NE(bash, "");
    const std::string script = file("bash-completion/completions/gateproof");
    const auto complete = [&](std::vector<std::string> words) {
        std::vector<std::string> call{bash,
                                      "-c",
                                      "source \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _gateproof; "
                                      "printf '%s\\n' \"${COMPREPLY[@]}\"",
                                      "bash",
                                      script,
                                      file("bin/gateproof")};
        call.insert(call.end(), words.begin(), words.end());
        const Finished finished = run(call);
        EXPECT_THAT(finished.err, IsEmpty());
        return finished.out;
    };
    EXPECT_EQ(complete({"pl"}), "plan\n");
    EXPECT_EQ(complete({"run", "--sui"}), "--suite\n");
    EXPECT_EQ(complete({"run", "--suite", "tl"}), "tls\n");
    EXPECT_EQ(complete({"run", "--check", "tls.accepts-1.2"}), "tls.accepts-1.2\n");
    EXPECT_EQ(complete({"run", "--fault", "no-tls-1.2"}), "no-tls-1.2\n");
    EXPECT_EQ(complete({"profile", ""}), "validate\n");
    EXPECT_EQ(complete({"plan", "cloud-t"}), "cloud-test\n");
    for (const auto& words : commands()) {
        std::vector<std::string> typed = words;
        typed.emplace_back("--");
        const std::string offered = "\n" + complete(typed);
        for (const std::string& option : long_options(words)) {
            EXPECT_THAT(offered, HasSubstr("\n" + option + "\n")) << words.front();
        }
    }
}

}  // namespace
}  // namespace gateproof::test
