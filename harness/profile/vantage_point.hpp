// A place to send from: a source address or a proxy, and whether the firewall should let it through.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gateproof {

struct VantagePoint {
    enum class Kind {
        source_address,  ///< an address of this machine
        socks5,          ///< RFC 1928; host names are resolved here
        socks5h,         ///< the same; the proxy resolves them
        http_connect,    ///< RFC 9110 9.3.6
    };

    enum class Expected {
        allowed,    ///< the endpoint serves what comes from there
        blocked,    ///< nothing that comes from there gets service
        published,  ///< the place is not allow-listed, and what the profile's reading says of such is expected
    };

    std::string name;  ///< [a-z0-9-]+; its test cases are named after it
    Kind kind = Kind::source_address;
    std::string address;     ///< the source address, or the proxy's host
    std::uint16_t port = 0;  ///< of the proxy
    std::string user = {};   ///< of the proxy; empty: none is told
    std::string password = {};
    Expected expected = Expected::published;

    [[nodiscard]] bool is_proxy() const { return kind != Kind::source_address; }
    /// "source address 192.0.2.7", "SOCKS5 proxy proxy.example:1080"
    [[nodiscard]] std::string describe() const;
};

/// Scheme of a proxy's URL ("socks5", "socks5h", "http"); empty for a source address.
std::string_view proxy_scheme(VantagePoint::Kind kind);

}  // namespace gateproof
