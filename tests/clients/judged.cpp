#include "tests/clients/judged.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <glob.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/journal/read.hpp"
#include "tests/clients/document.hpp"
#include "tests/support/process.hpp"

namespace gateproof::test {

using namespace nlohmann::literals;

namespace {

/// Where the system's own python3 is found before another.
std::string search_path() {
    const char* const path = std::getenv("PATH");
    return fmt::format("/usr/bin:/bin:{}", path == nullptr ? "" : path);
}

std::vector<std::string> in_folder(const std::filesystem::path& folder, const std::vector<std::string>& command) {
    std::vector<std::string> words{"env", "--chdir=" + folder.string()};
    words.insert(words.end(), command.begin(), command.end());
    if (words[2] == "gateproof") {
        words[2] = GATEPROOF_PROGRAM;
    }
    return words;
}

Finished run_in(const std::filesystem::path& folder, const std::vector<std::string>& command) {
    ProcessOptions options;
    options.environment = {{"PATH", search_path()}, {"GOCACHE", GATEPROOF_CLIENTS_GO_CACHE}};
    return run(in_folder(folder, command), std::move(options), std::chrono::seconds(460));
}

void run_well(const std::filesystem::path& folder, const std::vector<std::string>& command) {
    const Finished finished = run_in(folder, command);
    if (finished.status != 0) {
        throw std::runtime_error(fmt::format("{}: exit code {}: {}{}", fmt::join(command, " "), finished.status,
                                             finished.out, finished.err));
    }
}

std::string placed(std::string word) {
    for (const auto& [place, value] :
         {std::pair("{scripts}", GATEPROOF_CLIENTS_SCRIPTS), std::pair("{programs}", GATEPROOF_CLIENTS_PROGRAMS),
          std::pair("{modules}", GATEPROOF_NODE_DIR)}) {
        const std::size_t at = word.find(place);
        if (at != std::string::npos) {
            word.replace(at, std::string_view(place).size(), value);
        }
    }
    return word;
}

/// A whole path, in which * stands for what has a version.
bool exists(const std::string& pattern) {
    glob_t found{};
    const bool any = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0;
    ::globfree(&found);
    return any;
}

}  // namespace

std::string missing_for(const ClientRow& row) {
    const char* const ci = std::getenv("CI");
    for (const auto& [name, package] : row.needs) {
        const std::string program = placed(name);
        const bool there = program.starts_with('/') ? exists(program) : !find_program(program).empty();
        if (!there && (ci == nullptr || std::string_view(ci) != "true")) {
            return name.starts_with("{modules}")
                       ? fmt::format("{} is not here: ctest --preset quick -R '^npm_ci$'", program)
                       : fmt::format("{} is not here: apt-get install {}", program, package);
        }
    }
    return {};
}

ClientUnderTest::ClientUnderTest(const ClientRow& row) : row_(row), profile_(folder_.path() / "client.json") {
    for (auto& [name, value] : row_.variables) {
        value = placed(value);
    }
    if (row_.document.empty()) {
        std::vector<std::string> words{"gateproof", "client", "init", "client.json", "--channel", row_.channel};
        words.insert(words.end(), row_.init.begin(), row_.init.end());
        words.emplace_back("--");
        for (const std::string& word : row_.command) {
            words.push_back(placed(word));
        }
        run_well(folder_.path(), words);
        complete_profile();
        return;
    }
    const Snippet text = snippet(row_.document);
    if (!text.file.empty()) {
        folder_.write(text.file, text.program);
    }
    for (const std::vector<std::string>& words : text.commands) {
        if (words.size() > 1 && words[0] == "gateproof" && words[1] == "run") {
            continue;  // judge() does that
        }
        run_well(folder_.path(), words);
        if (words.size() > 3 && words[0] == "gateproof" && words[2] == "init") {
            profile_ = folder_.path() / words[3];
            complete_profile();
        }
    }
}

void ClientUnderTest::complete_profile() {
    nlohmann::ordered_json profile = nlohmann::ordered_json::parse(read_file(profile_));
    nlohmann::ordered_json& acts = profile.at("client").at("trigger").at("command");
    command_ = acts.at("read");
    acts = {{row_.act, command_}};
    host_ = profile["client"].value("/reach/host"_json_pointer, host_);
    if (!row_.variables.empty()) {
        profile["client"]["variables"] = row_.variables;
    }
    profile["client"]["patience"]["start_ms"] = 60'000;  // where many tests run at once Java begins late
    if (!row_.profile.empty()) {
        profile.merge_patch(nlohmann::ordered_json::parse(row_.profile));
    }
    std::ofstream(profile_) << profile.dump(2);
}

std::map<std::string, std::string> ClientUnderTest::variables() const {
    std::map<std::string, std::string> all = row_.variables;
    all["PATH"] = search_path();
    return all;
}

ClientJudgement ClientUnderTest::judge() const {
    std::vector<std::string> command{"gateproof", "run", "--report", "none", profile_.filename().string()};
    command.insert(command.end(), row_.arguments.begin(), row_.arguments.end());
    for (const std::string& family : row_.families) {
        command.insert(command.end(), {"--suite", family});
    }
    const auto begun = std::chrono::steady_clock::now();
    const Finished finished = run_in(folder_.path(), command);
    ClientJudgement judgement;
    judgement.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
    judgement.exit_status = finished.status;
    judgement.output = finished.out + finished.err;
    judgement.record = read_journal(folder_.path() / "gateproof-out/run.jsonl").run;
    return judgement;
}

}  // namespace gateproof::test
