// The listener that the user's browser comes back to (RFC 8252 7.3).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/base/io.hpp"

namespace gateproof::client {

/// What came back.
struct Returned {
    std::string code;
    std::string error;    ///< the authority's word, "access_denied"
    std::string problem;  ///< why neither came: the time was up, or the client was
                          ///< asked to stop
};

class RedirectListener {
public:
    /// On 127.0.0.1; port 0: any free one. Throws Unusable when it is taken.
    explicit RedirectListener(std::uint16_t port);
    [[nodiscard]] std::uint16_t port() const { return port_; }

    /// Answers every request for the path, and takes the first that carries the
    /// state. What carries another is told so, and is nothing to the login;
    /// `any_state` is a fault.
    Returned wait(const std::string& path, const std::string& state, Moment until, const Stop& stop,
                  bool any_state = false);

private:
    Descriptor socket_;
    std::uint16_t port_ = 0;
};

/// Starts a browser: the command with the URL as its last argument, or in place
/// of "%s". No shell sees it, and it has this program's environment. Throws
/// Unusable when it cannot be started.
void open_browser(const std::vector<std::string>& command, const std::string& url);
/// The command of the variable BROWSER, split at blanks; empty: it is not set.
std::vector<std::string> browser_of_environment();

}  // namespace gateproof::client
