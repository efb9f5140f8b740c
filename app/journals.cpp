#include "app/journals.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "app/command.hpp"
#include "app/output.hpp"
#include "harness/journal/read.hpp"
#include "harness/profile/known_failures.hpp"
#include "reports/view/known.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {

RunRecord read_usable_journal(const std::string& file) {
    JournalRead read = read_journal(std::filesystem::path(file));
    constexpr std::size_t enough = 3;  // of a file that is no journal at all
    if (!read.usable && read.problems.size() > enough) {
        read.problems.resize(enough);
    }
    for (const std::string& problem : read.problems) {
        // One that cannot be opened is named by its problem already.
        const std::string place = problem.starts_with(file) ? "" : reports::printable(file) + ": ";
        say(stderr, "gateproof: warning: {}{}\n", place, reports::printable(problem));
    }
    if (!read.usable) {
        throw Unusable(
            fmt::format("{} is no journal that this version reads; gateproof run writes one to "
                        "gateproof-out/run.jsonl",
                        reports::printable(file)));
    }
    return std::move(read.run);
}

MergedRun read_merged(const std::vector<std::string>& files) {
    std::vector<NamedRun> runs;
    runs.reserve(files.size());
    for (const std::string& file : files) {
        runs.push_back({file, read_usable_journal(file)});
    }
    if (runs.size() == 1) {
        return {std::move(runs.front().run), {}};
    }
    MergedRun merged = merge_runs(std::move(runs));
    for (const std::string& conflict : merged.conflicts) {
        say(stderr, "gateproof: warning: {}\n", reports::printable(conflict));
    }
    return merged;
}

std::vector<KnownFailure> load_known(const std::string& file) {
    if (file.empty()) {
        return {};
    }
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
        throw Unusable(fmt::format(
            "--known {0}: there is no such file; an empty list is {{\"known_failures\": []}}, and an entry of it "
            "has check, reason and expires",
            reports::printable(file)));
    }
    LoadedKnownFailures loaded = load_known_failures(file);
    if (!loaded.problems.empty()) {
        std::string message = "unusable list of accepted failures";
        for (const ProfileProblem& problem : loaded.problems) {
            message += '\n' + problem.text();
        }
        throw Unusable(message);
    }
    return std::move(loaded.entries);
}

std::vector<std::string> accept_known(RunRecord& run, const std::vector<KnownFailure>& known) {
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    return reports::known_notes(reports::accept_known(run, known, today), known);
}

}  // namespace gateproof::cli
