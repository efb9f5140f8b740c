// Plays the user of a login at the embedded gateway.
#pragma once

#include <cstdint>
#include <string>

namespace gateproof::client::test {

struct User {
    std::string name;
    std::string password;
    std::string ca;  ///< PEM
    bool allows = true;
};

/// Logs in at the URL, decides, and brings what comes back to the redirect listener.
void browse(const User& user, const std::string& url, std::uint16_t port);
/// Sends "GET target" to a port of 127.0.0.1 and returns the answer.
std::string get_in_clear(std::uint16_t port, const std::string& target);

}  // namespace gateproof::client::test
