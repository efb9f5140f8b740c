#include "harness/probe/socket/tcp.hpp"

#include <fmt/format.h>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "harness/probe/socket/deadline.hpp"
#include "harness/probe/socket/proxy.hpp"

namespace gateproof {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using Clock = std::chrono::steady_clock;

struct Resolved {
    Ending end = Ending::ok;
    std::string detail;
    std::vector<tcp::endpoint> addresses;
};

/// What an unfinished look-up leaves behind: the resolver cannot be interrupted, so its answer must find a home.
struct Lookup {
    explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), done(executor) {}
    tcp::resolver resolver;
    asio::steady_timer done;
    bool finished = false;
    error_code error;
    tcp::resolver::results_type results;
};

[[noreturn]] void throw_cancelled() {
    throw boost::system::system_error(asio::error::operation_aborted);
}

/// In place of the resolver's own words ("Host not found (authoritative)").
std::string no_address_text(const error_code& error) {
    if (error == asio::error::host_not_found || error == asio::error::no_data) {
        return "the name service knows no address of that name";
    }
    return error == asio::error::host_not_found_try_again ? "the name service did not answer" : error.message();
}

asio::awaitable<Resolved> resolve(asio::any_io_executor executor, std::string host, std::uint16_t port,
                                  std::chrono::milliseconds timeout) {
    error_code error;
    const asio::ip::address literal = asio::ip::make_address(host, error);
    if (!error) {
        co_return Resolved{Ending::ok, {}, {tcp::endpoint(literal, port)}};
    }
    const auto lookup = std::make_shared<Lookup>(executor);
    lookup->resolver.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service,
                                   [lookup](const error_code& failure, const tcp::resolver::results_type& results) {
                                       lookup->finished = true;
                                       lookup->error = failure;
                                       lookup->results = results;
                                       lookup->done.cancel();
                                   });
    lookup->done.expires_after(timeout);
    co_await lookup->done.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (!lookup->finished && error) {
        throw_cancelled();
    }
    Resolved resolved;
    if (!lookup->finished) {
        resolved.end = Ending::resolve_failed;
        resolved.detail = "no answer from the name service in time";
    } else if (lookup->error) {
        resolved.end = Ending::resolve_failed;
        resolved.detail = no_address_text(lookup->error);
    } else {
        for (const auto& entry : lookup->results) {
            resolved.addresses.push_back(entry.endpoint());
        }
    }
    co_return resolved;
}

std::string text_of(const tcp::endpoint& endpoint) {
    const std::string address = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

asio::awaitable<TcpConnected> connect_one(asio::any_io_executor executor, tcp::endpoint address,
                                          std::chrono::milliseconds timeout) {
    TcpConnected connected;
    connected.remote_address = text_of(address);
    error_code error;
    tcp::socket socket(executor);
    socket.open(address.protocol(), error);
    if (error) {
        connected.end = ending_of(error);
        connected.detail = error.message();
        co_return connected;
    }
    bool expired = false;
    {
        Deadline deadline(socket, timeout);
        co_await socket.async_connect(address, asio::redirect_error(asio::use_awaitable, error));
        expired = deadline.expired();
    }
    if (error == asio::error::operation_aborted) {
        if (!expired) {
            throw_cancelled();
        }
        connected.end = Ending::timeout;
        co_return connected;
    }
    if (error) {
        connected.end = ending_of(error);
        connected.detail = error.message();
        co_return connected;
    }
    socket.non_blocking(true, error);
    socket.set_option(tcp::no_delay(true), error);
    const tcp::endpoint ours = socket.local_endpoint(error);
    connected.local_address = error ? std::string() : text_of(ours);
    connected.socket = std::move(socket);
    co_return connected;
}

TcpMoved ended(Deadline& deadline, const error_code& error) {
    if (error == asio::error::operation_aborted) {
        if (!deadline.expired()) {
            throw_cancelled();
        }
        return {Ending::timeout, 0, deadline.no_answer()};
    }
    return {ending_of(error), 0, error.message()};
}

std::chrono::milliseconds left_until(Clock::time_point end) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    return std::max(left, std::chrono::milliseconds(1));
}

}  // namespace

std::chrono::milliseconds since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
}

std::string seconds_text(std::chrono::milliseconds time) {
    return fmt::format("{:g} s", std::chrono::duration<double>(time).count());
}

namespace {

/// What does not work on the way to the tunnel's other end is the proxy's, or says so little of the endpoint that
/// nobody can tell: one ending for all of it.
asio::awaitable<TcpConnected> connect_by_proxy(asio::any_io_executor executor, Endpoint endpoint,
                                               std::chrono::milliseconds timeout) {
    const Clock::time_point end = Clock::now() + timeout;
    Endpoint proxy;
    proxy.host = endpoint.proxy->address;
    proxy.port = endpoint.proxy->port;
    TcpConnected connected = co_await tcp_connect(executor, std::move(proxy), timeout);
    std::string problem;
    if (connected.socket) {
        problem = co_await open_tunnel(*connected.socket, endpoint, left_until(end));
    } else {
        problem = fmt::format("no connection to the {}: {}", endpoint.proxy->describe(),
                              connected.detail.empty() ? words_for(connected.end) : connected.detail);
    }
    connected.remote_address = fmt::format("{} by {}", endpoint.authority(), endpoint.proxy->describe());
    if (!problem.empty()) {
        connected.end = Ending::proxy_failed;
        connected.detail = std::move(problem);
        connected.socket.reset();
    }
    co_return connected;
}

}  // namespace

