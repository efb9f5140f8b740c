// Addresses of the web, as far as the client needs them (RFC 3986, RFC
// 9110 4.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "client/tls/socket.hpp"

namespace gateproof::client {

struct Url {
    bool secure = true;  ///< https
    Place place;
    std::string path;  ///< from its first slash on, query included, fragment left
                       ///< out; may be empty
};

/// http and https alone, without user names; nothing for anything else.
std::optional<Url> parse_url(std::string_view text);
/// What a Location field means where `base` answered (RFC 3986 5.2, but for dot
/// segments, which the server resolves).
std::optional<Url> resolve_location(const Url& base, std::string_view location);

}  // namespace gateproof::client
