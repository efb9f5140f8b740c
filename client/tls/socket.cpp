#include "client/tls/socket.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace gateproof::client {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses resolve(const std::string& host, std::uint16_t port, bool literal) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = literal ? AI_NUMERICHOST : 0;
    addrinfo* found = nullptr;
    const int problem = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    return {problem == 0 ? found : nullptr, freeaddrinfo};
}

/// Zero, or the errno of the failure.
int connect_one(int socket, const addrinfo& address, Moment until, const Stop& stop, bool& stopped) {
    if (connect(socket, address.ai_addr, address.ai_addrlen) == 0) {
        return 0;
    }
    if (errno != EINPROGRESS) {
        return errno;
    }
    const Wait wait = wait_for(socket, POLLOUT, until, stop);
    if (wait != Wait::ready) {
        stopped = wait == Wait::stopped;
        return ETIMEDOUT;
    }
    int problem = 0;
    socklen_t size = sizeof problem;
    getsockopt(socket, SOL_SOCKET, SO_ERROR, &problem, &size);
    return problem;
}

}  // namespace

std::string Place::text() const {
    return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

bool is_address(const std::string& host) {
    in6_addr room{};
    return inet_pton(AF_INET, host.c_str(), &room) == 1 || inet_pton(AF_INET6, host.c_str(), &room) == 1;
}

Dialled dial(const Place& place, const std::vector<std::string>& addresses, bool first_alone, Moment until,
             const Stop& stop) {
    Dialled dialled;
    const bool given = !addresses.empty();
    const std::vector<std::string> names = given ? addresses : std::vector<std::string>{place.host};
    dialled.problem = fmt::format("the host \"{}\" has no address", place.host);
    for (const std::string& name : names) {
        const Addresses found = resolve(name, place.port, given);
        for (const addrinfo* address = found.get(); address != nullptr; address = address->ai_next) {
            Descriptor socket(::socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                                       address->ai_protocol));
            if (!socket.valid()) {
                continue;
            }
            const int problem = connect_one(socket.number(), *address, until, stop, dialled.stopped);
            if (problem == 0) {
                const int on = 1;
                setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                dialled.socket = std::move(socket);
                dialled.problem.clear();
                return dialled;
            }
            dialled.problem = fmt::format("{} cannot be reached: {}", place.text(), std::strerror(problem));
            if (dialled.stopped || first_alone) {
                return dialled;
            }
        }
    }
    return dialled;
}

}  // namespace gateproof::client
