// TCP connections to a place that a name or an address stands for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/base/io.hpp"

namespace gateproof::client {

/// Host and port, as a URL has them; an IPv6 address without its brackets.
struct Place {
    std::string host;
    std::uint16_t port = 0;

    /// As a Host field has it (RFC 9110 7.2).
    [[nodiscard]] std::string text() const;
    bool operator==(const Place&) const = default;
};

struct Dialled {
    Descriptor socket;    ///< not blocking; not valid when nothing answered
    std::string problem;  ///< why not
    bool stopped = false;
};

/// Tries each address in turn. `addresses`: IP literals to use instead of what
/// the name resolves to.
Dialled dial(const Place& place, const std::vector<std::string>& addresses, bool first_alone, Moment until,
             const Stop& stop);

/// True for a literal of IPv4 or IPv6.
bool is_address(const std::string& host);

}  // namespace gateproof::client