asio::awaitable<TcpConnected> tcp_connect(asio::any_io_executor executor, Endpoint endpoint,
                                          std::chrono::milliseconds timeout) {
    if (endpoint.proxy) {
        co_return co_await connect_by_proxy(std::move(executor), std::move(endpoint), timeout);
    }
    const Clock::time_point end = Clock::now() + timeout;
    const std::string host = endpoint.connect_address.empty() ? endpoint.host : endpoint.connect_address;
    Resolved resolved = co_await resolve(executor, host, endpoint.port, timeout);
    TcpConnected last;
    last.end = resolved.end == Ending::ok ? Ending::resolve_failed : resolved.end;
    last.detail = resolved.end == Ending::ok ? "the name has no address" : resolved.detail;
    std::string tried;
    for (std::size_t i = 0; i < resolved.addresses.size(); ++i) {
        // A silent address must leave time for those after it.
        const auto share = left_until(end) / static_cast<int>(resolved.addresses.size() - i);
        last = co_await connect_one(executor, resolved.addresses[i], share);
        tried += (tried.empty() ? "" : ", ") + last.remote_address;
        if (last.socket || Clock::now() >= end) {
            break;
        }
    }
    if (last.end == Ending::timeout && last.detail.empty()) {
        last.detail = "no connection within " + seconds_text(timeout);
    }
    if (!last.socket && !resolved.addresses.empty() && endpoint.connect_address.empty()) {
        last.detail += " (tried " + tried + ")";  // what else speaks to the name may try others: localhost is ::1 too
    }
    co_return last;
}

asio::awaitable<Addresses> tcp_addresses(asio::any_io_executor executor, Endpoint endpoint,
                                         std::chrono::milliseconds timeout) {
    Addresses found;
    std::vector<std::string> named = std::move(endpoint.addresses);
    if (named.empty() && !endpoint.connect_address.empty()) {
        named.push_back(std::move(endpoint.connect_address));
    } else if (named.empty()) {
        const Resolved resolved = co_await resolve(executor, endpoint.host, endpoint.port, timeout);
        found.end = resolved.end;
        found.detail = resolved.detail;
        for (const tcp::endpoint& one : resolved.addresses) {
            named.push_back(one.address().to_string());
        }
    }
    for (std::string& address : named) {
        if (std::ranges::find(found.all, address) == found.all.end()) {
            found.all.push_back(std::move(address));
        }
    }
    co_return found;
}

asio::awaitable<TcpMoved> tcp_read_some(tcp::socket& socket, Deadline& deadline, std::string& into, std::size_t max) {
    const auto try_read = [&](error_code& error) {
        std::array<char, 16 * 1024> buffer;
        const std::size_t got = socket.read_some(asio::buffer(buffer.data(), std::min(max, buffer.size())), error);
        into.append(buffer.data(), got);
        return got;
    };
    error_code error;
    for (;;) {
        if (deadline.expired()) {
            co_return TcpMoved{Ending::timeout, 0, deadline.no_answer()};
        }
        co_await socket.async_wait(tcp::socket::wait_read, asio::redirect_error(asio::use_awaitable, error));
        if (error) {
            co_return ended(deadline, error);
        }
        const std::size_t got = try_read(error);
        if (error == asio::error::would_block) {
            continue;
        }
        if (error) {
            co_return ended(deadline, error);
        }
        co_return TcpMoved{Ending::ok, got, {}};
    }
}

asio::awaitable<TcpMoved> tcp_write_all(tcp::socket& socket, Deadline& deadline, std::string_view bytes) {
    error_code error;
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        sent += socket.write_some(asio::buffer(bytes.data() + sent, bytes.size() - sent), error);
        if (error == asio::error::would_block) {
            if (deadline.expired()) {
                co_return TcpMoved{Ending::timeout, sent, "the peer took no more bytes in time"};
            }
            co_await socket.async_wait(tcp::socket::wait_write, asio::redirect_error(asio::use_awaitable, error));
        }
        if (error) {
            co_return ended(deadline, error);
        }
    }
    co_return TcpMoved{Ending::ok, sent, {}};
}

asio::awaitable<TcpExchange> tcp_exchange(asio::any_io_executor executor, Endpoint endpoint, std::string bytes,
                                          std::size_t max_bytes, TcpTimeouts timeouts) {
    TcpConnected connected = co_await tcp_connect(executor, std::move(endpoint), timeouts.connect);
    TcpExchange exchange;
    exchange.end = connected.end;
    exchange.detail = std::move(connected.detail);
    exchange.remote_address = std::move(connected.remote_address);
    exchange.local_address = std::move(connected.local_address);
    if (!connected.socket) {
        co_return exchange;
    }
    exchange.connected = true;
    Deadline deadline(*connected.socket, timeouts.exchange);
    // A failed write is not the end: what the peer said before it closed may still be there to read.
    const TcpMoved written = co_await tcp_write_all(*connected.socket, deadline, bytes);
    exchange.end = Ending::ok;
    while (exchange.bytes.size() < max_bytes) {
        const TcpMoved got =
            co_await tcp_read_some(*connected.socket, deadline, exchange.bytes, max_bytes - exchange.bytes.size());
        if (got.end != Ending::ok) {
            exchange.end = written.end == Ending::reset && got.end == Ending::closed ? Ending::reset : got.end;
            exchange.detail = got.detail;
            break;
        }
    }
    co_return exchange;
}

}  // namespace gateproof
