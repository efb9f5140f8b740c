// A file that the user writes, read whole into memory within a bound.
#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>

namespace gateproof {

struct FileText {
    std::string text;     ///< at most max_json_bytes + 1 bytes: one more than a reader takes
    std::string problem;  ///< empty: it was read
};

/// `what` names the file's kind in problems: "profile".
FileText read_bounded_file(const std::filesystem::path& file, std::string_view what);

/// What is left in the stream, but never more than one byte above `most`: the caller sees that it is too long. Grows
/// with what is there; a buffer of the largest size would cost a fresh page for each 4 KiB of it.
std::string read_at_most(std::istream& in, std::size_t most);

}  // namespace gateproof
