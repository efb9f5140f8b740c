// Addresses where names are expected.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <string>
#include <string_view>

namespace gateproof {

/// An IPv4 or IPv6 address, without brackets: no server name of a handshake (RFC 6066 3).
inline bool is_ip_literal(std::string_view host) {
    boost::system::error_code error;
    boost::asio::ip::make_address(std::string(host), error);
    return !error;
}

}  // namespace gateproof
