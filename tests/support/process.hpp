// Child processes of the tests: started with an argument list, watched with a deadline, always ended.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gateproof::test {

struct ProcessOptions {
    std::map<std::string, std::string> environment;  ///< added to the parent's
    std::vector<int> inherit;                        ///< descriptors that the child keeps, by the same number
    std::string standard_input;
};

/// A child whose output is collected. Ended (SIGTERM, then SIGKILL) when it outlives the object.
class Process {
public:
    explicit Process(std::vector<std::string> command, ProcessOptions options = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// Reads its output until it contains `text`; false when the child ended or the time is up.
    bool wait_for_output(const std::string& text, std::chrono::milliseconds limit = std::chrono::seconds(10));
    /// Waits for the end; empty when the time is up. 128 + N for a child that signal N ended.
    std::optional<int> wait(std::chrono::milliseconds limit = std::chrono::seconds(60));
    void signal(int number) const;
    /// As its destructor does.
    void end();
    /// Whether nobody writes to its output any more, itself or what it started; waits for that.
    bool output_ended(std::chrono::milliseconds limit);
    [[nodiscard]] bool alive();
    [[nodiscard]] pid_t pid() const { return pid_; }

    /// Most memory that it held at once, known when it has ended; what its parent held when it forked is a floor.
    [[nodiscard]] long max_resident_kib() const { return max_resident_kib_; }
    /// Processor time that it used, known when it has ended.
    [[nodiscard]] std::chrono::microseconds processor_time() const { return processor_time_; }

    /// What it has written so far.
    [[nodiscard]] const std::string& standard_output() const { return out_; }
    [[nodiscard]] const std::string& standard_error() const { return err_; }

private:
    /// Collects what is there, waiting at most `limit` for more; false when both pipes are closed.
    bool collect(std::chrono::milliseconds limit);
    void reap(bool block);

    pid_t pid_ = -1;
    long max_resident_kib_ = 0;
    std::chrono::microseconds processor_time_{0};
    int out_pipe_ = -1;
    int err_pipe_ = -1;
    std::string out_;
    std::string err_;
    std::optional<int> status_;
};

/// Runs a command to its end.
struct Finished {
    int status = -1;  ///< -1: it did not end within the limit
    std::string out;
    std::string err;
    long max_resident_kib = 0;
    std::chrono::microseconds processor_time{0};
};
Finished run(std::vector<std::string> command, ProcessOptions options = {},
             std::chrono::milliseconds limit = std::chrono::seconds(60));

/// First of the names that is an executable on PATH or in /usr/sbin; empty: none.
std::string find_program(const std::string& name);

}  // namespace gateproof::test
