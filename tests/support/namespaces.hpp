// Two network namespaces with a cable between them, made and removed by the test.
#pragma once

#include <string>
#include <vector>

#include "tests/support/process.hpp"

namespace gateproof::test {

/// A server's and a client's side: 10.213.7.1, and 10.213.7.2 to 10.213.7.4.
class NetworkNamespaces {
public:
    NetworkNamespaces();
    ~NetworkNamespaces();
    NetworkNamespaces(const NetworkNamespaces&) = delete;
    NetworkNamespaces& operator=(const NetworkNamespaces&) = delete;

    /// Why there are none ("ip is not installed", "not permitted ..."); empty: they are there.
    [[nodiscard]] const std::string& missing() const { return missing_; }
    [[nodiscard]] std::vector<std::string> at_server(std::vector<std::string> command) const;
    [[nodiscard]] std::vector<std::string> at_client(std::vector<std::string> command) const;
    /// Replaces the packet filter of the server's side: rules of its input chain, such as
    /// "ip saddr 10.213.7.3 drop". What went wrong; empty: nothing.
    [[nodiscard]] std::string filter(const std::string& rules) const;

    static constexpr const char* server_address = "10.213.7.1";

private:
    std::string missing_;
    std::string server_;
    std::string client_;
};

}  // namespace gateproof::test
