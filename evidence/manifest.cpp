#include "evidence/manifest.hpp"

#include <fmt/format.h>

namespace gateproof::evidence {

namespace {

constexpr std::size_t digits = 64;

bool is_hex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string write_manifest(const std::vector<PackFile>& files) {
    std::string text;
    for (const PackFile& file : files) {
        text += fmt::format("{}  {}\n", sha256_of(file.bytes), file.name);
    }
    return text;
}

Manifest read_manifest(std::string_view text) {
    Manifest manifest;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = text.find('\n');
        const std::string_view row = text.substr(0, end);
        const bool whole = end != std::string_view::npos && row.size() > digits + 2 && is_hex(row.substr(0, digits)) &&
                           row.substr(digits, 2) == "  " && is_plain_name(row.substr(digits + 2));
        if (!whole) {
            manifest.problem = fmt::format("line {} of the manifest is not a SHA-256, two spaces and a name", line);
            return manifest;
        }
        const auto [entry, fresh] =
            manifest.sums.emplace(std::string(row.substr(digits + 2)), std::string(row.substr(0, digits)));
        if (!fresh) {
            manifest.problem = fmt::format("the manifest names {} twice", entry->first);
            return manifest;
        }
        text.remove_prefix(end + 1);
    }
    return manifest;
}

}  // namespace gateproof::evidence
