#include "harness/json/read_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <istream>

#include "harness/json/tree.hpp"
#include "harness/text/input_file.hpp"

namespace gateproof {

FileText read_bounded_file(const std::filesystem::path& file, std::string_view what) {
    InputFile opened = open_input_file(file);
    if (opened.fault == InputFile::Fault::folder) {
        return {{}, fmt::format("this is a folder; expected a {} (a file)", what)};
    }
    if (opened.fault != InputFile::Fault::none) {
        return {{}, fmt::format("this {} {}", what, opened.why)};
    }
    return {read_at_most(opened.in, max_json_bytes), {}};
}

std::string read_at_most(std::istream& in, std::size_t most) {
    std::string text;
    std::array<char, 4096> chunk;
    while (in && text.size() <= most) {
        in.read(chunk.data(), static_cast<std::streamsize>(std::min(chunk.size(), most + 1 - text.size())));
        text.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
    }
    return text;
}

}  // namespace gateproof
