#include "tests/support/listener.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gateproof::test {

Listener::Listener() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    constexpr int backlog = 128;
    if (descriptor_ < 0 || ::bind(descriptor_, generic, length) != 0 || ::listen(descriptor_, backlog) != 0 ||
        ::getsockname(descriptor_, generic, &length) != 0) {
        throw std::system_error(errno, std::generic_category(), "listen on loopback");
    }
    port_ = ntohs(address.sin_port);
}

Listener::~Listener() {
    close();
}

void Listener::close() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
        descriptor_ = -1;
    }
}

}  // namespace gateproof::test
