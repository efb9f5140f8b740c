// Which source addresses a listener lets in: the firewall in front of everything that is not production.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <vector>

#include "gateway/faults/fault_set.hpp"
#include "gateway/tls/server.hpp"

namespace gateproof::gateway {

class AllowList {
public:
    /// Lets everybody in.
    AllowList() = default;
    /// The rule of a listener: `sources` (IP literals; throws boost::system::system_error for anything else) for mock
    /// and desktop, and for the cloud where `cloud_too`, unless a fault knows better.
    AllowList(ListenerRole role, const std::vector<std::string>& sources, const FaultSet& faults, bool cloud_too);

    [[nodiscard]] bool admits(const boost::asio::ip::address& source) const;

private:
    bool restricts_ = false;
    std::vector<boost::asio::ip::address> sources_;
};

/// Refuses the connection as a firewall does that rejects: with a reset.
void reject(boost::asio::ip::tcp::socket socket);

}  // namespace gateproof::gateway
