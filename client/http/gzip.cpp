#include "client/http/gzip.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

namespace gateproof::client {
namespace {

constexpr std::size_t trailer_size = 8;  // checksum and length, least byte first

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) {
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    }
    return value;
}

/// RFC 1952 8.
std::uint32_t checksum_of(const std::string& text) {
    std::uint32_t sum = 0xffffffff;
    for (const char c : text) {
        sum ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) {
            sum = (sum & 1) != 0 ? sum >> 1 ^ 0xedb88320 : sum >> 1;
        }
    }
    return ~sum;
}

}  // namespace

std::optional<std::string> gunzip(const std::string& packed, std::size_t most, bool careless) {
    const std::unique_ptr<archive, decltype(&archive_read_free)> reader(archive_read_new(), &archive_read_free);
    archive_entry* entry = nullptr;
    archive_read_support_filter_gzip(reader.get());
    archive_read_support_format_raw(reader.get());
    if (archive_read_open_memory(reader.get(), packed.data(), packed.size()) != ARCHIVE_OK ||
        archive_read_next_header(reader.get(), &entry) != ARCHIVE_OK ||
        archive_filter_code(reader.get(), 0) != ARCHIVE_FILTER_GZIP) {
        return std::nullopt;
    }
    const std::size_t trailer = packed.size() - trailer_size;
    std::string text;
    text.reserve(std::min<std::size_t>(most, number_at(packed, trailer + 4)));
    std::array<char, 16384> piece{};
    while (true) {
        const la_ssize_t size = archive_read_data(reader.get(), piece.data(), piece.size());
        if (size == 0) {
            break;
        }
        if (size < 0 || text.size() + static_cast<std::size_t>(size) > most) {
            return std::nullopt;
        }
        text.append(piece.data(), static_cast<std::size_t>(size));
    }
    // libarchive wants checksum and length to be there, and compares neither.
    const bool fits =
        careless || (number_at(packed, trailer) == checksum_of(text) && number_at(packed, trailer + 4) == text.size());
    return fits ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace gateproof::client
