// Where a server is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/profile/vantage_point.hpp"

namespace gateproof {

/// Where the endpoint is: `https://host:port`.
struct Endpoint {
    std::string host;         ///< name or IP literal from the URL (brackets of an IPv6 literal removed); SNI and Host
    std::uint16_t port = 0;   ///< from the URL; 443 when it names none
    std::string path_prefix;  ///< path of the URL without a trailing '/', usually empty
    std::string connect_address;  ///< IP literal to connect to instead of resolving `host`; empty: resolve
    /// endpoint.addresses: every address of the service, IP literals; empty: what `host` resolves to, or
    /// `connect_address`. Each of them is looked at; all else goes where it went without them.
    std::vector<std::string> addresses = {};
    bool first_address_alone = false;  ///< --addresses first
    std::uint16_t declared_port = 0;   ///< endpoint.port: what onboarding documents say; 0: not given
    /// endpoint.correlation_header: in which each request of a check tells who it is
    /// (harness/probe/http/correlation.hpp); empty: in none.
    std::string correlation_header = {};

    /// endpoint.proxy, which resolves `host` and connects; it has no name. Null: connections go directly.
    std::shared_ptr<const VantagePoint> proxy = {};

    [[nodiscard]] std::string authority() const;  ///< "host:port", IPv6 in brackets
    [[nodiscard]] std::string url() const;        ///< "https://host:port/prefix"
};

}  // namespace gateproof
