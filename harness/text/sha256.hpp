// SHA-256 of a text, as sha256sum(1) writes it.
#pragma once

#include <string>
#include <string_view>

namespace gateproof {

/// Lower-case hex.
std::string sha256_of(std::string_view bytes);

}  // namespace gateproof
