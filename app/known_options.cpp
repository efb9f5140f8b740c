#include "app/known_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>

#include "app/command.hpp"
#include "app/output.hpp"
#include "harness/profile/known_failures.hpp"
#include "reports/view/known.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* nothing_to_be_strict_with =
    "--known-strict: there is no list to be strict with; give it with --known FILE";

std::chrono::sys_days today() {
    return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

}  // namespace

KnownList load_known(const std::string& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
        throw Unusable(
            fmt::format("--known {0}: there is no such file; gateproof known init {0} run.jsonl begins one from what a "
                        "run found, and an empty list is {{\"known_failures\": []}}",
                        reports::printable(file)));
    }
    LoadedKnownFailures loaded = load_known_failures(file);
    if (!loaded.problems.empty()) {
        std::string message = "unusable list of known failures";
        for (const ProfileProblem& problem : loaded.problems) {
            message += '\n' + problem.text();
        }
        throw Unusable(message);
    }
    loaded.list.judged = today();
    return std::move(loaded.list);
}

std::optional<KnownList> judged_today(std::optional<KnownList> carried) {
    if (carried) {
        carried->judged = std::max(carried->judged, today());
    }
    return carried;
}

void KnownOptions::declare(CLI::App& app, std::string_view does) {
    app.add_option("--known", file_,
                   fmt::format("Known failures, each with a reason and an expiry date, and expected skips: {}", does))
        ->type_name("FILE");
    app.add_flag("--known-strict", strict_,
                 "Exit with 1 where an entry of that list has expired or covers nothing any more");
}

void KnownOptions::load(bool carried) {
    if (!file_.empty()) {
        list_ = load_known(file_);
    } else if (strict_ && !carried) {
        throw Unusable(nothing_to_be_strict_with);
    }
}

void KnownOptions::accept(RunRecord& run) {
    if (list_) {
        run.known = list_;
    }
    const reports::KnownOutcome outcome = reports::accept_known(run);
    if (!run.known) {
        return;
    }
    judged_ = true;
    for (const auto& [told, all] : {std::pair(reports::known_notes(outcome, run, *run.known), &notes_),
                                    std::pair(reports::stale_notes(outcome, *run.known), &stale_)}) {
        std::ranges::copy(told, std::back_inserter(*all));
    }
}

reports::ExitCode KnownOptions::judge(reports::ExitCode otherwise, std::FILE* out) const {
    using reports::ExitCode;
    const bool none = strict_ && !list_ && !judged_;
    if (!strict_ || (stale_.empty() && !none) ||
        (otherwise != ExitCode::passed && otherwise != ExitCode::inconclusive)) {
        return otherwise;
    }
    if (none) {
        throw Unusable(nothing_to_be_strict_with);
    }
    if (out != nullptr) {
        say(out, "--known-strict: {} of the list of known failures {} nothing that may be accepted (exit code {}):\n",
            stale_.size() == 1 ? "an entry" : fmt::format("{} entries", stale_.size()),
            stale_.size() == 1 ? "covers" : "cover", static_cast<int>(ExitCode::failed));
        for (const std::string& line : stale_) {
            say(out, "  {}\n", line);
        }
    }
    return ExitCode::failed;
}

}  // namespace gateproof::cli
