// --resume: the journal of a run that was killed or stopped, and what becomes of it. --rerun leans on it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/journal/record.hpp"
#include "harness/run/runner.hpp"

namespace gateproof::cli {

/// The run that this journal tells of. Empty when there is nothing to go on with (it is missing, was cut off before the
/// run began, or is complete): a new run begins, and standard error says so. Throws Unusable for what is no journal,
/// and where a new run would have to begin without `can_begin`: nobody said of what.
std::optional<RunRecord> read_resumable(const std::filesystem::path& journal, bool can_begin);

/// The profiles of that run, as the command line would name them, each said on standard error before anybody reads it:
/// a profile chooses secrets and whom they are sent to, and whoever wrote the journal has chosen the profile. Throws
/// Unusable for one that lies neither below the journal's folder nor below the current one: it has to be given again.
std::vector<std::string> profiles_of(const RunRecord& earlier, const std::filesystem::path& journal);

/// Throws Unusable that says why, when the plan or the catalogue is not that of the earlier run (RunOptions::earlier).
void require_same_run(const std::filesystem::path& journal, const Plan& plan, const RunOptions& options);

/// Lets `to` begin with what `from` holds, unless they are one file; throws Unusable.
void copy_journal(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace gateproof::cli
