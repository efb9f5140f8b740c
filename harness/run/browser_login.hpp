// A login by a human in the system's browser: authorization code flow with PKCE over a loopback redirect (RFC 8252).
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "harness/profile/profile.hpp"

namespace gateproof {

struct BrowserLogin {
    std::string token;            ///< access token; empty: there is none, see `problem`
    std::string problem;          ///< never holds a secret
    std::int64_t expires_in = 0;  ///< seconds; 0: not told
};

/// Why nobody can log in this way with the profile, and what to do; empty: it can be tried.
std::string browser_login_unmet(const Profile& profile);

/// `open` is given the address that the browser should show. Blocks, at most `wait` for the human and then the
/// profile's probe timeout for the exchange. Throws std::system_error when the redirect's port cannot be had.
BrowserLogin log_in_by_browser(const Profile& profile, std::chrono::milliseconds wait,
                               const std::function<void(const std::string& url)>& open);

}  // namespace gateproof
