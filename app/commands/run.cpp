// gateproof run: profiles in, journal and reports out, exit code by the verdicts.

#include <charconv>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "app/command.hpp"
#include "app/duration.hpp"
#include "app/files.hpp"
#include "app/judging.hpp"
#include "app/output.hpp"
#include "app/record_options.hpp"
#include "app/rerun.hpp"
#include "app/resume.hpp"
#include "app/shard_options.hpp"
#include "app/targets.hpp"
#include "app/version.hpp"
#include "harness/run/client/target.hpp"
#include "harness/run/resume.hpp"
#include "harness/run/shard/shard.hpp"
#include "reports/view/tally.hpp"
#include "reports/view/text.hpp"
#include "selfproof/client_parts.hpp"
#include "suites/catalogue.hpp"
#include "suites/gateway/oauth/needs.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* run_footer = R"(Examples:
  gateproof run                                    the gateway inside this program, both channels
  gateproof run --fault accepts-tls-1.1            the same, broken on purpose: a check must notice
  gateproof run cloud.json desktop.json            two endpoints in one run
  gateproof run cloud.json --suite tls -v          one suite, a line for each check
  gateproof run cloud.json --check 'tls.refuses-*' --exclude tls.refuses-ssl2
  gateproof run cloud.json --report html,csv       which reports to write to --out; none: the journal alone
  gateproof run cloud.json --junit - --quiet       JUnit on standard output
  gateproof run cloud.json --timeout-scale 0.1     the gateway's minute lasts 6 s on this test system
  gateproof run cloud.json --deadline 5m --strict  warnings fail, and it ends within five minutes
  gateproof run --resume gateproof-out/run.jsonl   go on with a run that was killed
  gateproof run --rerun gateproof-out/run.jsonl    once it is repaired: what failed or was not judged is judged again
  gateproof run --rerun run.jsonl --check tls.refuses-1.1 --only fail,pass   this check, whatever it came to
  gateproof run desktop.json --suite oauth --interactive   where the login page wants a person: it says what to press
  gateproof run cloud.json --shard 2/4             the second quarter; gateproof merge makes one journal of four
  gateproof run cloud.json --known known.json --fail-on fail,warning,inconclusive,error,excluded
  gateproof run cloud.json --exclude throttle --fail-on fail,inconclusive,error   what is left out is accepted
  gateproof run cloud.json --requirements 2026-11   the catalogue as it was then judges: newer checks are left out
  gateproof run cloud.json --tester 'Jane Doe' --attest attestations.json   what no check sees, as said and not seen
  gateproof run cloud.json --history runs          keep it among past runs; report.html shows their trend)";

constexpr const char* default_out = "gateproof-out";

struct RunCommand {
    TargetOptions targets;
    ShardOptions sharding;
    AttestOptions attest;
    std::string tester;
    ExitOptions exit;
    HistoryOptions history;
    std::string out = default_out;
    std::vector<std::string> report_names;
    std::string junit;
    std::string journal;
    std::string resume;
    RerunOptions rerun;
    bool verbose = false;
    bool quiet = false;
    std::size_t jobs = 0;
    std::string deadline;
    std::string step_wait = "5m";
    bool no_browser = false;
    std::optional<std::uint64_t> seed;

    void declare(CLI::App& app);
    int execute();
    int judge_targets();

private:
    /// Where things go, and what is judged, follows the run that goes on, unless the command line says otherwise.
    void follow(const RunRecord& earlier);
    [[nodiscard]] std::optional<RunRecord> earlier_run() const;
    /// The journal that is continued; empty: none is.
    [[nodiscard]] const std::string& continued() const { return rerun.given() ? rerun.journal() : resume; }
    /// Says so; the exit code is that of the record.
    int nothing_to_judge(RunRecord run);
    [[nodiscard]] Plan make(Targets loaded, RunOptions& options, const RunRecord* earlier) const;
    [[nodiscard]] RunOptions run_options() const;
    /// What goes to the folder; JUnit has a place of its own when --junit names one.
    [[nodiscard]] std::vector<const reports::Format*> formats() const;
    [[nodiscard]] std::vector<ReportFile> reports_wanted() const;
    [[nodiscard]] std::filesystem::path journal_file() const {
        if (journal.empty()) {
            return continues_in_place_ ? std::filesystem::path(continued()) : std::filesystem::path(out) / "run.jsonl";
        }
        return journal;
    }

