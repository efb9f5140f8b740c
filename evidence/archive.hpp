// Tar and zip archives of plain files: written alike every time, read with distrust.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gateproof::evidence {

struct PackFile {
    std::string name;  ///< see is_plain_name()
    std::string bytes;
};

enum class ArchiveKind { tar, zip };

/// The same files give the same bytes: owner, mode and order are fixed, and every file has the time `written`.
std::string write_archive(const std::vector<PackFile>& files, ArchiveKind kind,
                          std::chrono::system_clock::time_point written);

/// Letters, digits, '.', '_', '-' and single '/' between parts that do not begin with '.': what no unpacking tool on
/// any system writes anywhere else than below the folder it was told to.
bool is_plain_name(std::string_view name);

struct Bounds {
    std::size_t files = 10'000;
    std::uint64_t file_bytes = std::uint64_t{1} << 30;
    std::uint64_t all_bytes = std::uint64_t{4} << 30;
    std::size_t kept_bytes = std::size_t{4} << 20;  ///< of a file whose contents are wanted
    /// Of all files together whose contents are wanted where there is room for them.
    std::size_t spare_bytes = std::size_t{512} << 20;
};

struct ArchiveEntry {
    std::string name;
    std::uint64_t size = 0;
    std::string sha256;  ///< lower-case hex
    std::string bytes;   ///< of the files whose contents are wanted; empty otherwise
    bool kept = false;   ///< its contents are in `bytes`
};

struct ArchiveContents {
    std::vector<ArchiveEntry> entries;
    /// Why the archive is refused, one sentence; empty: it was read to its end and holds nothing but plain files.
    std::string problem;
    bool is_archive = true;  ///< false: it is no tar or zip at all, or cannot be opened
};

/// What the file's name says it is, .tar or .zip; empty: neither.
std::optional<ArchiveKind> archive_kind_of(const std::filesystem::path& file);

/// Reads tar (ustar, pax) or zip, as the name says, without unpacking anything; the contents of `wanted` are kept, and,
/// where there is room, those of files that have the name `also` in any folder. What different tools could read
/// differently is refused: see archive_shape.hpp.
ArchiveContents read_archive(const std::filesystem::path& file, const std::set<std::string, std::less<>>& wanted,
                             const Bounds& bounds = {}, std::string_view also = {});

}  // namespace gateproof::evidence
