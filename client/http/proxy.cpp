#include "client/http/proxy.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

namespace gateproof::client {

std::string ask_for_tunnel(int socket, const Place& place, Moment until, const Stop& stop) {
    constexpr std::size_t longest_head = 8192;
    const std::string request = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n\r\n", place.text());
    std::string head;
    if (send(socket, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
        return "the proxy does not take the request for a tunnel";
    }
    // Byte by byte: what comes behind the head is the tunnel's.
    while (!head.ends_with("\r\n\r\n")) {
        char byte = 0;
        if (head.size() == longest_head || wait_for(socket, POLLIN, until, stop) != Wait::ready ||
            recv(socket, &byte, 1, 0) != 1) {
            return "the proxy does not answer the request for a tunnel";
        }
        head += byte;
    }
    const bool good = head.starts_with("HTTP/1.") && head.substr(8, 2) == " 2";
    return good ? std::string() : fmt::format("the proxy refuses a tunnel to {}", place.text());
}

}  // namespace gateproof::client