    std::vector<std::string> renewed_;  ///< reports beside the journal that is continued, which would be stale
    bool continues_in_place_ = false;   ///< the journal that is continued is also the one that is written
};

/// What `--seed`, `--jobs` and `--deadline` say; the rest is added as it becomes known.
RunOptions RunCommand::run_options() const {
    RunOptions options;
    options.seed = seed;
    options.jobs = jobs;
    options.version = version();
    if (!deadline.empty()) {
        options.deadline = parse_duration(deadline);
    }
    return options;
}

void RunCommand::declare(CLI::App& app) {
    targets.declare(app);
    sharding.declare(app);
    attest.declare(app);
    app.add_option("--tester", tester, "Who runs the checks, for the reports: instead of record.tester of the profiles")
        ->type_name("NAME");
    app.add_option("--out", out, "Folder for run.jsonl (the journal) and the reports")
        ->type_name("DIR")
        ->capture_default_str();
    app.add_option("--report", report_names,
                   "Reports to write there, with commas between them, or none (default: html,junit)")
        ->allow_extra_args(false)  // a profile that follows is not swallowed
        ->delimiter(',')
        ->type_name("FORMAT");
    app.add_option("--junit", junit, "JUnit report here instead; - is standard output")->type_name("FILE");
    app.add_option("--journal", journal, "Journal here instead")->type_name("FILE");
    app.add_option("--resume", resume,
                   "Go on with the run of this journal: what it had judged is kept, the rest is run. Profiles, checks "
                   "and shard are the journal's unless they are given again")
        ->type_name("JOURNAL");
    rerun.declare(app);
    exit.declare(app);
    history.declare(app, true);
    app.add_option("--jobs", jobs, "Checks at once (default: as many as the machine's limits carry)")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, std::size_t{16384}));
    app.add_option("--deadline", deadline,
                   "End the whole run after this time, such as 90s, 1m30s or 5m; a bare number is seconds")
        ->type_name("TIME")
        ->check(&duration_fault);
    app.add_option("--seed", seed, "Seed of every random choice, to repeat a run")
        ->type_name("N")
        ->check([](const std::string& text) {
            std::uint64_t value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            const bool good = error == std::errc() && end == text.data() + text.size();
            return good ? std::string() : "not a whole number from 0 to 18446744073709551615: " + text;
        });
    CLI::Option* const interactive = app.get_option("--interactive");
    app.add_option("--step-wait", step_wait, "How long --interactive waits for each thing that you are to do")
        ->type_name("TIME")
        ->capture_default_str()
        ->needs(interactive)
        ->check(&duration_fault);
    app.add_flag("--no-browser", no_browser, "With --interactive, open no browser; print the addresses alone")
        ->needs(interactive);
    app.add_flag("-v,--verbose", verbose, "A line for each check; evidence of what did not pass");
    app.add_flag("-q,--quiet", quiet, "Print nothing; exit code and reports tell")->excludes(interactive);
    app.footer(formats_help() + "\n" + run_footer);
}

std::vector<const reports::Format*> RunCommand::formats() const {
    if (report_names.empty() && !junit.empty() && !journal.empty()) {
        return {};  // each has a place of its own: nothing is asked of a folder
    }
    std::vector<std::string> names = report_names;
    if (names.empty()) {
        names = {"html", "junit"};
        names.insert(names.end(), renewed_.begin(), renewed_.end());
    }
    std::vector<const reports::Format*> chosen = chosen_formats(names, "--report");
    if (!junit.empty()) {
        std::erase(chosen, reports::find_format("junit"));
    }
    return chosen;
}

