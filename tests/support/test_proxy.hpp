// A proxy of the tests, CONNECT or SOCKS5, as it should be or with one fault.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "harness/profile/vantage_point.hpp"

namespace gateproof::test {

struct ProxyBehaviour {
    enum class Kind { connect, socks };
    enum class Fault {
        none,
        refuses,       ///< with `number`: a status, or a reply of SOCKS
        cuts,          ///< the connection, instead of an answer
        silent,        ///< no answer, and no end
        dribbles,      ///< a long answer, a few bytes at a time
        cuts_tunnels,  ///< once `number` bytes have come from the endpoint
    };
    Kind kind = Kind::connect;
    Fault fault = Fault::none;
    std::size_t number = 0;
    std::size_t every = 1;  ///< of so many connections one meets the fault
    std::string user = {};  ///< without whom, and the password, it lets nobody through; empty: anybody
    std::string password = {};
};

/// What a profile says of a proxy on this machine.
std::shared_ptr<const VantagePoint> proxy_at(std::uint16_t port, VantagePoint::Kind kind, const std::string& user = {},
                                             const std::string& password = {});

/// On a free port of 127.0.0.1, in a thread of its own.
class TestProxy {
public:
    explicit TestProxy(ProxyBehaviour behaviour);
    ~TestProxy();
    TestProxy(const TestProxy&) = delete;
    TestProxy& operator=(const TestProxy&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// "host:port" of every tunnel that was asked for, IPv6 in brackets.
    [[nodiscard]] std::vector<std::string> asked();

private:
    using Socket = boost::asio::ip::tcp::socket;

    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(Socket client, bool faulty);
    /// Empty: nothing is to be opened.
    boost::asio::awaitable<std::string> hear_connect(Socket& client);
    boost::asio::awaitable<std::string> hear_socks(Socket& client);
    boost::asio::awaitable<void> answer(Socket& client, std::size_t number, bool dribbles);

    ProxyBehaviour behaviour_;
    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_;
    std::size_t connections_ = 0;
    std::mutex mutex_;
    std::vector<std::string> asked_;
    std::thread thread_;
};

}  // namespace gateproof::test
