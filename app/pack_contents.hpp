// What a sound pack says: of each journal in it what its run came to, how whole it is, whose it is, what was attested.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "evidence/pack.hpp"
#include "harness/journal/record.hpp"
#include "reports/view/flaws.hpp"

namespace gateproof::cli {

/// A journal of a pack, as it is there. Where it does not carry the pack's list of known failures, with what known.json
/// accepts on the day of the run.
struct PackedRun {
    std::string name;  ///< "run.jsonl", "run-2/run.jsonl"
    RunRecord run = {};
    std::string problem = {};              ///< why it could not be read; empty: it could
    std::vector<std::string> doubts = {};  ///< lines that could not be read
};

std::vector<PackedRun> packed_runs(const evidence::PackCheck& check);

/// Why an attestation of these runs is not as it was packed: a file of its SHA-256 is not among the pack's. Empty: each
/// is.
std::string attachment_problem(const std::vector<PackedRun>& runs, const evidence::PackCheck& check);

/// Each run could be read and is complete; false where there is none.
bool all_complete(const std::vector<PackedRun>& runs);

/// "PARTIAL, EMBEDDED"
std::string capitals(const std::set<reports::Flaw>& flaws);
/// What the runs are no proof of, as PARTIAL.txt says it: "PARTIAL, EMBEDDED: ..." and a line for each flaw; empty:
/// there is none.
std::string limits_text(const std::vector<PackedRun>& runs);

/// For a terminal, indented: the words of whoever made the pack. `now`: what ages are counted from; empty: they are not
/// told. `flaws`: with what the runs are no proof of.
std::string contents_text(const std::vector<PackedRun>& runs, std::optional<std::chrono::system_clock::time_point> now,
                          bool flaws);

/// The same, an object for each run.
nlohmann::ordered_json contents_json(const std::vector<PackedRun>& runs, std::chrono::system_clock::time_point now);

}  // namespace gateproof::cli
