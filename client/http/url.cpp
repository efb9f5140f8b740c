#include "client/http/url.hpp"

#include <algorithm>

#include "client/base/encoding.hpp"

namespace gateproof::client {
namespace {

constexpr std::size_t longest_url = 8192;

std::optional<std::uint16_t> port_of(std::string_view digits) {
    unsigned value = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9' || value > 6553) {
            return std::nullopt;
        }
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return digits.empty() || value == 0 || value > 65535 ? std::nullopt
                                                         : std::optional(static_cast<std::uint16_t>(value));
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && static_cast<unsigned char>(c) < 0x7f; });
}

/// Host and port of "host:port", "[::1]:port" or either without its port.
bool read_place(std::string_view authority, Url& url) {
    std::size_t colon = authority.rfind(':');
    if (authority.starts_with('[')) {
        const std::size_t bracket = authority.find(']');
        if (bracket == std::string_view::npos) {
            return false;
        }
        url.place.host = authority.substr(1, bracket - 1);
        colon = bracket + 1 < authority.size() ? bracket + 1 : std::string_view::npos;
    } else {
        url.place.host = authority.substr(0, colon);
    }
    if (colon != std::string_view::npos) {
        const auto port = authority[colon] == ':' ? port_of(authority.substr(colon + 1)) : std::nullopt;
        url.place.port = port.value_or(0);
        return port && !url.place.host.empty();
    }
    url.place.port = url.secure ? 443 : 80;
    return !url.place.host.empty();
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
    Url url;
    const std::string scheme = lower_case(text.substr(0, text.find(':')));
    url.secure = scheme == "https";
    if (text.size() > longest_url || !is_printable(text) || (!url.secure && scheme != "http") ||
        text.substr(scheme.size(), 3) != "://") {
        return std::nullopt;
    }
    text.remove_prefix(scheme.size() + 3);
    const std::string_view authority = text.substr(0, text.find_first_of("/?#"));
    text.remove_prefix(authority.size());
    if (authority.find('@') != std::string_view::npos || !read_place(authority, url)) {
        return std::nullopt;
    }
    url.path = text.substr(0, text.find('#'));
    if (url.path.starts_with('?')) {
        url.path.insert(0, 1, '/');
    }
    return url;
}

std::optional<Url> resolve_location(const Url& base, std::string_view location) {
    if (location.find("://") < location.find_first_of("/?#")) {
        return parse_url(location);
    }
    if (location.starts_with("//")) {
        return parse_url((base.secure ? "https:" : "http:") + std::string(location));
    }
    if (!is_printable(location) || location.size() > longest_url) {
        return std::nullopt;
    }
    Url url = base;
    location = location.substr(0, location.find('#'));
    const std::string_view path = std::string_view(base.path).substr(0, base.path.find('?'));
    if (location.starts_with('/')) {
        url.path = location;
    } else if (location.starts_with('?')) {
        url.path = std::string(path) + std::string(location);
    } else {
        url.path = std::string(path.substr(0, path.rfind('/') + 1)) + std::string(location);
    }
    return url;
}

}  // namespace gateproof::client
