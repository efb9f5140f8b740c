// Files that subcommands read: journals, and lists of accepted failures.
#pragma once

#include <string>
#include <vector>

#include "harness/journal/merge.hpp"
#include "harness/journal/record.hpp"
#include "harness/model/known_failure.hpp"

namespace gateproof::cli {

/// Problems of single lines become warnings on standard error; throws Unusable for what is no journal.
RunRecord read_usable_journal(const std::string& file);

/// One journal as it is, several merged; what does not fit together becomes warnings on standard error.
MergedRun read_merged(const std::vector<std::string>& files);

/// Throws Unusable with every problem of the file; an empty name gives an empty list.
std::vector<KnownFailure> load_known(const std::string& file);

/// Marks what is accepted today; gives what to tell of entries that have expired or cover nothing.
std::vector<std::string> accept_known(RunRecord& run, const std::vector<KnownFailure>& known);

}  // namespace gateproof::cli
