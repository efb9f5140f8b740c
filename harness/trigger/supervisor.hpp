// The process between the harness and a program that it starts: it sees to it that nothing of the program stays behind.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gateproof {

/// Everything is made before the fork, because behind one in a program with threads nothing may be allocated.
struct SupervisedProgram {
    const char* executable;    ///< absolute, or relative to `directory`
    char* const* arguments;    ///< ends with a null pointer
    char* const* environment;  ///< ends with a null pointer
    const char* directory;     ///< where it starts
    /// A folder that goes with all that is in it when the harness goes first, absolute; null: none.
    const char* scratch = nullptr;
    int output = -1;   ///< its standard output
    int errors = -1;   ///< its standard error
    int control = -1;  ///< a local stream: orders come in, SupervisorMessages go out
};

/// What the supervisor says, one after the other.
struct SupervisorMessage {
    enum class Kind : std::uint8_t {
        not_started,  ///< value: errno
        exited,       ///< value: exit code
        signalled,    ///< value: the signal that ended it
        resident,     ///< before its end; value: KiB of its resident size at most, as far as can be told
        forked_with,  ///< before that; value: KiB of the process that became the program, which count as its own
        empty,        ///< nothing of it is left; value: how many processes outlived the program itself
    };
    Kind kind = Kind::empty;
    int value = 0;
};

/// What the harness orders, one byte each. The end of the control connection means `kill`: the harness is gone.
enum class SupervisorOrder : char { terminate = 'T', kill = 'K' };

/// Runs in a process of its own that has just been forked, calls only what is safe there, and never returns. The
/// program and all that it starts, however they detach themselves, are children of this process in the end, and are
/// killed when it is told so or when the harness is gone. Should the supervisor be killed, the program goes with it.
[[noreturn]] void supervise(const SupervisedProgram& program);

}  // namespace gateproof
