// nginx-light as a test server: one server block in the foreground, on an inherited socket.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/peers/peer.hpp"

namespace gateproof::test {

struct Nginx {
    std::string protocols = "TLSv1.2 TLSv1.3";
    std::string ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
    std::string verify_client = "on";
    std::string certificate = "server";
    std::string listen = "ssl";
    std::string http = {};                         ///< further directives of the http block: maps, log formats
    std::string server = {};                       ///< further directives of the server block
    std::string locations = {};                    ///< further locations
    std::string status = R"(return 200 "OK\n";)";  ///< what the control operation does
    std::string other_servers = {};                ///< further server blocks
    std::string staple = {};  ///< where OCSP responses come from, as directives; empty: the certificate's file
    int workers = 1;
};

class NginxTest : public PeerTest {
protected:
    void serve(const Nginx& options);
    /// What starts it, with its configuration in the folder, on a socket of this port that it inherits.
    [[nodiscard]] std::vector<std::string> command_of(const Nginx& options, std::uint16_t port);
    static std::map<std::string, std::string> inheriting(int descriptor);
    /// Serves a sound EC certificate, and to whoever wants RSA one that is valid until that many days from now.
    void serve_beside_rsa(int valid_to);
};

}  // namespace gateproof::test
