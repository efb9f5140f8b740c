// A TCP forwarder in front of a real server, which can be told to die in the middle of a run.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include "tests/support/listener.hpp"

namespace gateproof::test {

/// What goes wrong on the way back to the client, once so many bytes of a connection have come through.
struct Trouble {
    enum class Kind {
        none,
        stall,       ///< nothing more comes, and nothing ends
        drop,        ///< the connection is reset
        half_close,  ///< the client sees the end, and is still heard
        trickle,     ///< a byte at a time
    };
    Kind kind = Kind::none;
    std::size_t after = 0;
};

/// What becomes of a connection, decided when it comes.
struct Course {
    std::uint16_t target = 0;  ///< port of 127.0.0.1
    Trouble trouble = {};
    std::size_t piece = 0;               ///< most bytes that are passed on at once, either way; 0: as they come
    std::chrono::microseconds pause{0};  ///< before each piece
};
/// Called in the forwarder's thread, once for each connection.
using Pilot = std::function<Course()>;

/// What becomes of a connection, by what the client says first.
enum class Fate {
    forwarded,
    reset,
    closed,  ///< an end without a word, and without a reset
    held,    ///< nothing comes back, and nothing ends
};
/// Called in the forwarder's thread, once for each connection that says something.
using Gatekeeper = std::function<Fate(std::string_view opening)>;

/// Forwards 127.0.0.1:port() to another loopback port, in a thread of its own, and counts. Once `mortal_after`
/// connections have been accepted and one of them has ended, or the next one comes, the endpoint dies: every connection
/// is reset and later ones are refused.
class Forwarder {
public:
    static constexpr std::size_t immortal = std::numeric_limits<std::size_t>::max();

    explicit Forwarder(std::uint16_t target, std::size_t mortal_after = immortal, Trouble trouble = {},
                       Gatekeeper gatekeeper = {});
    explicit Forwarder(Pilot pilot, std::size_t mortal_after = immortal, Gatekeeper gatekeeper = {});
    ~Forwarder();
    Forwarder(const Forwarder&) = delete;
    Forwarder& operator=(const Forwarder&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Connections accepted so far.
    [[nodiscard]] std::size_t connections() const { return connections_; }
    [[nodiscard]] bool dead() const { return dead_; }

private:
    struct Connection;

    void forward();
    void accept();
    void die();
    bool deliver(Connection& connection);
    /// What becomes of the connection; its client has been told so.
    [[nodiscard]] Fate admit(const Connection& connection) const;

    Listener listener_;
    std::uint16_t port_;
    Pilot pilot_;
    std::size_t mortal_after_;
    Gatekeeper gatekeeper_;
    std::atomic<std::size_t> connections_{0};
    std::atomic<bool> dead_{false};
    int stop_read_ = -1;
    int stop_write_ = -1;
    std::map<int, std::unique_ptr<Connection>> open_;  ///< by the client's descriptor
    std::thread thread_;
};

}  // namespace gateproof::test
