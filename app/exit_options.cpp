#include "app/exit_options.hpp"


#include "app/journals.hpp"
#include "app/output.hpp"
#include "reports/text.hpp"

namespace gateproof::cli {

void ExitOptions::declare(CLI::App& app) {
    app.add_option("--fail-on", fail_on_,
                   "What is no success: fail, warning (exit code 1), inconclusive, error, skipped (exit code 3); or "
                   "never. Default: fail,inconclusive,error")
        ->allow_extra_args(false)
        ->delimiter(',')
        ->check(CLI::IsMember({"fail", "warning", "inconclusive", "error", "skipped", "never"}))
        ->type_name("OUTCOMES");
    app.add_flag("--strict", strict_, "Exit with 1 for warnings too");
    app.add_option("--known", known_file_,
                   "Accepted failures, each with a reason and an expiry date: they do not count")
        ->type_name("FILE");
}

void ExitOptions::load() {
    known_ = load_known(known_file_);
}

void ExitOptions::accept(RunRecord& run) {
    notes_ = accept_known(run, known_);
}

reports::ExitCode ExitOptions::judge(const RunRecord& run, std::FILE* out) const {
    reports::ExitPolicy policy;
    if (!fail_on_.empty()) {
        policy.fail_on.clear();
        for (const std::string& word : fail_on_) {
            if (const auto outcome = outcome_from(word)) {
                policy.fail_on.insert(*outcome);
            }
        }
    }
    if (strict_) {
        policy.fail_on.insert(Outcome::warning);
    }
    if (out != nullptr) {
        for (const std::string& note : notes_) {
            say(out, "note: {}\n", note);
        }
    }
    return reports::exit_code(run, policy);
}

}  // namespace gateproof::cli
