#include "tests/support/listener.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gateproof::test {

namespace {

[[noreturn]] void give_up(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// Binds to a free port of 127.0.0.1 and returns its number.
std::uint16_t bind_loopback(int descriptor) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (descriptor < 0 || ::bind(descriptor, generic, length) != 0 ||
        ::getsockname(descriptor, generic, &length) != 0) {
        give_up("bind to loopback");
    }
    return ntohs(address.sin_port);
}

}  // namespace

Listener::Listener() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    port_ = bind_loopback(descriptor_);
    constexpr int backlog = 128;
    if (::listen(descriptor_, backlog) != 0) {
        give_up("listen on loopback");
    }
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

ReservedPort::ReservedPort() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    if (::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) {
        give_up("SO_REUSEADDR");
    }
    number_ = bind_loopback(descriptor_);
}

ReservedPort::~ReservedPort() {
    ::close(descriptor_);
}

}  // namespace gateproof::test
