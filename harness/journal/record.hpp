// A run as its journal tells it: the plain data that every report is made from.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/attestation.hpp"
#include "harness/model/clock.hpp"
#include "harness/model/evidence.hpp"
#include "harness/model/known_failure.hpp"
#include "harness/model/record_details.hpp"
#include "harness/model/requirement.hpp"
#include "harness/model/scenario.hpp"
#include "harness/model/selection.hpp"
#include "harness/model/side.hpp"
#include "harness/model/verdict.hpp"

namespace gateproof {

/// "must"; empty where it is not recorded.
std::string_view to_string(const std::optional<Level>& level);

/// One of the things that published documents, which contradict each other, say of a requirement.
struct ReadingRecord {
    std::string name;  ///< "SE-2021"
    std::string sentence;
    std::string source;
};

struct RequirementRecord {
    std::string id;
    std::string sentence;
    std::string source;
    std::optional<Level> level = {};           ///< empty: not recorded
    std::vector<std::string> channels = {};    ///< of which it is asked; empty: every channel
    std::vector<ReadingRecord> readings = {};  ///< TargetRecord::readings says which one judged; empty: there is one
};

/// A document that requirements come from, as Document is.
struct DocumentRecord {
    std::string id;
    std::string title;
    std::string publisher;
    std::string date;

    bool operator==(const DocumentRecord&) const = default;
};

/// The state of the requirement catalogue that judged.
struct CatalogueRecord {
    std::string version = {};  ///< "2026-11"; empty: not recorded, or merged from runs of different ones
    bool frozen = false;       ///< asked for (--requirements): the checks that are newer were left out
    std::size_t newer = 0;     ///< checks that the program knows beyond that version
    std::vector<DocumentRecord> documents = {};  ///< that the requirements of the run name

    bool operator==(const CatalogueRecord&) const = default;
};

struct CheckResult {
    Outcome outcome = Outcome::inconclusive;
    std::string sentence;
    std::string remedy;
    std::chrono::system_clock::time_point started;
    std::chrono::milliseconds duration{0};
    bool flaky = false;  ///< a control had to be retried
    std::vector<Observation> evidence;
    std::size_t observations_dropped = 0;
    /// A secret was kept back from a server that had not proved itself, so that nothing was judged.
    bool withheld = false;
    Skip skip = Skip::not_applicable;  ///< of what was skipped
    /// What the judge listed (Verdict::found); facts_of() has what stands for it where there is nothing.
    std::vector<std::string> found = {};
};

/// Why an outcome is accepted, and until when. It follows from the list of known failures (RunRecord::known).
struct Acceptance {
    std::string reason;
    std::chrono::sys_days expires;  ///< last day (UTC)
    /// Facts that the list knows and that are not found any more; only of entries that say what was found.
    std::vector<std::string> gone = {};
    bool wide = false;  ///< an entry covers the check whatever is found
};

/// What a check proves.
enum class Scenario {
    positive,  ///< a service
    negative,  ///< a refusal
};
/// "positive"
std::string_view to_string(Scenario scenario);

/// What a plan says of a check, be it run or left out.
struct PlannedEntry {
    std::string suite;
    std::string id;
    std::string title = {};                      ///< of the case, where the check has cases
    std::vector<std::string> requirements = {};  ///< ids; look up in RunRecord::requirements
    std::string case_name = {};                  ///< of a check whose cases are data of the profile; empty: it has none
    std::optional<Scenario> scenario = {};       ///< empty: not recorded
    std::vector<std::string> adds = {};          ///< those of them that it merely adds to; it decides the others

    /// "permission.outcome[other-customer]"; the bare id for a check without cases. Unique within a target.
    [[nodiscard]] std::string full_id() const;
    /// The check proves what the requirement says.
    [[nodiscard]] bool decides(std::string_view requirement) const;
};

struct CheckRecord : PlannedEntry {
    std::string target;                       ///< profile name
    std::string skip_reason = {};             ///< empty: the plan says run
    std::optional<CheckResult> result = {};   ///< empty: planned to run, but the run ended first
    std::size_t position = 0;                 ///< in the whole plan, of which a shard holds a part
    std::optional<Acceptance> accepted = {};  ///< a known failure (--known)
    Skip skip = Skip::not_applicable;         ///< what skip_reason means
    /// Why it is not accepted though the list knows a failure of the check: "known.json:3 ... does not know: ...".
    std::string beyond_known = {};
    std::string expected_skip = {};  ///< why that it was not tried is accepted; empty: it is not
    /// Results of the attempts before the latest (--rerun), in their order. Where there are some and no `result`, one
    /// more was asked for and has not come to a verdict.
    std::vector<CheckResult> earlier = {};

