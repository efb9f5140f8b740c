#include "harness/profile/read_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "harness/profile/json_tree.hpp"

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
    FileText read;
    read.text.resize(max_json_bytes + 1);
    in.read(read.text.data(), static_cast<std::streamsize>(read.text.size()));
    read.text.resize(static_cast<std::size_t>(in.gcount()));
    return read;
}

}  // namespace gateproof
