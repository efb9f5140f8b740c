// gateproof known: begins a list of known failures from what a run found, or adds to one.

#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/command.hpp"
#include "app/files.hpp"
#include "app/journals.hpp"
#include "app/known_options.hpp"
#include "app/output.hpp"
#include "harness/journal/facts.hpp"
#include "harness/json/read_file.hpp"
#include "harness/text/day.hpp"
#include "reports/view/known.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* known_footer = R"(Examples:
  gateproof known init known.json gateproof-out/run.jsonl             an entry for each failure, with what was found
  gateproof known init known.json run.jsonl --skips                   and one for each check that was not tried
  gateproof known update known.json run.jsonl --expires 2026-12-31    entries for what was found beyond the list

Each new entry has a reason that says FILL IN; until it is filled in, no command takes the list.
Exit codes: 0 written, or nothing to add; 2 unusable.)";

/// A file with more is refused when it is read.
constexpr std::size_t most_entries = 1000;
constexpr int days_by_default = 90;

struct KnownCommand {
    std::string file;
    std::vector<std::string> journals;
    std::string expires;
    bool skips = false;
    bool force = false;

    int init() const;
    int update() const;

private:
    [[nodiscard]] RunRecord run() const;
    [[nodiscard]] std::string last_day() const;
    /// Adds what the run found and its list does not cover; returns how many entries.
    std::size_t add_to(Json& list, const RunRecord& run, const reports::KnownOutcome& known) const;
    void write(const Json& list, std::size_t added) const;
};

void declare(CLI::App& app, const std::shared_ptr<KnownCommand>& command) {
    app.add_option("FILE", command->file, "The list of known failures")->required();
    app.add_option("JOURNAL", command->journals, "Journal of a run; several are merged")->required();
    app.add_option("--expires", command->expires,
                   "Last day of new entries, such as 2026-12-31 (default: 90 days from today)")
        ->type_name("DAY")
        ->check([](const std::string& text) {
            return day_from(text) ? std::string() : "not a day such as 2026-12-31: " + text;
        });
    app.add_flag("--skips", command->skips, "Expected skips too: what applies and was not tried");
    app.footer(known_footer);
}

RunRecord KnownCommand::run() const {
    return read_merged(journals, KnownOptions()).run;
}

std::string KnownCommand::last_day() const {
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    return expires.empty() ? iso_day(today + std::chrono::days(days_by_default)) : expires;
}

Json entry_of(const CheckRecord& check) {
    Json entry = Json::object();
    entry["check"] = check.full_id();
    entry["target"] = check.target;
    return entry;
}

std::size_t KnownCommand::add_to(Json& list, const RunRecord& run, const reports::KnownOutcome& known) const {
    using Kind = reports::KnownJudgement::Kind;
    std::size_t added = 0;
    for (std::size_t i = 0; i < run.checks.size(); ++i) {
        const CheckRecord& check = run.checks[i];
        const CheckResult result = run.result_of(check);
        const reports::KnownJudgement& judgement = known.of_check[i];
        const bool finding = result.outcome == Outcome::fail ||
                             (result.outcome == Outcome::warning && run.fail_on.contains(Outcome::warning));
        if (finding && (judgement.kind == Kind::none || judgement.kind == Kind::beyond)) {
            Json entry = entry_of(check);
            entry["reason"] = "FILL IN: why it is accepted, and what is done about it";
            entry["expires"] = last_day();
            if (result.outcome != Outcome::fail) {
                entry["outcomes"] = {to_string(result.outcome)};
            }
            entry["found"] = judgement.kind == Kind::beyond ? judgement.new_facts : facts_of(result);
            list["known_failures"].push_back(std::move(entry));
            ++added;
        }
        const bool not_tried = result.outcome == Outcome::skipped && result.skip == Skip::not_tried;
        if (skips && not_tried && known.expected_skips[i].empty()) {
            Json entry = entry_of(check);
            entry["reason"] = "FILL IN: why it is not tried here (" + result.sentence + ")";
            list["expected_skips"].push_back(std::move(entry));
            ++added;
        }
    }
    return added;
}

void KnownCommand::write(const Json& list, std::size_t added) const {
    for (const char* const name : {"known_failures", "expected_skips"}) {
        if (list.contains(name) && list.at(name).size() > most_entries) {
            throw Unusable(fmt::format("{}: more than {} entries of {}; accept suites or patterns of checks, by hand",
                                       reports::printable(file), most_entries, name));
        }
    }
    write_file(file, list.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    say(stdout, "{}: {} new entr{}{}\n", reports::printable(file), added, added == 1 ? "y" : "ies",
        added == 0 ? "" : "; say in each why it is accepted, in place of FILL IN");
}

int KnownCommand::init() const {
    std::error_code ignored;
    if (!force && std::filesystem::exists(file, ignored)) {
        throw Unusable(fmt::format("{0} is there already; gateproof known update {0} adds to it, --force begins anew",
                                   reports::printable(file)));
    }
    RunRecord record = run();
    record.known.reset();
    const reports::KnownOutcome known = reports::accept_known(record);
    Json list = Json::object();
    list["known_failures"] = Json::array();
    write(list, add_to(list, record, known));
    return 0;
}

int KnownCommand::update() const {
    RunRecord record = run();
    record.known = load_known(file);
    const reports::KnownOutcome known = reports::accept_known(record);
    Json list = Json::parse(read_bounded_file(file, "list of known failures").text);  // it was read strictly just now
    const std::size_t added = add_to(list, record, known);
    for (const std::string& note : reports::known_notes(known, record, *record.known)) {
        say(stderr, "gateproof: note: {}\n", note);
    }
    // What it covers by an entry that is over is no new finding, and still counts.
    const std::vector<std::size_t>& over = known.expired;
    if (!over.empty()) {
        say(stdout, "{}: {} entr{} expired and cover{} nothing; give {} a later day\n", reports::printable(file),
            over.size(), over.size() == 1 ? "y has" : "ies have", over.size() == 1 ? "s" : "",
            over.size() == 1 ? "it" : "them");
    }
    if (added == 0) {
        if (over.empty()) {
            say(stdout, "{}: nothing to add\n", reports::printable(file));
        }
        return 0;
    }
    write(list, added);
    return 0;
}

}  // namespace

Command add_known(CLI::App& root) {
    CLI::App* known = root.add_subcommand("known", "Begin a list of known failures, or add to one");
    known->require_subcommand(1);
    known->footer(known_footer);
    const auto command = std::make_shared<KnownCommand>();
    CLI::App* init = known->add_subcommand("init", "Write a list of what a run found");
    declare(*init, command);
    init->add_flag("--force", command->force, "Overwrite the file");
    CLI::App* update = known->add_subcommand("update", "Add what a run found beyond the list");
    declare(*update, command);
    return {known, [command, init] { return init->parsed() ? command->init() : command->update(); }};
}

}  // namespace gateproof::cli
