#include "harness/profile/endpoint_url.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "harness/text/ascii.hpp"

namespace gateproof {

namespace {

bool is_host_name(std::string_view host) {
    const auto alnum = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    return !host.empty() && alnum(host.front()) && alnum(host.back()) &&
           std::all_of(host.begin(), host.end(), [&](char c) { return alnum(c) || c == '.' || c == '-' || c == '_'; });
}

std::uint16_t parse_port(std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool good = error == std::errc() && end == text.data() + text.size() && text.front() != '0' && port <= 65535;
    return good ? static_cast<std::uint16_t>(port) : std::uint16_t{0};
}

UrlResult refuse(std::string fault) {
    return {{}, std::move(fault)};
}

}  // namespace

bool is_ip_literal(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
           inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

UrlResult parse_endpoint_url(std::string_view url, std::string_view scheme, bool path_allowed) {
    const std::string start = fmt::format("{}://", scheme);
    const std::string shape = fmt::format("expected {}host[:port]{}", start, path_allowed ? "[/prefix]" : "");
    if (lower_case(url.substr(0, start.size())) != start) {
        return refuse(shape);
    }
    std::string_view rest = url.substr(start.size());
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    std::string_view authority = rest.substr(0, std::min(slash, rest.find_first_of("?#")));
    if (authority.find('@') != std::string_view::npos) {
        return refuse(fmt::format("{}; a user name or password has no place in this URL", shape));
    }
    if (url.find('?') != std::string_view::npos || url.find('#') != std::string_view::npos) {
        return refuse(fmt::format("{}; a query or fragment has no place in this URL", shape));
    }
    std::string_view path = rest.substr(slash);
    const bool printable = std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (!printable) {
        return refuse(fmt::format("{}; the path has a character that must be percent-encoded", shape));
    }
    if (!path_allowed && path.size() > 1) {
        return refuse(fmt::format("{} without a path", shape));
    }
    UrlResult result;
    const bool bracketed = !authority.empty() && authority.front() == '[';
    const std::size_t host_end = bracketed ? authority.find(']') : std::min(authority.find(':'), authority.size());
    if (host_end == std::string_view::npos) {
        return refuse(fmt::format("{}; an IPv6 address stands in brackets", shape));
    }
    result.endpoint.host = authority.substr(bracketed ? 1 : 0, bracketed ? host_end - 1 : host_end);
    std::string_view port = authority.substr(std::min(host_end + (bracketed ? 1 : 0), authority.size()));
    if (result.endpoint.host.empty()) {
        return refuse(fmt::format("{}; the host is missing", shape));
    }
    const bool good_host =
        bracketed ? is_ip_literal(result.endpoint.host) && result.endpoint.host.find(':') != std::string::npos
                  : is_host_name(result.endpoint.host);
    if (!good_host && !bracketed && result.endpoint.host.ends_with('.')) {
        return refuse(fmt::format("{}; write the host without the dot at its end", shape));
    }
    if (!good_host) {
        return refuse(fmt::format("{}; the host is not a DNS name or IP address{}", shape,
                                  bracketed ? "" : " (internationalised names as xn--...)"));
    }
    if (port.empty()) {
        result.endpoint.port = scheme == "https" ? 443 : 80;
    } else {
        result.endpoint.port = port.front() == ':' && port.size() > 1 ? parse_port(port.substr(1)) : std::uint16_t{0};
        if (result.endpoint.port == 0) {
            return refuse(fmt::format("{}; the port is a number from 1 to 65535", shape));
        }
    }
    while (!path.empty() && path.back() == '/') {
        path.remove_suffix(1);
    }
    result.endpoint.path_prefix = path;
    return result;
}

}  // namespace gateproof
