#include "app/resume.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <system_error>

#include "app/command.hpp"
#include "app/journals.hpp"
#include "app/output.hpp"
#include "harness/journal/codec.hpp"
#include "harness/journal/read.hpp"
#include "harness/json/read_file.hpp"
#include "harness/run/resume.hpp"
#include "harness/text/input_file.hpp"
#include "profiles/builtin.hpp"
#include "reports/view/text.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::cli {
namespace {

std::string shown_file(const std::filesystem::path& file) {
    return reports::printable(file.string());
}

/// The file ends before its first line does: the run was killed as it began.
bool holds_no_line(const std::filesystem::path& file) {
    InputFile opened = open_input_file(file);
    const std::string beginning = read_at_most(opened.in, max_journal_line);
    return beginning.size() <= max_journal_line && beginning.find('\n') == std::string::npos;
}

/// Links count as what they lead to. Of the root of the file system, which holds everything, what lies in it directly.
bool lies_in(const std::filesystem::path& file, const std::filesystem::path& folder) {
    std::error_code error;
    const std::filesystem::path real = std::filesystem::weakly_canonical(file, error);
    const std::filesystem::path within = std::filesystem::canonical(folder.empty() ? "." : folder, error);
    if (error || real.empty()) {
        return false;
    }
    if (within == within.root_path()) {
        return real.parent_path() == within;
    }
    return std::mismatch(within.begin(), within.end(), real.begin(), real.end()).first == within.end();
}

}  // namespace

std::optional<RunRecord> read_resumable(const std::filesystem::path& journal, bool can_begin) {
    const auto begin_anew = [&](std::string_view why) {
        if (!can_begin) {
            throw Unusable(fmt::format("{} {}; to begin a new run, give the profiles too", shown_file(journal), why));
        }
        say(stderr, "gateproof: {} {}: a new run begins\n", shown_file(journal), why);
        return std::nullopt;
    };
    std::error_code ignored;
    if (!std::filesystem::exists(journal, ignored)) {
        return begin_anew("does not exist");
    }
    const JournalRead read = read_journal(journal);
    if ((read.usable && read.run.checks.size() < read.run.planned) ||
        (!read.usable && std::filesystem::is_regular_file(journal, ignored) && holds_no_line(journal))) {
        return begin_anew("was cut off before its run began");
    }
    RunRecord run = read_usable_journal(journal.string());
    if (run.end_reason == EndReason::complete) {
        return begin_anew("tells of a run that is complete");
    }
    return run;
}

std::vector<std::string> profiles_of(const RunRecord& earlier, const std::filesystem::path& journal) {
    std::vector<std::string> names;
    std::string elsewhere;
    for (const TargetRecord& target : earlier.targets) {
        std::string name = target.profile_file.empty() ? target.name : target.profile_file;
        if (find_builtin(name) == nullptr && !lies_in(name, journal.parent_path()) && !lies_in(name, {})) {
            elsewhere += "\n  " + shown_file(name);
        }
        names.push_back(std::move(name));
    }
    if (!elsewhere.empty()) {
        throw Unusable(fmt::format(
            "{} names profiles outside of its own folder and of the current one:{}\nA profile says which secrets are "
            "read and where they are sent, and whoever wrote the journal may have chosen it: give it on the command "
            "line again if it is yours",
            shown_file(journal), elsewhere));
    }
    for (const std::string& name : names) {
        say(stderr, "gateproof: {} names the profile {}, which is read now with the files and variables it refers to\n",
            shown_file(journal), shown_file(name));
    }
    return names;
}

void require_same_run(const std::filesystem::path& journal, const Plan& plan, const RunOptions& options) {
    const std::vector<std::string> obstacles = resume_obstacles(*options.earlier, plan, options, suites::catalogue());
    if (obstacles.empty()) {
        return;
    }
    const bool again = !options.again.empty();
    std::string message = fmt::format("{} cannot be {}, since this is not the same run:", shown_file(journal),
                                      again ? "judged again" : "resumed");
    for (const std::string& obstacle : obstacles) {
        message += "\n  " + reports::printable(obstacle);
    }
    message += "\nOptions that it was begun with, such as --interactive, --addresses and --repeat, are given again.";
    throw Unusable(message + (again ? "\nPut that back as it was, or begin a new run without --rerun."
                                    : "\nBegin a new run without --resume."));
}

void copy_journal(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::error_code error;
    if (std::filesystem::equivalent(from, to, error)) {
        return;
    }
    if (!std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing, error)) {
        throw Unusable(fmt::format("cannot write the journal {}: {}", shown_file(to), error.message()));
    }
}

}  // namespace gateproof::cli
