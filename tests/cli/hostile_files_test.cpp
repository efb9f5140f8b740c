// Files of somebody else: nothing that they hold becomes a command to the CI system that prints it, and none of them
// holds the program up.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "tests/cli/command.hpp"

namespace gateproof::test::hostile_files_test {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::ordered_json;

/// One marker of each CI system; the first begins a line where a text does.
constexpr std::string_view markers =
    "::error file=a::b ##vso[task.setvariable variable=PATH]c ##[command]d ##teamcity[buildStop] section_start:1:e ";

/// Every text of the journal but those that the codec knows, the same one always in the same way.
void make_hostile(Json& json, std::string_view key = {}) {
    static const std::set<std::string_view> known{"event",       "started",   "ended",  "at",         "level",
                                                  "seed",        "plan",      "reason", "outcome",    "channels",
                                                  "digest",      "not_after", "date",   "not_before", "skip",
                                                  "environment", "channel",   "role",   "proves",     "kind"};
    if (json.is_string() && !known.contains(key)) {
        json = std::string(markers) + json.get<std::string>();
    } else if (json.is_object()) {
        for (auto& [name, value] : json.items()) {
            make_hostile(value, name);
        }
    } else if (json.is_array()) {
        for (Json& value : json) {
            make_hostile(value, key);
        }
    }
}

/// What a CI system would obey in this output; empty: nothing.
std::string obeyed(const std::string& output) {
    static const std::regex command(R"((##(vso|teamcity)?\[)|(section_(start|end):)|(^\s*::[a-zA-Z]))",
                                    std::regex::icase);
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        if (std::regex_search(line.substr(0, 4000), command)) {
            return line.substr(0, 300);
        }
    }
    return {};
}

class HostileFiles : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    /// A journal of checks that failed, with every text of it hostile.
    std::string hostile_journal(const std::string& name, const std::string& fault) {
        const Finished finished =
            gateproof({"run", "--check", "port.*", "--fault", fault, "--out", path("out"), "--report", "none", "-q"});
        EXPECT_EQ(finished.status, 1) << finished.err;
        std::istringstream lines(read_file(path("out/run.jsonl")));
        std::string text;
        for (std::string line; std::getline(lines, line);) {
            Json event = Json::parse(line);
            make_hostile(event);
            text += event.dump() + '\n';
        }
        return folder_.write(name, text);
    }
    Finished prints(const std::vector<std::string>& words) {
        Finished finished = gateproof(words);
        const std::string all = fmt::format("{}", fmt::join(words, " "));
        EXPECT_EQ(obeyed(finished.out), "") << all;
        EXPECT_EQ(obeyed(finished.err), "") << all;
        // What it was can still be read: the texts were printed, broken.
        EXPECT_THAT(finished.out + finished.err, AnyOf(HasSubstr("x23vso"), HasSubstr("u0023vso")))
            << all << finished.out.substr(0, 3000) << finished.err.substr(0, 3000);
        return finished;
    }

    TemporaryFolder folder_;
};

TEST_F(HostileFiles, NoTextOfAJournalIsACommandToTheCiSystem) {
    const std::string one = hostile_journal("one.jsonl", "declares-another-port");
    const std::string two = hostile_journal("two.jsonl", "redirects-to-other-port");
    EXPECT_EQ(prints({"report", one}).status, 0);
    EXPECT_THAT(prints({"report", one, "-v"}).out, HasSubstr("FAIL"));
    for (const char* format : {"html", "junit", "json", "markdown", "csv", "prometheus"}) {
        EXPECT_EQ(prints({"report", one, "--format", format}).status, 0) << format;
    }
    EXPECT_EQ(prints({"compare", one, two}).status, 1);
    EXPECT_EQ(prints({"compare", one, two, "--format", "markdown"}).status, 1);
    const Finished compared = prints({"compare", one, two, "--format", "json"});
    EXPECT_THAT(Json::parse(compared.out).dump(), HasSubstr("##vso[task.setvariable")) << "a program reads what it was";
    EXPECT_EQ(prints({"merge", one, two, "--out", path("merged.jsonl")}).status, 1);
    std::filesystem::create_directories(path("history"));
    std::filesystem::copy_file(one, path("history/20260203T120000.000Z-0123abcd.jsonl"));
    std::filesystem::copy_file(two, path("history/20260204T120000.000Z-0123abcd.jsonl"));
    EXPECT_EQ(prints({"history", path("history")}).status, 0);
    const Finished trend = prints({"history", path("history"), "--format", "json"});
    EXPECT_THAT(Json::parse(trend.out).dump(), HasSubstr("##vso[task.setvariable"));
    EXPECT_EQ(prints({"pack", one, "--out", path("pack.tar")}).status, 2) << "it says of what the run is no proof";
    ASSERT_EQ(gateproof({"pack", one, "--out", path("pack.tar"), "--accept",
                         "incomplete,partial,failed,inconclusive,embedded"})
                  .status,
              0);
    const Finished verified = gateproof({"verify", path("pack.tar")});
    EXPECT_EQ(verified.status, 0) << verified.err;
    EXPECT_EQ(obeyed(verified.out + verified.err), "");
    const std::string whole = read_file(one);
    const std::string killed = folder_.write("killed.jsonl", whole.substr(0, whole.rfind('\n', whole.size() - 2) + 1));
    EXPECT_EQ(prints({"run", "--resume", killed}).status, 2);
}

