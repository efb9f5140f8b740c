#include "harness/probe/socket/proxy.hpp"

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>

#include <array>
#include <utility>

#include "harness/probe/socket/deadline.hpp"
#include "harness/probe/socket/tcp.hpp"
#include "harness/text/encoding.hpp"

namespace gateproof {

namespace asio = boost::asio;

namespace {

constexpr char socks_version = 5;
constexpr char login_version = 1;  ///< RFC 1929
constexpr char no_login = 0;
constexpr char by_password = 2;

const std::string& dialled(const Endpoint& target) {
    return target.connect_address.empty() ? target.host : target.connect_address;
}

/// "host:port", IPv6 in brackets, of what the proxy dials.
std::string authority_of(const Endpoint& target) {
    const std::string& host = dialled(target);
    const bool ipv6 = host.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}", ipv6 ? "[" : "", host, ipv6 ? "]" : "", target.port);
}

std::string connect_request(const Endpoint& target) {
    const std::string authority = authority_of(target);
    std::string request = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", authority);
    if (!target.proxy->user.empty()) {
        request +=
            fmt::format("Proxy-Authorization: Basic {}\r\n", base64(target.proxy->user + ':' + target.proxy->password));
    }
    return request + "\r\n";
}

/// Host and port as RFC 1928 4 has them.
std::string socks_address(const Endpoint& target) {
    const std::string& host = dialled(target);
    boost::system::error_code no_literal;
    const asio::ip::address literal = asio::ip::make_address(host, no_literal);
    std::string address;
    if (no_literal) {
        address = {'\x03', static_cast<char>(host.size())};
        address += host;
    } else if (literal.is_v4()) {
        const auto bytes = literal.to_v4().to_bytes();
        address = '\x01';
        address.append(bytes.begin(), bytes.end());
    } else {
        const auto bytes = literal.to_v6().to_bytes();
        address = '\x04';
        address.append(bytes.begin(), bytes.end());
    }
    address += static_cast<char>(target.port >> 8);
    address += static_cast<char>(target.port & 0xff);
    return address;
}

std::string_view meaning_of_status(int status) {
    switch (status) {
        case 401:
        case 407: return "it wants a user and a password that it knows";
        case 403:
        case 405: return "it lets nobody through to there, or not from here";
        case 502:
        case 503: return "it got no connection, or has none to give";
        case 504: return "it heard nothing from there";
        default: return "it opens no tunnel";
    }
}

std::string_view meaning_of_reply(unsigned reply) {
    constexpr std::array<std::string_view, 9> words{"granted",
                                                    "general failure",
                                                    "not allowed by its rules",
                                                    "network unreachable",
                                                    "host unreachable",
                                                    "connection refused",
                                                    "TTL expired",
                                                    "command not supported",
                                                    "kind of address not supported"};
    return reply < words.size() ? words[reply] : std::string_view("which RFC 1928 does not know");
}

/// Of a status line; 0: it is none.
int status_of_line(std::string_view head) {
    const std::size_t space = head.find(' ');
    if (!head.starts_with("HTTP/1.") || space == std::string_view::npos || head.size() < space + 4) {
        return 0;
    }
    int status = 0;
    for (const char c : head.substr(space + 1, 3)) {
        if (c < '0' || c > '9') {
            return 0;
        }
        status = status * 10 + (c - '0');
    }
    return status;
}

}  // namespace

std::string proxy_refusal(const Endpoint& target, int status) {
    return fmt::format("{} answered CONNECT {} with {}: {}", target.proxy->describe(), authority_of(target), status,
                       meaning_of_status(status));
}

ProxyHandshake::ProxyHandshake(const Endpoint& target) : target_(target) {
    if (target.proxy->kind == VantagePoint::Kind::http_connect) {
        output_ = connect_request(target);
        return;
    }
    step_ = Step::method;
    needed_ = 2;
    const bool login = !target.proxy->user.empty();
    output_ = {socks_version, static_cast<char>(login ? 2 : 1), no_login};
    if (login) {
        output_ += by_password;
    }
}

std::size_t ProxyHandshake::wants() const {
    if (step_ == Step::connect) {
        // A head ends with an empty line, and lines may end with LF alone (RFC 9112 2.2).
        return input_.ends_with('\n') || input_.ends_with("\n\r") ? 1 : 2;
    }
    return needed_ - input_.size();
}

