// A time limit on a socket's pending operation, cheaper than racing two awaitables.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace gateproof {

/// "0.5 s", "10 s"
std::string seconds_text(std::chrono::milliseconds time);

/// How long ago that was.
std::chrono::milliseconds since(std::chrono::steady_clock::time_point begin);

/// Cancels whatever the socket waits for once the time is up. Between two operations ask expired() before the next:
/// a deadline that passes while nothing is pending cancels nothing.
class Deadline {
public:
    Deadline(boost::asio::ip::tcp::socket& socket, std::chrono::milliseconds timeout)
        : timeout_(timeout),
          shared_(std::make_shared<Shared>(Shared{&socket, false})),
          timer_(socket.get_executor(), timeout) {
        timer_.async_wait([shared = shared_](const boost::system::error_code& error) {
            if (error || shared->socket == nullptr) {
                return;
            }
            shared->expired = true;
            boost::system::error_code ignored;
            shared->socket->cancel(ignored);
        });
    }
    ~Deadline() { shared_->socket = nullptr; }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    [[nodiscard]] bool expired() const { return shared_->expired; }

    /// "no answer within 0.5 s"
    [[nodiscard]] std::string no_answer() const { return "no answer within " + seconds_text(timeout_); }

private:
    struct Shared {
        boost::asio::ip::tcp::socket* socket;
        bool expired;
    };
    std::chrono::milliseconds timeout_;
    std::shared_ptr<Shared> shared_;
    boost::asio::steady_timer timer_;
};

}  // namespace gateproof
