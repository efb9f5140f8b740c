#include "harness/text/input_file.hpp"

#include <cerrno>
#include <system_error>

namespace gateproof {

InputFile open_input_file(const std::filesystem::path& file) {
    using Fault = InputFile::Fault;
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(file, error);
    InputFile opened;
    if (status.type() == std::filesystem::file_type::not_found) {
        opened.fault = Fault::missing;
        opened.why = "does not exist";
    } else if (status.type() == std::filesystem::file_type::none || error) {
        opened.fault = Fault::unreadable;
        opened.why = "cannot be read: " + error.message();
    } else if (std::filesystem::is_directory(status)) {
        opened.fault = Fault::folder;
        opened.why = "is a folder; expected a file";
    } else if (!std::filesystem::is_regular_file(status)) {
        opened.fault = Fault::special;
        opened.why =
            "is not a regular file but a device, a pipe or a socket, which may never end: write what it gives to a "
            "file first";
    } else {
        opened.in.open(file, std::ios::binary);
        if (!opened.in) {
            opened.fault = Fault::unreadable;
            opened.why = "cannot be opened: " + std::generic_category().message(errno);
        }
    }
    return opened;
}

}  // namespace gateproof
