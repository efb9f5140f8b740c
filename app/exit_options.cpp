#include "app/exit_options.hpp"

#include <algorithm>

#include "app/output.hpp"
#include "reports/view/tally.hpp"

namespace gateproof::cli {

void ExitOptions::declare(CLI::App& app) {
    app.add_option(
           "--fail-on", fail_on_,
           "What is no success: fail, warning (exit code 1), inconclusive, error, skipped, excluded (what "
           "--exclude left out though it would have run), partial (a requirement that was not judged whole, or "
           "a selection): exit code 3 for all of these; or never. Default: fail,inconclusive,error,excluded, to which "
           "partial alone is added")
        ->allow_extra_args(false)
        ->delimiter(',')
        ->check(CLI::IsMember({"fail", "warning", "inconclusive", "error", "skipped", "excluded", "partial", "never"}))
        ->type_name("OUTCOMES");
    app.add_flag("--strict", strict_, "Exit with 1 for warnings too");
    known_.declare(app, "they do not count");
}

std::set<Outcome> ExitOptions::fail_on(std::set<Outcome> otherwise) const {
    std::set<Outcome> outcomes = std::move(otherwise);
    if (names_outcomes()) {
        outcomes.clear();
        for (const std::string& word : fail_on_) {
            if (const auto outcome = outcome_from(word)) {
                outcomes.insert(*outcome);
            }
        }
    }
    if (strict_) {
        outcomes.insert(Outcome::warning);
    }
    return outcomes;
}

bool ExitOptions::names_outcomes() const {
    return std::ranges::any_of(fail_on_, [](const std::string& word) { return word != "partial"; });
}

bool ExitOptions::fails_on_partial(bool otherwise) const {
    return fail_on_.empty() ? otherwise : std::ranges::find(fail_on_, "partial") != fail_on_.end();
}

bool ExitOptions::accepts_excluded(bool otherwise) const {
    return names_outcomes() ? std::ranges::find(fail_on_, "excluded") == fail_on_.end() : otherwise;
}

reports::ExitCode ExitOptions::judge(const RunRecord& run, std::FILE* out) const {
    const reports::ExitCode code = reports::exit_code(run);
    if (out != nullptr) {
        for (const std::string& note : known_.notes()) {
            say(out, "note: {}\n", note);
        }
        if (run.fail_on != default_fail_on() || run.excluded_count() > 0 || run.fails_on_partial) {
            say(out, "{} (exit code {})\n", reports::headline(reports::Tally(run)), static_cast<int>(code));
        }
    }
    return known_.judge(code, out);
}

}  // namespace gateproof::cli
