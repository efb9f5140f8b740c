// What the program says, on standard output and standard error.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string_view>
#include <utility>

namespace gateproof::cli {

/// Never throws. A reader that went away (`gateproof list | head`) is nobody's failure; what standard output lost
/// otherwise, to a full disk for instance, is told by lost_output() at the end.
void put(std::FILE* out, std::string_view text);
void flush(std::FILE* out);

template <typename... T>
void say(std::FILE* out, fmt::format_string<T...> format, T&&... args) {
    put(out, fmt::vformat(format, fmt::make_format_args(args...)));
}

/// A word of the user's as messages show it: on one line, bounded.
std::string shown_word(const std::string& word);
/// The same of what may be longer: a path, or what a certificate or a pack says.
std::string shown_text(const std::string& text);

/// Why standard output did not take all that was written to it ("No space left on device"); empty: it did, or its
/// reader went away.
std::string lost_output();

}  // namespace gateproof::cli