    /// Of which `result` is, or which is still to come; from 1.
    [[nodiscard]] std::size_t attempt() const { return earlier.size() + 1; }
    /// What its attempts have come to: the latest result's outcome. One that was asked for and has no verdict takes
    /// back what was better than inconclusive; what was worse still counts. Empty: it was never judged.
    [[nodiscard]] std::optional<Outcome> standing() const;
    /// Of the attempt that `standing` is of: the latest, or the one before where a further one has no verdict and takes
    /// nothing back. Null: there is none.
    [[nodiscard]] const CheckResult* standing_result() const;
};

/// A check that the selection left out of the run. Kept apart from CheckRecord, once for all of its targets: a run of
/// one check against hundreds of endpoints leaves out a hundred thousand.
struct LeftOutCheck : PlannedEntry {
    std::string by;                         ///< the option that left it out: "--exclude throttle"
    bool excluded = false;                  ///< taken out of what was asked for; otherwise it was not asked for at all
    std::string skipped_anyway = {};        ///< why the plan would have skipped it; empty: it would have run
    std::vector<std::string> targets = {};  ///< names of those that would have had it
    std::string newer_than = {};            ///< the version of the catalogue that judges and lacks it; empty: not so
    Skip skip = Skip::not_applicable;       ///< what skipped_anyway means

    /// "not selected: left out by --exclude throttle"
    [[nodiscard]] std::string sentence() const;
};

/// A certificate that a profile gives, so that reports can say when it expires. Never its key.
struct CertificateRecord {
    std::string role;  ///< of the identity: "enrolled", "second" ...
    std::string subject;
    std::string issuer;
    std::string sha256;  ///< fingerprint, upper-case hex
    std::optional<std::chrono::system_clock::time_point> not_before;
    std::optional<std::chrono::system_clock::time_point> not_after;
};

/// An endpoint that served us and does so no more: a ban, for all that can be seen from here. Or client software that
/// never was served.
struct CutOff {
    std::chrono::system_clock::time_point since;  ///< the first control that was not served any more
    std::vector<std::string> after;  ///< ids of the last checks before it that prove refusals, the last one first
    std::string answer;              ///< what controls are answered with since: "connection reset"
    /// Of client software that the conforming gateway never served: what to do about it; empty: it is an endpoint.
    std::string advice = {};

    /// "cut off since 15:36:02 UTC, after mtls.self-signed-refused: ...; probably a ban"
    [[nodiscard]] std::string sentence() const;
    [[nodiscard]] std::string remedy() const;
    /// Of a check that was not run because of it: inconclusive.
    [[nodiscard]] CheckResult not_run() const;
};

struct TargetRecord {
    std::string name;
    std::string title;
    std::string environment;
    std::string channel;
    std::string url;
    std::string profile_file;
    std::vector<CertificateRecord> identities = {};  ///< client certificates, by role
    std::string profile_digest = {};  ///< of the profile and its certificates, without secrets; empty: not recorded
    std::size_t repeat = 0;  ///< how often a refusal was tried (limits.repeat, --repeat, --quick); 0: not recorded
    /// How the clock of the machine that ran the checks stood to the endpoint's; empty: no check rested on a time.
    std::optional<ClockReading> clock = {};
    /// The reading that judged, by the id of its requirement; "profile" where the profile's values are those of none.
    std::map<std::string, std::string> readings = {};
    std::vector<std::string> faults = {};  ///< in which the gateway inside the program was broken on purpose
    std::optional<CutOff> cut_off = {};    ///< given: its checks that have no result were not run because of it
    RecordDetails details = {};
    Side side = Side::gateway;  ///< client: software is judged, and `url` is what it calls
    /// What else the command line said of how it is judged, as words for one that judges it again: "--repeat", "1".
    std::vector<std::string> given = {};
    std::vector<ScenarioTable> templates = {};  ///< of test reports that are handed in row for row
};

/// Which part of a plan a run is: `index` of `count`, from 1. The whole plan is 1 of 1.
struct Shard {
    std::size_t index = 1;
    std::size_t count = 1;

    auto operator<=>(const Shard&) const = default;
};

/// A run that was killed or stopped, and went on in another process.
struct Resumption {
    std::chrono::system_clock::time_point at;
    std::string hostname;
    std::size_t kept = 0;  ///< checks that had a result by then

    bool operator==(const Resumption&) const = default;
};

/// One more attempt at a check that was asked for.
struct AttemptAsked {
    std::string target;
    std::string check;
    std::string case_name = {};  ///< CheckRecord::case_name
    std::size_t attempt = 1;     ///< its number; 1 where the check had no result before

