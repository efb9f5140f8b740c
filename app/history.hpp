// --history: a folder of past runs, bounded, and what it tells.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "app/reports.hpp"
#include "harness/journal/record.hpp"
#include "reports/trend/trend.hpp"

namespace gateproof::cli {

class HistoryOptions {
public:
    /// `keeps`: the run is added to the folder, and old ones are removed.
    void declare(CLI::App& app, bool keeps);
    [[nodiscard]] bool given() const { return !folder_.empty(); }
    /// Makes the folder and proves that it can be written; throws Unusable.
    void prepare() const;
    /// Adds the run as a journal and removes the oldest beyond the number to keep; nothing else in the folder is
    /// touched. Throws std::system_error.
    void keep(const RunRecord& run) const;
    /// Without runs where no folder was given, or none of these reports shows a trend: a long history takes its time to
    /// read. A file that is
    /// no journal is said on standard error. Throws Unusable for no folder.
    [[nodiscard]] reports::Trend trend(const std::vector<ReportFile>& wanted) const;

private:
    std::filesystem::path folder_;
    std::size_t most_ = 100;
};

}  // namespace gateproof::cli
