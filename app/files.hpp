// Files that the program writes: whole or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "reports/formats/sink.hpp"

namespace gateproof::cli {

/// Writes beside the file and renames, so that a reader never sees half of it. `mode` as chmod takes it.
/// Throws std::system_error.
void write_file(const std::filesystem::path& file, std::string_view text, unsigned mode = 0644);

/// The same, of a text that `write` hands over piece by piece.
void write_file(const std::filesystem::path& file, const std::function<void(const reports::Sink&)>& write,
                unsigned mode = 0644);

/// Makes the folder and proves that files can be written there; throws Unusable that names the
/// option which chooses another one. Empty: the current folder.
void prepare_folder(const std::filesystem::path& wanted, std::string_view option, unsigned mode = 0755);

}  // namespace gateproof::cli
