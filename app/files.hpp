// Files that the program writes: whole or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "reports/formats/sink.hpp"

namespace gateproof::cli {

/// What a run leaves names subjects, hosts and answers: its owner and its group read it, and the umask may take more
/// away.
inline constexpr unsigned report_mode = 0640;
/// Keys, tokens and passwords. What is no regular file is refused: a pipe or a device would hand them on.
inline constexpr unsigned secret_mode = 0600;
/// What holds nothing but counts, for programs of other users.
inline constexpr unsigned public_mode = 0644;

/// Writes beside the file and renames, so that a reader never sees half of it. `mode` as chmod takes it.
/// Throws std::system_error.
void write_file(const std::filesystem::path& file, std::string_view text, unsigned mode = report_mode);

/// The same, of a text that `write` hands over piece by piece.
void write_file(const std::filesystem::path& file, const std::function<void(const reports::Sink&)>& write,
                unsigned mode = report_mode);

/// Throws Unusable where a secret would be written into what is no regular file.
void require_place_for_secret(const std::filesystem::path& file);

/// Makes the folder and proves that files can be written there; throws Unusable that names the
/// option which chooses another one. Empty: the current folder.
void prepare_folder(const std::filesystem::path& wanted, std::string_view option, unsigned mode = 0750);

}  // namespace gateproof::cli
