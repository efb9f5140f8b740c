// Appends a run's events to its journal: JSON Lines, one event a line, on disk as each check ends.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "harness/journal/record.hpp"

namespace gateproof {

/// Writes whole lines only: after a failed write (a full disk) the file is cut back to its last whole line, `failure`
/// says why, and later events are dropped. The file is locked: two runs never write one journal.
class JournalWriter {
public:
    enum class Mode {
        fresh,   ///< creates or truncates the file
        resume,  ///< goes on after the last whole line of a journal that is there; what follows it is cut off
        rerun,   ///< the same, but judges checks again
    };

    /// Keeps nothing: for runs whose record in memory is enough.
    JournalWriter() = default;
    /// On failure nothing is opened and `failure` says why.
    explicit JournalWriter(std::filesystem::path file, Mode mode = Mode::fresh);
    ~JournalWriter();
    JournalWriter(const JournalWriter&) = delete;
    JournalWriter& operator=(const JournalWriter&) = delete;

    /// run_started, target and planned events; or, when going on, run_resumed or run_rerun.
    void started(const RunRecord& run);
    void check_started(const CheckRecord& check, std::chrono::system_clock::time_point at);
    void check_ended(const CheckRecord& check);
    void clock_read(const std::string& target, const ClockReading& reading);
    void cut_off(const std::string& target, const CutOff& found);
    /// One that the beginning of the journal does not hold.
    void attested(const Attestation& said);
    void ended(const RunRecord& run);

    [[nodiscard]] bool failed() const { return !failure_.empty(); }
    [[nodiscard]] const std::string& failure() const { return failure_; }
    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

private:
    void open();
    /// Makes the file end with a whole line.
    void mend_end();
    void write(std::string_view lines);
    void fail(int error, std::string_view consequence = {});

    std::filesystem::path file_;
    Mode mode_ = Mode::fresh;
    int descriptor_ = -1;
    std::string failure_;
};

}  // namespace gateproof
