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

}  // namespace gateproof::test
