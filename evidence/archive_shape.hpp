// One archive from the first byte to the last: what libarchive passes over, other tools unpack.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

namespace gateproof::evidence {

/// The files of an archive as its own records name them.
struct ArchiveShape {
    struct Entry {
        std::string name;
        std::uint64_t size = 0;  ///< unpacked
        bool operator==(const Entry&) const = default;
        auto operator<=>(const Entry&) const = default;
    };
    std::vector<Entry> entries;
    /// Why different tools may read different files out of it, one sentence; empty: they cannot.
    std::string problem;
};

/// POSIX.1 ustar, also with pax headers that change neither names nor sizes: header after header, and nothing but zeros
/// after the first block of zeros. `size`: bytes that `in`, which can seek, holds.
ArchiveShape tar_shape(std::istream& in, std::uint64_t size, std::size_t most_entries);

/// APPNOTE.TXT 4.3: local entries from the first byte on, each with its row in the directory and none besides, then the
/// directory, then the end record without a comment, which ends the file. Neither Zip64 nor encryption.
ArchiveShape zip_shape(std::istream& in, std::uint64_t size, std::size_t most_entries);

}  // namespace gateproof::evidence
