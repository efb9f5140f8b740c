// A listening socket on a free loopback port, to be handed to a server process or kept silent.
#pragma once

#include <cstdint>

namespace gateproof::test {

/// Bound and listening on 127.0.0.1; connections are completed by the kernel and answered by nobody, until a child
/// process that inherits the descriptor accepts them.
class Listener {
public:
    Listener();
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Lets go of the socket in this process; a child keeps its own.
    void close();

private:
    int descriptor_ = -1;
    std::uint16_t port_ = 0;
};

/// A free loopback port for a server that can neither inherit a socket nor choose a port. Bound but not listening, with
/// SO_REUSEADDR: no other socket is given this port, and a server that sets SO_REUSEADDR too can listen on it.
class ReservedPort {
public:
    ReservedPort();
    ~ReservedPort();
    ReservedPort(const ReservedPort&) = delete;
    ReservedPort& operator=(const ReservedPort&) = delete;

    [[nodiscard]] std::uint16_t number() const { return number_; }

private:
    int descriptor_ = -1;
    std::uint16_t number_ = 0;
};

}  // namespace gateproof::test