TEST_F(HostileFiles, NoTextOfAProfileOrAListIsOne) {
    const std::string text(markers);
    Json profile;
    profile["name"] = text;
    profile["endpoint"] = {{"url", text}, {text, text}};
    profile[text] = text;
    const std::string file = folder_.write("profile.json", profile.dump());
    EXPECT_EQ(prints({"plan", file}).status, 2);
    EXPECT_EQ(prints({"profile", "validate", file}).status, 2);
    EXPECT_EQ(prints({"run", file, "--out", path("out")}).status, 2);
    EXPECT_EQ(prints({"run", "--check", text}).status, 2);

    const std::string journal = hostile_journal("one.jsonl", "declares-another-port");
    const Json entry{{"check", "port.*"}, {"target", text}, {"expires", "2099-12-31"}, {"reason", text}};
    const std::string known = folder_.write("known.json", Json{{"known_failures", Json::array({entry})}}.dump());
    EXPECT_EQ(prints({"report", journal, "--known", known}).status, 0);
    Json broken = entry;
    broken[text] = text;
    const std::string unusable = folder_.write("bad.json", Json{{"known_failures", Json::array({broken})}}.dump());
    EXPECT_EQ(prints({"report", journal, "--known", unusable}).status, 2);
}

TEST_F(HostileFiles, NoneOfThemHoldsTheProgramUp) {
    const std::string fifo = path("fifo");
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    std::filesystem::create_directories(path("folder"));
    const std::string journal = folder_.write("empty.jsonl", "");
    for (const std::string& input : {std::string("/dev/zero"), fifo, path("folder")}) {
        std::filesystem::remove(path("link.tar"));
        std::filesystem::create_symlink(input, path("link.tar"));
        for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
                 {"report", input},
                 {"compare", input, input},
                 {"merge", input, "--out", path("merged.jsonl")},
                 {"pack", input, "--out", path("pack.tar")},
                 {"verify", input},
                 {"verify", path("link.tar")},
                 {"verify", path("none.tar"), "--ca", input},
                 {"verify", path("none.tar"), "--signer-cert", input},
                 {"report", journal, "--known", input},
                 {"run", input + (input == fifo ? "" : "/"), "--out", path("out")},
                 {"run", "--resume", input},
                 {"profile", "validate", path("link.tar/")},
                 {"plan", input},
                 {"rotate-check", "--profile", input, "--old", input, "--new", input}}) {
            const Finished finished = run(command(words), plain_environment(), std::chrono::seconds(20));
            EXPECT_EQ(finished.status, 2) << fmt::format("{}", fmt::join(words, " ")) << finished.err;
            EXPECT_THAT(finished.err, Not(HasSubstr("internal error")));
        }
    }
    EXPECT_THAT(gateproof({"report", fifo}).err, HasSubstr("write what it gives to a file first"));
    EXPECT_THAT(gateproof({"report", path("folder")}).err, HasSubstr("is a folder"));
}

TEST_F(HostileFiles, ALineWithoutEndEndsTheReading) {
    const std::string sparse = folder_.write("sparse.jsonl", "");
    std::filesystem::resize_file(sparse, std::uintmax_t{1} << 40);  // a terabyte of zeros that takes no room
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"report", sparse}, {"run", "--resume", sparse}, {"merge", sparse, "--out", path("merged.jsonl")}}) {
        const Finished finished = run(command(words), plain_environment(), std::chrono::seconds(30));
        EXPECT_EQ(finished.status, 2) << finished.err;
        EXPECT_THAT(finished.err, HasSubstr("longer than 64 MiB"));
        EXPECT_LT(finished.max_resident_kib, 200 * 1024) << words.front();
    }
    std::filesystem::rename(sparse, path("sparse.tar"));
    const Finished pack = run(command({"verify", path("sparse.tar")}), plain_environment(), std::chrono::seconds(20));
    EXPECT_EQ(pack.status, 2) << pack.out;
    EXPECT_THAT(pack.err, HasSubstr("larger than any run leaves"));
}

}  // namespace
}  // namespace gateproof::test::hostile_files_test
