// A human presses Enter on the terminal when he has done what he was asked for.
#pragma once

#include <chrono>
#include <functional>

namespace gateproof {

enum class EnterEnd {
    pressed,
    nobody,       ///< within the time
    closed,       ///< the terminal is gone, or its input was ended (Ctrl-D)
    interrupted,  ///< by SIGINT or SIGTERM
};

struct EnterWait {
    int terminal = 0;  ///< its file descriptor; a line of it ends the wait
    std::chrono::seconds patience{300};
    std::function<void()> asked = [] {};                        ///< what he is to do is told here
    std::function<void(std::chrono::seconds left)> waits = {};  ///< every second of the wait; empty: not wanted
};

/// Blocks. What was typed before he was asked is thrown away: it answers nothing.
EnterEnd wait_for_enter(const EnterWait& wait);

}  // namespace gateproof