std::vector<ReportFile> RunCommand::reports_wanted() const {
    std::vector<ReportFile> files = in_folder(out, formats());
    if (!junit.empty()) {
        files.insert(files.begin(), {reports::find_format("junit"), junit});
    }
    return files;
}

void RunCommand::follow(const RunRecord& earlier) {
    if (targets.profiles.empty()) {
        targets.profiles = profiles_of(earlier, continued());
        targets.named_here = false;
    }
    if (rerun.given() || !earlier.reruns.empty()) {
        std::map<std::string, std::vector<std::string>>& faults = targets.faults_then.emplace();
        for (const TargetRecord& target : earlier.targets) {
            faults.emplace(target.name, target.faults);
        }
    }
    if (journal.empty() && out == default_out) {
        continues_in_place_ = true;
        out = std::filesystem::path(continued()).parent_path().string();
        for (const reports::Format& format : reports::formats()) {
            std::error_code ignored;
            if (std::filesystem::is_regular_file(std::filesystem::path(out) / format.file, ignored)) {
                renewed_.emplace_back(format.name);
            }
        }
    }
}

Plan RunCommand::make(Targets loaded, RunOptions& options, const RunRecord* earlier) const {
    Selection selection = targets.selection();
    // What is given beside --rerun chooses among the checks of the plan, and makes no other one.
    const bool selects = targets.selects() && !rerun.given();
    if (earlier != nullptr && earlier->selection && !selects) {
        selection.suites = earlier->selection->suites;
        selection.checks = earlier->selection->checks;
        selection.excludes = earlier->selection->excludes;
        selection.requirements = earlier->selection->requirements;
    }
    if (earlier != nullptr && !tester.empty()) {
        throw Unusable(
            "--tester: the beginning of the journal says who runs the checks, and stays as it is; leave it out");
    }
    name_tester(loaded.profiles, tester);
    Plan plan = plan_of(std::move(loaded.profiles), selection);
    options.attestations = attest.load(names_in(plan));
    options.secrets = std::move(loaded.secrets);
    options.profile_digests = std::move(loaded.digests);
    options.faults = std::move(loaded.faults);
    options.given = std::move(loaded.given);
    options.plan_digest = plan_digest(plan, options.profile_digests);
    options.whole_plan_digest = whole_plan_digest(plan, options.profile_digests);
    options.earlier = earlier;
    const ShardOptions::Choice choice = sharding.choose(true);
    if (!choice.source.empty() && !quiet) {
        say(stderr, "gateproof: shard {} of {}, says {}\n", choice.shard.index, choice.shard.count,
            reports::printable(choice.source));
    }
    options.shard = earlier != nullptr && !sharding.given() ? earlier->shard : choice.shard;
    if (earlier == nullptr) {
        return shard_of(std::move(plan), options.shard);
    }
    plan = selects ? shard_of(std::move(plan), options.shard)
                   : with_shared_limits(planned_in(std::move(plan), *earlier), options.shard.count);
    require_same_run(continued(), plan, options);
    return plan;
}

std::optional<RunRecord> RunCommand::earlier_run() const {
    if (rerun.given()) {
        return rerun.read();
    }
    return resume.empty() ? std::nullopt : read_resumable(resume, !targets.profiles.empty());
}

int RunCommand::nothing_to_judge(RunRecord run) {
    if (attest.given()) {
        throw Unusable(
            "--attest: there is nothing to judge again, so nothing is written; gateproof merge JOURNAL --attest FILE "
            "--out OTHER adds what is attested to the journal");
    }
    std::FILE* const human = quiet ? nullptr : junit == "-" ? stderr : stdout;
    run.fail_on = exit.fail_on(std::move(run.fail_on));
    run.accepts_excluded = exit.accepts_excluded(run.accepts_excluded);
    run.fails_on_partial = exit.fails_on_partial(run.fails_on_partial);
    exit.accept(run);
    if (human != nullptr) {
        say(human, "{}. The record stands: {}\n", rerun.nothing(targets.selection()),
            reports::headline(reports::Tally(run)));
    }
    return static_cast<int>(exit.judge(run, human));
}

