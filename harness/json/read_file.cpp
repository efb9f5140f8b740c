#include "harness/json/read_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "harness/json/tree.hpp"

namespace gateproof {

FileText read_bounded_file(const std::filesystem::path& file, std::string_view what) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(file, error);
    if (status.type() == std::filesystem::file_type::not_found) {
        return {{}, fmt::format("this {} does not exist", what)};
    }
    if (error) {
        return {{}, fmt::format("this {} cannot be read: {}", what, error.message())};
    }
    if (std::filesystem::is_directory(status)) {
        return {{}, fmt::format("this is a folder; expected a {} (a JSON file)", what)};
    }
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        return {{}, fmt::format("this {} cannot be opened: {}", what, std::generic_category().message(errno))};
    }
    return {read_at_most(in, max_json_bytes), {}};
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
