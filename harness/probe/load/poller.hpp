// Readiness of a client's connections by one epoll set of their own, which Asio waits for as a whole. Each wait on an
// Asio socket is a system call of its own; here a socket is registered once.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace gateproof::load {

/// Reports edges: whoever waits has to have taken all that was there, or to know that nothing could be.
class Poller : public std::enable_shared_from_this<Poller> {
public:
    class Waiter {
    public:
        virtual ~Waiter() = default;
        /// Something can be read or written, or the connection has ended.
        virtual void ready() = 0;
    };

    /// Throws std::system_error without descriptors.
    explicit Poller(const boost::asio::any_io_executor& executor);
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

    /// Zero: the system refuses. The waiter stays until remove().
    [[nodiscard]] std::uint64_t add(int socket, Waiter& waiter);
    /// Before the socket is closed. Reports of it that have been fetched already go nowhere.
    void remove(int socket, std::uint64_t id);

    /// Reports from now on, until rest(): as long as it does, the loop has work.
    void watch();
    void rest();

private:
    struct Slot {
        Waiter* waiter = nullptr;
        std::uint32_t generation = 1;
    };

    void fetch();
    void report(std::uint64_t id);

    boost::asio::posix::stream_descriptor events_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    bool watching_ = false;
    bool wanted_ = false;
};

}  // namespace gateproof::load
