#include "gateway/http/allow_list.hpp"

#include <algorithm>

namespace gateproof::gateway {

namespace asio = boost::asio;

AllowList::AllowList(ListenerRole role, const std::vector<std::string>& sources, const FaultSet& faults,
                     bool cloud_too) {
    const bool open_to_all = (role == ListenerRole::mock && faults.has("no-allow-list")) ||
                             (role == ListenerRole::desktop && faults.has("desktop-no-allow-list"));
    if (role == ListenerRole::mock || role == ListenerRole::desktop || (role == ListenerRole::cloud && cloud_too)) {
        restricts_ = !open_to_all;
        for (const std::string& source : sources) {
            sources_.push_back(asio::ip::make_address(source));
        }
        if (role == ListenerRole::mock && faults.has("allow-list-forgets-a-source") && sources_.size() > 1) {
            sources_.erase(sources_.begin() + 1);
        }
    }
    if (role == ListenerRole::cloud && faults.has("cloud-restricted-by-address")) {
        restricts_ = true;
        sources_ = {asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
    }
}

bool AllowList::admits(const asio::ip::address& source) const {
    return !restricts_ || std::find(sources_.begin(), sources_.end(), source) != sources_.end();
}

void reject(asio::ip::tcp::socket socket) {
    boost::system::error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

}  // namespace gateproof::gateway
