// A tunnel through a proxy: what it is asked (CONNECT, RFC 9110 9.3.6; SOCKS5, RFC 1928 and 1929), and what it says.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "harness/profile/endpoint.hpp"

namespace gateproof {

/// What stood in the way where the proxy answered CONNECT with this status: "HTTP proxy proxy.example:3128 answered
/// CONNECT gw.example:4046 with 407: ...".
std::string proxy_refusal(const Endpoint& target, int status);

/// The words of a proxy and ours, in turn. Knows no socket; nothing of what it is told by the proxy is ever shown but
/// numbers.
class ProxyHandshake {
public:
    static constexpr std::size_t max_head = std::size_t{16} * 1024;

    enum class State {
        asking,
        open,    ///< what comes from here on is the endpoint's
        failed,  ///< problem() says why
    };

    /// To `target.connect_address` where there is one, else to `target.host`, whose name the proxy resolves.
    /// Precondition: target.proxy.
    explicit ProxyHandshake(const Endpoint& target);

    [[nodiscard]] State state() const { return state_; }
    /// What is to be sent before anything is read; each once.
    [[nodiscard]] std::string take_output() { return std::exchange(output_, {}); }
    /// So many bytes may be read at most, lest some of the endpoint's are taken for the proxy's. At least 1.
    [[nodiscard]] std::size_t wants() const;
    /// At most wants() bytes.
    void feed(std::string_view bytes);
    /// One sentence without a full stop: which proxy, and what it said.
    [[nodiscard]] const std::string& problem() const { return problem_; }

private:
    enum class Step { connect, method, login, reply, reply_name, reply_rest };

    void feed_head();
    void feed_socks();
    void ask_socks();
    void fail(std::string_view why);

    const Endpoint target_;
    Step step_ = Step::connect;
    State state_ = State::asking;
    std::size_t needed_ = 0;  ///< of SOCKS: bytes of this step
    std::string input_;
    std::string output_;
    std::string problem_;
};

/// Opens the tunnel over a connection to the proxy. What went wrong; empty: nothing.
boost::asio::awaitable<std::string> open_tunnel(boost::asio::ip::tcp::socket& socket, Endpoint target,
                                                std::chrono::milliseconds timeout);

}  // namespace gateproof
