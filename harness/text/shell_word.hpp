// Words of a command line as somebody pastes them into a shell.
#pragma once

#include <string>
#include <string_view>

namespace gateproof {

/// One word of a POSIX shell's command line, in quotes where it needs them.
std::string shell_word(std::string_view word);

}  // namespace gateproof
