#include "app/journals.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "app/command.hpp"
#include "app/output.hpp"
#include "harness/journal/read.hpp"
#include "reports/view/known.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {

RunRecord read_usable_journal(const std::string& file) {
    if (std::error_code ignored; !std::filesystem::exists(file, ignored)) {
        throw Unusable(fmt::format("there is no journal {}; gateproof run writes one to gateproof-out/run.jsonl",
                                   reports::printable(file)));
    }
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
    reports::accept_known(read.run);
    return std::move(read.run);
}

MergedRun read_merged(const std::vector<std::string>& files, const KnownOptions& known) {
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
    if (!merged.known_conflict.empty() && !known.list()) {
        say(stderr, "gateproof: warning: {}\n", reports::printable(merged.known_conflict));
    }
    reports::accept_known(merged.run);
    return merged;
}

}  // namespace gateproof::cli