void ProxyHandshake::feed(std::string_view bytes) {
    input_ += bytes;
    if (state_ != State::asking) {
        return;
    }
    if (step_ == Step::connect) {
        feed_head();
    } else if (input_.size() >= needed_) {
        feed_socks();
    }
}

void ProxyHandshake::fail(std::string_view why) {
    state_ = State::failed;
    problem_ = fmt::format("{} {}", target_.proxy->describe(), why);
}

void ProxyHandshake::feed_head() {
    constexpr std::string_view begins = "HTTP/1.";
    const std::string_view head = input_;
    if (head.substr(0, begins.size()) != begins.substr(0, head.size())) {
        fail("answered CONNECT with something that is no HTTP");
        return;
    }
    if (!head.ends_with("\n\r\n") && !head.ends_with("\n\n")) {
        if (head.size() > max_head) {
            fail("answered CONNECT with a head that does not end");
        }
        return;
    }
    const int status = status_of_line(head);
    input_.clear();
    if (status < 100) {
        fail("answered CONNECT with something that is no HTTP");
    } else if (status / 100 == 2) {
        state_ = State::open;
    } else if (status / 100 != 1 || status == 101) {
        state_ = State::failed;
        problem_ = proxy_refusal(target_, status);
    }
}

void ProxyHandshake::ask_socks() {
    output_ = {socks_version, '\x01', '\x00'};
    output_ += socks_address(target_);
    step_ = Step::reply;
    needed_ = 2;
}

void ProxyHandshake::feed_socks() {
    const std::string got = std::exchange(input_, {});
    const auto second = static_cast<unsigned char>(got[got.size() - 1]);
    switch (step_) {
        case Step::method:
            if (got[0] != socks_version) {
                fail("does not speak SOCKS5");
            } else if (got[1] == no_login) {
                ask_socks();
            } else if (got[1] == by_password && !target_.proxy->user.empty()) {
                const std::string& user = target_.proxy->user;
                const std::string& password = target_.proxy->password;
                output_ = {login_version, static_cast<char>(user.size())};
                output_ += user;
                output_ += static_cast<char>(password.size());
                output_ += password;
                step_ = Step::login;
            } else {
                fail("wants a user and a password, or another proof that nobody here knows");
            }
            return;
        case Step::login:
            if (got[1] != 0) {
                fail("does not know the user and the password");
            } else {
                ask_socks();
            }
            return;
        case Step::reply:
            if (got[0] != socks_version) {
                fail("does not speak SOCKS5");
            } else if (second != 0) {
                fail(fmt::format("got no connection to {}: reply {}, {}", authority_of(target_), second,
                                 meaning_of_reply(second)));
            } else {
                step_ = Step::reply_name;
                needed_ = 3;  // reserved, kind of address, and its first byte: of a name that is its length
            }
            return;
        case Step::reply_name: {
            constexpr std::size_t port = 2;
            const char kind = got[1];
            if (kind != 1 && kind != 3 && kind != 4) {
                fail("does not speak SOCKS5");
                return;
            }
            step_ = Step::reply_rest;
            needed_ = (kind == 1 ? 3U : kind == 4 ? 15U : second) + port;
            return;
        }
        default: state_ = State::open; return;
    }
}

asio::awaitable<std::string> open_tunnel(asio::ip::tcp::socket& socket, Endpoint target,
                                         std::chrono::milliseconds timeout) {
    ProxyHandshake handshake(target);
    Deadline deadline(socket, timeout);
    std::string chunk;
    while (handshake.state() == ProxyHandshake::State::asking) {
        const std::string output = handshake.take_output();
        const TcpMoved written = co_await tcp_write_all(socket, deadline, output);
        if (written.end == Ending::timeout) {
            co_return fmt::format("{} took nothing in time", target.proxy->describe());
        }
        chunk.clear();
        // Where writing failed, what it said before may still be there to read.
        const TcpMoved got = co_await tcp_read_some(socket, deadline, chunk, handshake.wants());
        if (got.end == Ending::timeout) {
            co_return fmt::format("{} opened no tunnel to {} within {}", target.proxy->describe(), authority_of(target),
                                  seconds_text(timeout));
        }
        if (got.end != Ending::ok) {
            co_return fmt::format("{} ended the connection before it had opened the tunnel to {} ({})",
                                  target.proxy->describe(), authority_of(target), words_for(got.end));
        }
        handshake.feed(chunk);
    }
    co_return handshake.problem();
}

}  // namespace gateproof