    bool operator==(const AttemptAsked&) const = default;
};

/// Checks of a run that were judged again in another process.
struct Rerun {
    std::chrono::system_clock::time_point at;
    std::string hostname;
    std::vector<AttemptAsked> checks = {};

    bool operator==(const Rerun&) const = default;
};

inline std::set<Outcome> default_fail_on() {
    return {Outcome::fail, Outcome::inconclusive, Outcome::error};
}

/// How a run ended.
enum class EndReason {
    killed,       ///< nobody could say any more; also of a run that goes on
    complete,     ///< every check of the plan has its result
    interrupted,  ///< by SIGINT or SIGTERM
    deadline,     ///< --deadline
    journal,      ///< the journal could not be written on
    cut_off,      ///< an endpoint served us no more, and its checks were not run on
    incomplete,   ///< merged without every shard, or judged again in part while others have no verdict
    unknown,      ///< a later version of the program knows
};
/// "complete"; for killed "killed", which no journal holds.
std::string_view to_string(EndReason reason);

/// What a journal begins with, and every report of a run needs.
struct RunHead {
    int schema = 1;
    std::string tool_version = {};
    std::chrono::system_clock::time_point started = {};
    std::string hostname = {};
    std::uint64_t seed = 0;        ///< a decimal string in JSON: 64 bits do not fit a JSON number everywhere
    std::string plan_digest = {};  ///< of the whole plan, the same for all its shards; empty: not recorded
    Shard shard = {};
    /// Of a shard: what makes load on its endpoints from another one, perhaps at the same time ("throttle.engages of
    /// cloud-test").
    std::vector<std::string> load_elsewhere = {};
    std::size_t planned = 0;   ///< checks that the beginning of the journal announces; 0: not recorded
    double timeout_scale = 1;  ///< --timeout-scale: every time of the profiles' `timeouts` was multiplied by it
    /// Outcomes that are no success (--fail-on, --strict).
    std::set<Outcome> fail_on = default_fail_on();
    std::map<std::string, std::string> suites = {};  ///< titles by suite id
    /// What the run was asked to judge; empty: not recorded, or merged from runs that were asked different things.
    std::optional<Selection> selection = {};
    /// Checks that the plan of these targets holds without a selection, over all shards; 0: not recorded, so that what
    /// was left out is not known.
    std::size_t whole_plan = 0;
    /// SHA-256 of that plan, each check with its decision, whatever was selected of it: runs that have the same are
    /// parts of one plan. Empty: not recorded, or merged from runs of different ones.
    std::string whole_plan_digest = {};
    std::vector<std::string> plan_suites = {};  ///< of which the whole plan is made; empty: of every suite
    bool fails_on_partial = false;              ///< a run that judged a part alone is no success (--fail-on partial)
    /// What every page of a report says of it ("PARTIAL"); no part of a journal: who packs the reports says so.
    std::string stamp = {};
    bool accepts_excluded = false;  ///< what --exclude left out is accepted (--fail-on without "excluded")
    CatalogueRecord catalogue = {};
};

struct RunRecord : RunHead {
    std::optional<std::chrono::system_clock::time_point> ended;  ///< empty: the run was killed
    EndReason end_reason = EndReason::killed;
    std::vector<Resumption> resumptions;  ///< in their order
    std::vector<Rerun> reruns = {};       ///< in their order
    std::vector<TargetRecord> targets;
    std::map<std::string, RequirementRecord> requirements;
    std::vector<CheckRecord> checks;             ///< in the order of the plan
    std::vector<LeftOutCheck> left_out = {};     ///< each check and target once
    std::vector<Attestation> attestations = {};  ///< in the order in which they were given
    std::optional<KnownList> known = {};         ///< what is accepted of it (--known); empty: nobody said

    /// The outcome to report: the latest result's; skipped where the plan says so; inconclusive ("not run: ...") where
    /// the run ended before the check did; CheckRecord::standing.
    [[nodiscard]] CheckResult result_of(const CheckRecord& check) const;
    /// How many checks have that outcome, by result_of.
    [[nodiscard]] std::size_t count(Outcome outcome) const;
    /// How many checks of all targets the selection left out.
    [[nodiscard]] std::size_t left_out_count() const;
    /// How many of them are newer than the version of the catalogue that was asked for: they are no part of what
    /// judges.
    [[nodiscard]] std::size_t newer_count() const;
    /// How many of them --exclude took out though they would have run.
    [[nodiscard]] std::size_t excluded_count() const;
    /// How many checks of the whole plan are neither here nor left out: those of other shards, or of lines that are
    /// lost. 0 where the whole plan is not recorded.
    [[nodiscard]] std::size_t missing_count() const;
};

}  // namespace gateproof