int RunCommand::execute() {
    try {
        return judge_targets();
    } catch (const Unusable& problem) {
        std::string stale;
        if (journal.empty() && continued().empty()) {
            for (const std::filesystem::path& file : old_reports(out)) {
                stale += (stale.empty() ? "" : ", ") + reports::printable(file.string());
            }
        }
        if (stale.empty()) {
            throw;
        }
        throw Unusable(fmt::format("{}\nOf an earlier run, and still there: {}", problem.what(), stale));
    }
}

/// Makes what is missing of them before anything is written or started. Throws Unusable.
void require_test_pkis(const std::vector<Profile>& profiles) {
    for (const Profile& profile : profiles) {
        if (!profile.client || profile.client->embedded) {
            continue;
        }
        try {
            open_test_pki(profile);
        } catch (const std::runtime_error& problem) {
            throw Unusable(problem.what());
        }
    }
}

/// Those that ask a human for something.
std::size_t checks_with_steps(const Plan& plan) {
    return static_cast<std::size_t>(std::ranges::count_if(plan.checks, [&plan](const PlannedCheck& planned) {
        const std::optional<Authority>& authority = plan.targets[planned.target].authority;
        return authority && authority->by_human && planned.skip_reason.empty() &&
               suites::has_human_steps(*planned.check);
    }));
}

int RunCommand::judge_targets() {
    const bool reports_to_folder = !formats().empty();  // first of all: an unknown format is said before the run
    exit.load(!resume.empty() || rerun.given());
    std::optional<RunRecord> earlier = earlier_run();
    RunOptions options = run_options();
    if (rerun.given()) {
        options.again = rerun.choose(*earlier, targets.selection());
        if (options.again.empty()) {
            return nothing_to_judge(std::move(*earlier));
        }
    }
    if (earlier) {
        follow(*earlier);
    }
    EmbeddedGateway gateway(targets.faults, targets.timeout_scale);
    Targets loaded = load_targets(targets, gateway);
    if (!quiet) {
        say_warnings(loaded);
    }
    if (loaded.judges_clients()) {
        require_test_pkis(loaded.profiles);
        options.client_target = selfproof::embedded_client_targets(gateway.client_faults());
    }
    options.fail_on = exit.fail_on(earlier ? earlier->fail_on : default_fail_on());
    options.accepts_excluded = exit.accepts_excluded(earlier && earlier->accepts_excluded);
    options.fails_on_partial = exit.fails_on_partial(earlier && earlier->fails_on_partial);
    options.known = exit.known() || !earlier ? exit.known() : judged_today(earlier->known);
    const Plan plan = make(std::move(loaded), options, earlier ? &*earlier : nullptr);
    options.human.patience = std::chrono::ceil<std::chrono::seconds>(*parse_duration(step_wait));
    options.human.checks = checks_with_steps(plan);
    if (journal.empty() || reports_to_folder) {
        prepare_folder(out, "--out");
    }
    history.prepare();
    if (earlier) {
        copy_journal(continued(), journal_file());
    }
    if (journal_file() == std::filesystem::path(out) / "run.jsonl") {
        remove_old_reports(out);
    }
    std::FILE* const human = junit == "-" ? stderr : stdout;
    ViewOptions view = view_options_for(human, verbose, quiet);
    view.opens_browser = targets.interactive && !no_browser;
    return static_cast<int>(judge({.plan = plan,
                                   .catalogue = suites::catalogue(),
                                   .options = options,
                                   .exit = exit,
                                   .view = view,
                                   .journal = journal_file(),
                                   .reports = reports_wanted(),
                                   .history = history})
                                .code);
}

}  // namespace

Command add_run(CLI::App& root) {
    CLI::App* app = root.add_subcommand("run", "Run the checks against one or more endpoints");
    const auto command = std::make_shared<RunCommand>();
    command->declare(*app);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
