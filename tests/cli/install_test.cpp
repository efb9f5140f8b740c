// What `cmake --install` leaves, and that man page, completion and help speak of the same options.
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include "profiles/builtin.hpp"
#include "reports/formats.hpp"
#include "tests/cli/command.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// As the program itself lists them.
const std::set<std::string>& command_names() {
    static const std::set<std::string> names = [] {
        std::string help = gateproof({"--help"}).out;
        help = help.substr(help.find("\nSubcommands:\n"));
        help = help.substr(0, help.find("\n\n"));
        const std::regex name("\n  ([a-z-]+) ");
        return std::set<std::string>(std::sregex_token_iterator(help.begin(), help.end(), name, 1), {});
    }();
    return names;
}

const std::vector<std::vector<std::string>>& commands() {
    static const std::vector<std::vector<std::string>> all = [] {
        std::vector<std::vector<std::string>> out;
        for (const std::string& name : command_names()) {
            if (name == "client") {
                out.insert(out.end(), {{name, "init"}, {name, "serve"}});
                continue;
            }
            out.push_back(name == "profile" ? std::vector<std::string>{name, "validate"}
                                            : std::vector<std::string>{name});
        }
        return out;
    }();
    return all;
}

std::set<std::string> split(const std::string& text, const char* separator) {
    const std::regex at(separator);
    std::set<std::string> out(std::sregex_token_iterator(text.begin(), text.end(), at, -1), {});
    out.erase("");
    return out;
}

/// The options that take one of a few words, and the words: "--channel NAME:{cloud,desktop}".
std::map<std::string, std::set<std::string>> choices(std::vector<std::string> words) {
    words.emplace_back("--help");
    const std::string help = gateproof(words).out;
    const std::regex choice("\n  (?:-[a-z],)?(--[a-z-]+) [^ {\n]+:\\{([^}\n]+)\\}");
    std::map<std::string, std::set<std::string>> out;
    for (auto found = std::sregex_iterator(help.begin(), help.end(), choice); found != std::sregex_iterator();
         ++found) {
        out[(*found)[1]] = split((*found)[2], ",");
    }
    return out;
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
    EXPECT_THAT(read_file(file("man/man1/gateproof-client.1")), HasSubstr("gateproof " GATEPROOF_VERSION));
    EXPECT_NE(file("gateproof/profiles/cloud-test.json"), "");
    EXPECT_NE(file("gateproof/profiles/profile.schema.json"), "");
    EXPECT_NE(file("gateproof/profiles/known.schema.json"), "");
    EXPECT_NE(file("gateproof/profiles/service.schema.json"), "");
    EXPECT_NE(file("gateproof/profiles/services/gst.json"), "");
    EXPECT_NE(file("gateproof/profiles/attestations.schema.json"), "");
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

TEST_F(Installed, ThePageOfTheReferenceClientKnowsEveryOptionOfIt) {
    const std::string page = file("man/man1/gateproof-client.1");
    const std::string text = std::regex_replace(read_file(page), std::regex(R"(\\-)"), "-");
    const Finished help = run({file("bin/gateproof-client"), "--help"});
    ASSERT_EQ(help.status, 0);
    const std::regex option("\n  (--[a-z][a-z-]+)");
    const std::set<std::string> options(std::sregex_token_iterator(help.out.begin(), help.out.end(), option, 1), {});
    EXPECT_GT(options.size(), 20U);
    for (const std::string& one : options) {
        EXPECT_THAT(text, testing::ContainsRegex("\n\\.BI? " + one + "[ \n]")) << one;
    }
    if (const std::string man = find_program("man"); !man.empty()) {
        EXPECT_THAT(run({man, "--warnings", "-l", page}).err, IsEmpty());
    }
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
    const auto offers = [&](std::vector<std::string> words, const std::string& option) {
        words.insert(words.end(), {option, ""});
        std::set<std::string> offered = split(complete(words), "\n");
        std::erase_if(offered, [](const std::string& word) { return word.find(',') != std::string::npos; });
        return offered;
    };
    std::set<std::string> first = command_names();
    first.insert({"--version", "--help"});
    EXPECT_EQ(split(complete({""}), "\n"), first);
    std::set<std::string> formats;
    for (const reports::Format& format : reports::formats()) {
        formats.emplace(format.name);
    }
    const auto with = [&formats](const char* word) {
        std::set<std::string> all = formats;
        all.emplace(word);
        return all;
    };
    EXPECT_EQ(offers({"report"}, "--format"), with("console"));
    EXPECT_EQ(offers({"run"}, "--report"), with("none"));
    std::set<std::string> profiles = offers({"run"}, "--profile");
    for (const BuiltinProfile& profile : builtin_profiles()) {
        EXPECT_EQ(profiles.erase(std::string(profile.name)), 1U) << profile.name;
    }
    for (const std::string& other : profiles) {
        EXPECT_TRUE(std::filesystem::exists(other)) << other << " is neither a profile nor a file";
    }
    for (const auto& words : commands()) {
        for (const auto& [option, values] : choices(words)) {
            EXPECT_EQ(offers(words, option), values) << words.front() << ' ' << option;
        }
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
