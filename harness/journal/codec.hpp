// The journal's events and their one-line JSON form, in both directions: the writer and the reader share it.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/journal/record.hpp"
#include "harness/model/clock.hpp"
#include "harness/text/day.hpp"

namespace gateproof {

/// First line of a journal.
struct RunStarted : RunHead {
    std::vector<RequirementRecord> requirements = {};
};

struct CheckStarted {
    std::string target;
    std::string check;
    std::chrono::system_clock::time_point at;
    std::string case_name = {};  ///< CheckRecord::case_name
};

struct CheckEnded {
    std::string target;
    std::string check;
    CheckResult result;
    std::string case_name = {};
    std::size_t attempt = 1;
};

/// How this machine's clock stands to that of a target.
struct ClockRead {
    std::string target;
    ClockReading reading;
};

/// A target serves us no more: what has no result by then was not run because of it.
struct TargetCutOff {
    std::string target;
    CutOff cut_off;
};

/// Another process continues: what the journal holds so far counts, and a run_ended before this does not.
struct RunResumed {
    std::chrono::system_clock::time_point at;
    std::string hostname;
    std::size_t kept = 0;
};

/// Another process judges checks again: the newest attempt at a check counts, and a run_ended before this does not.
struct RunRerun : Rerun {};

/// What is accepted of the run, as a list of known failures said; the last one counts.
struct KnownGiven {
    KnownList list;
};

/// Last line of a journal whose run was not killed.
struct RunEnded {
    std::chrono::system_clock::time_point at;
    EndReason reason = EndReason::unknown;
    std::map<std::string, std::size_t> counts;  ///< by outcome name
};

/// One line. A CheckRecord stands for "planned": its result is not part of the line. A LeftOutCheck stands for
/// "not_selected"; without targets it is of every target.
using JournalEvent = std::variant<RunStarted, TargetRecord, LeftOutCheck, CheckRecord, CheckStarted, CheckEnded,
                                  ClockRead, TargetCutOff, Attestation, RunResumed, RunRerun, KnownGiven, RunEnded>;

/// A check with more attempts comes from no run of ours.
inline constexpr std::size_t max_attempts = 1000;
/// The newest schema that this program writes and reads.
inline constexpr int journal_schema = 1;
/// A longer line is not read: a journal may come from a stranger.
inline constexpr std::size_t max_journal_line = std::size_t{8} * 1024 * 1024;

/// The event as one line of JSON, ended by '\n'. Bytes that are not UTF-8 become U+FFFD; times keep milliseconds;
/// a number that JSON cannot write (infinity, NaN) becomes a string.
std::string encode_event(const JournalEvent& event);

/// The events that a run begins with: run_started, known, target, attestation, not_selected and planned.
std::string encode_beginning(const RunRecord& run);
/// run_ended, with the counts of the run.
RunEnded ending_of(const RunRecord& run);
/// A whole journal, as a run that came to this record would have left it.
std::string encode_run(const RunRecord& run);

struct DecodedEvent {
    std::optional<JournalEvent> event;  ///< empty with an empty problem: an event of a later version, to be ignored
    std::string problem;
};
/// Never throws; missing fields take their defaults, fields of a wrong type are a problem.
DecodedEvent decode_event(std::string_view line);

nlohmann::ordered_json observation_to_json(const Observation& observation);
std::optional<Observation> observation_from_json(const nlohmann::ordered_json& json);

/// ISO 8601 in UTC with milliseconds: "2026-02-03T04:05:06.789Z".
std::string iso_time(std::chrono::system_clock::time_point time);
/// Reads what iso_time writes (milliseconds may be missing), years 1970 to 2199.
std::optional<std::chrono::system_clock::time_point> parse_iso_time(std::string_view text);

}  // namespace gateproof
