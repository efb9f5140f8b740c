// Files that somebody else may have written, opened so that none of them can hold the program up.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace gateproof {

/// The one way in which input files are opened. What is no regular file is refused before it is opened: a device may
/// give bytes for ever, and a pipe that nobody writes to gives none for ever.
struct InputFile {
    enum class Fault { none, missing, folder, special, unreadable };

    std::ifstream in;
    Fault fault = Fault::none;
    std::string why;  ///< "does not exist", "is a folder", ...; empty: it is open
};
InputFile open_input_file(const std::filesystem::path& file);

}  // namespace gateproof
