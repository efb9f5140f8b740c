// Appends a run's events to its journal: JSON Lines, one event a line, on disk as each check ends.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "harness/journal/record.hpp"

namespace gateproof {

/// Writes whole lines only: after a failed write (a full disk) the file is cut back to its last whole line, `failure`
/// says why, and later events are dropped.
class JournalWriter {
public:
    /// Keeps nothing: for runs whose record in memory is enough.
    JournalWriter() = default;
    /// Creates or truncates the file; on failure nothing is opened and `failure` says why.
    explicit JournalWriter(std::filesystem::path file);
    ~JournalWriter();
    JournalWriter(const JournalWriter&) = delete;
    JournalWriter& operator=(const JournalWriter&) = delete;

    void started(const RunRecord& run);  ///< run_started, target and planned events
    void check_started(const CheckRecord& check, std::chrono::system_clock::time_point at);
    void check_ended(const CheckRecord& check);
    void ended(const RunRecord& run);

    [[nodiscard]] bool failed() const { return !failure_.empty(); }
    [[nodiscard]] const std::string& failure() const { return failure_; }
    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

private:
    void write(std::string_view lines);

    std::filesystem::path file_;
    int descriptor_ = -1;
    std::string failure_;
};

}  // namespace gateproof
