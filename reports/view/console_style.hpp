// How text for a terminal is dressed.
#pragma once

#include <cstddef>

namespace gateproof::reports {

struct ConsoleStyle {
    bool colour = false;      ///< ANSI colours: on a terminal, without NO_COLOR
    bool verbose = false;     ///< evidence and requirements of every check that did not pass; reasons of skipping
    std::size_t columns = 0;  ///< of the terminal, at which sentences are wrapped; 0: they are not
};

}  // namespace gateproof::reports
