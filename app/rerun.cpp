#include "app/rerun.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <system_error>

#include "app/command.hpp"
#include "app/journals.hpp"
#include "app/output.hpp"
#include "harness/run/resume.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

constexpr std::string_view not_run = "not-run";

const std::vector<std::string>& usual() {
    static const std::vector<std::string> words{"fail", "inconclusive", "error", std::string(not_run)};
    return words;
}

}  // namespace

void RerunOptions::declare(CLI::App& app) {
    CLI::Option* const rerun =
        app.add_option(
               "--rerun", journal_,
               "Judge checks of this journal's run again: what failed, was inconclusive or in error, or was not "
               "run, of what --suite, --check and --exclude choose. All attempts are kept, the latest counts. "
               "Profiles and plan are the journal's")
            ->type_name("JOURNAL")
            ->excludes(app.get_option("--resume"));
    app.add_option("--only", only_,
                   "With --rerun: judge again what came to this, instead of fail,inconclusive,error,not-run")
        ->needs(rerun)
        ->allow_extra_args(false)
        ->delimiter(',')
        ->check(CLI::IsMember({"fail", "inconclusive", "error", "not-run", "warning", "pass", "skipped"}))
        ->type_name("OUTCOMES");
}

RunRecord RerunOptions::read() const {
    std::error_code ignored;
    if (!std::filesystem::exists(journal_, ignored)) {
        throw Unusable(
            fmt::format("--rerun {}: there is no such file; it takes the journal of a run, such as "
                        "gateproof-out/run.jsonl",
                        reports::printable(journal_)));
    }
    RunRecord run = read_usable_journal(journal_);
    if (run.checks.size() < run.planned || run.checks.empty()) {
        throw Unusable(
            fmt::format("--rerun {}: it was cut off before its run began, so there is nothing to judge "
                        "again; run without --rerun",
                        reports::printable(journal_)));
    }
    return run;
}

std::vector<std::size_t> RerunOptions::choose(const RunRecord& run, const Selection& selection) const {
    const bool frozen = run.catalogue.frozen && run.catalogue.version == selection.requirements;
    if (!selection.requirements.empty() && !frozen) {
        throw Unusable(fmt::format(
            "--requirements {}: {} was {}, and is judged again by the same; leave --requirements out, or begin a new "
            "run without --rerun",
            reports::printable(selection.requirements), reports::printable(journal_),
            run.catalogue.frozen
                ? fmt::format("judged by the catalogue {} as it was frozen", reports::printable(run.catalogue.version))
                : std::string("not judged by a frozen version of the catalogue")));
    }
    Again again;
    again.outcomes.clear();
    again.not_run = false;
    for (const std::string& word : only_.empty() ? usual() : only_) {
        if (const std::optional<Outcome> outcome = outcome_from(word)) {
            again.outcomes.insert(*outcome);
        }
        again.not_run = again.not_run || word == not_run;
    }
    again.selection = selection;
    ChosenAgain chosen = choose_again(run, again);
    if (!chosen.unmatched.empty()) {
        throw Unusable(fmt::format("{} matches no check that {} planned; gateproof report {} -v names them",
                                   shown_word(chosen.unmatched.front()), reports::printable(journal_),
                                   reports::printable(journal_)));
    }
    return std::move(chosen.places);
}

std::string RerunOptions::nothing(const Selection& selection) const {
    const bool selects = !selection.suites.empty() || !selection.checks.empty() || !selection.excludes.empty();
    std::string text = fmt::format("nothing to judge again: no check {}in {} is {}", selects ? "of those chosen " : "",
                                   reports::printable(journal_), fmt::join(only_.empty() ? usual() : only_, ", "));
    return only_.empty() ? text + "; --only takes others, --only pass those that passed" : text;
}

}  // namespace gateproof::cli
