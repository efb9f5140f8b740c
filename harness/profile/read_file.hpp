// A file that the user writes, read whole into memory within a bound.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace gateproof {

struct FileText {
    std::string text;     ///< at most max_json_bytes + 1 bytes: one more than a reader takes
    std::string problem;  ///< empty: it was read
};

/// `what` names the file's kind in problems: "profile".
FileText read_bounded_file(const std::filesystem::path& file, std::string_view what);

}  // namespace gateproof
