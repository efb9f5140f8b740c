// The user of a login, played: opens the address that client software wants to be opened, logs in, consents, and is
// sent back to the software.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "harness/profile/endpoint.hpp"

namespace gateproof {

/// A name of this program by which it is such a user: client software starts it as its browser.
inline constexpr std::string_view browser_name = "gateproof-browse";

struct PlayedUser {
    /// Where the authority's pages are, whatever host the address names: the authority that the software meets may be
    /// one that no browser would talk to.
    Endpoint door;
    std::string name;
    std::string password;
};

/// Waits in the calling thread until the redirect has reached the software, which listens at a loopback address (RFC
/// 8252 7.3). Empty: it has; else what stood in the way. No address that is in a message has a query.
std::string log_in(const PlayedUser& user, const std::string& address, std::chrono::milliseconds patience);

}  // namespace gateproof
