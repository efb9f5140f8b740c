// Compressed answers (RFC 1952).
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace gateproof::client {

/// What was compressed; nothing where it is broken, in its checksum or size as well, or longer than `most`.
/// `careless`: the checksum may be any.
std::optional<std::string> gunzip(const std::string& packed, std::size_t most, bool careless);

}  // namespace gateproof::client
