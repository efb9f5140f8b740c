// A program that the harness starts and ends, with all that the program starts in turn.
#pragma once

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gateproof {

struct ProgramStart {
    /// The program and its arguments, at least one. A name without '/' is looked up in PATH; one with '/' that is not
    /// absolute begins in `directory`. No shell is involved.
    std::vector<std::string> command;
    std::filesystem::path directory = ".";         ///< where it starts
    std::map<std::string, std::string> variables;  ///< in its environment, beside and before the harness's own
    /// A folder that was made for this start: whoever made it removes it, and the supervisor does where the harness was
    /// killed. Absolute; empty: there is none.
    std::filesystem::path scratch = {};
};

/// What a program wrote to a stream: its end, since that is where programs say what went wrong.
struct ProgramOutput {
    static constexpr std::size_t most = std::size_t{64} * 1024;

    std::string tail;       ///< at most `most` bytes, as they came
    std::size_t bytes = 0;  ///< all that it wrote

    void add(const char* data, std::size_t size);
};

/// How much memory a program had at once, in bytes: itself, or one of its processes that it waited for.
struct ResidentSize {
    std::size_t most = 0;
    std::size_t told_from = 0;  ///< less than that is told as that: the process that became the program had as much
};

/// How a program ended.
struct ProgramEnd {
    std::string not_started;       ///< why there was no program: "No such file or directory"; empty: there was one
    std::optional<int> exit_code;  ///< empty: it did not end by itself
    int signal = 0;                ///< that ended it; 0: none did
    /// When it was sent SIGTERM by the harness; empty: it was not.
    std::optional<std::chrono::steady_clock::time_point> told_to_end;
    bool killed = false;  ///< and did not heed it
    bool lost = false;    ///< nobody could say how it ended: it could not be killed, or its supervisor was
    int left_behind = 0;  ///< processes of its own that outlived it, and were killed
    /// When what was left of it was told to end. Empty: nothing was left.
    std::optional<std::chrono::steady_clock::time_point> swept;
    std::chrono::milliseconds took{0};
    std::optional<ResidentSize> resident;  ///< empty: it did not end before it was killed
    ProgramOutput output;
    ProgramOutput errors;
};

/// One start of a program. Whatever becomes of the harness, nothing of the program outlives it: a supervisor of its own
/// (supervisor.hpp) kills the program and its descendants when this object goes, or when the harness dies.
class Process {
public:
    /// Nothing is thrown for a program that cannot be started: its end says so.
    Process(const boost::asio::any_io_executor& executor, const ProgramStart& start);
    /// Kills what is left of it and waits until that is gone.
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// Sends SIGTERM to all of it.
    void terminate();
    /// Returns when it has ended and nothing of it is left. At `latest` it is told to end, and `grace` after it was
    /// told so, by whomever, it is killed. Cancellable; the destructor ends it then.
    boost::asio::awaitable<ProgramEnd> wait(std::chrono::steady_clock::time_point latest,
                                            std::chrono::milliseconds grace);

private:
    struct State;

    std::shared_ptr<State> state_;
    pid_t supervisor_ = -1;
};

}  // namespace gateproof
