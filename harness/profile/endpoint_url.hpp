// The URLs of a profile: scheme, host, port and prefix, nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/profile/profile.hpp"

namespace gateproof {

struct UrlResult {
    Endpoint endpoint;
    std::string fault;  ///< what was expected; empty: the URL is good
};

/// `scheme` is "https" or "http" (whose default ports are 443 and 80); a path only where `path_allowed`.
UrlResult parse_endpoint_url(std::string_view url, std::string_view scheme, bool path_allowed);

/// True for an IPv4 or IPv6 address without brackets.
bool is_ip_literal(const std::string& text);

}  // namespace gateproof
