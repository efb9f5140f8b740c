// Reads a journal back. Tolerant where a killed run demands it: a truncated last line is dropped and said.
#pragma once

#include <filesystem>
#include <istream>
#include <string>
#include <vector>

#include "harness/journal/record.hpp"

namespace gateproof {

struct JournalRead {
    RunRecord run;
    std::vector<std::string> problems;  ///< lines that could not be read, each with its number; the rest still counts
    bool usable = false;                ///< a run_started event of a known schema was found
};

JournalRead read_journal(std::istream& in);
JournalRead read_journal(const std::filesystem::path& file);

}  // namespace gateproof
