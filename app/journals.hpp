// Journals that subcommands read.
#pragma once

#include <string>
#include <vector>

#include "app/known_options.hpp"
#include "harness/journal/merge.hpp"
#include "harness/journal/record.hpp"

namespace gateproof::cli {

/// With what the list of known failures that it carries accepts. Problems of single lines become warnings on standard
/// error; throws Unusable for what is no journal.
RunRecord read_usable_journal(const std::string& file);

/// One journal as it is, several merged, and what the list that all of them carry accepts; what does not fit together
/// becomes warnings on standard error.
MergedRun read_merged(const std::vector<std::string>& files, const KnownOptions& known);

}  // namespace gateproof::cli
