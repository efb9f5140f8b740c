#include "harness/probe/tls/hello_exchange.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "harness/probe/socket/deadline.hpp"

namespace gateproof {

namespace asio = boost::asio;

namespace {

/// A hello alone waits for nobody: this is what a suite of hellos takes longest for.
constexpr std::chrono::milliseconds between_pieces{10};

bool is_one_record(std::string_view flight) {
    if (flight.size() <= record_header + 1) {
        return false;
    }
    const auto byte = [flight](std::size_t at) {
        return static_cast<std::size_t>(static_cast<std::uint8_t>(flight[at]));
    };
    return (byte(3) << 8 | byte(4)) == flight.size() - record_header;
}

/// Whoever looks for the name in the first piece alone does not find it.
std::size_t cut_point(std::string_view flight, std::string_view server_name) {
    const std::size_t name = server_name.empty() ? std::string_view::npos : flight.find(server_name);
    const std::size_t middle = record_header + (flight.size() - record_header) / 2;
    return name == std::string_view::npos ? middle : name + server_name.size() / 2;
}

/// `content` in a record of the type and version that `model` has.
std::string record_of(std::string_view model, std::string_view content) {
    std::string made(model.substr(0, 3));
    made += static_cast<char>(content.size() >> 8);
    made += static_cast<char>(content.size() & 0xff);
    return made.append(content);
}

/// What is written one after another.
std::vector<std::string> cut_hello(std::string flight, HelloCut how, std::string_view server_name) {
    if (how == HelloCut::none || !is_one_record(flight)) {
        return {std::move(flight)};
    }
    const std::size_t at = cut_point(flight, server_name);
    const std::string_view all = flight;
    if (how == HelloCut::two_segments) {
        return {std::string(all.substr(0, at)), std::string(all.substr(at))};
    }
    return {record_of(all, all.substr(record_header, at - record_header)) + record_of(all, all.substr(at))};
}

}  // namespace

asio::awaitable<TcpMoved> send_hello(asio::ip::tcp::socket& socket, Deadline& deadline, std::string flight,
                                     HelloCut cut, std::string server_name, std::chrono::milliseconds pause) {
    const std::vector<std::string> pieces = cut_hello(std::move(flight), cut, server_name);
    TcpMoved moved;
    for (const std::string& piece : pieces) {
        if (&piece != &pieces.front()) {
            asio::steady_timer timer(socket.get_executor(), pause);
            co_await timer.async_wait(asio::use_awaitable);
        }
        moved = co_await tcp_write_all(socket, deadline, piece);
        if (moved.end != Ending::ok) {
            break;
        }
    }
    co_return moved;
}

asio::awaitable<ServerAnswer> exchange_client_hello(asio::any_io_executor executor, Endpoint endpoint,
                                                    std::vector<std::uint8_t> hello, ServerAnswerParser::Until until,
                                                    TcpTimeouts timeouts, HelloCut cut, ConnectionEnds* ends) {
    ServerAnswerParser parser(until);
    std::string server_name = endpoint.host;
    TcpConnected connected = co_await tcp_connect(executor, std::move(endpoint), timeouts.connect);
    if (ends != nullptr) {
        *ends = {connected.local_address, connected.remote_address};
    }
    if (!connected.socket) {
        parser.end(no_connection(connected.end), connected.detail);
        co_return parser.answer();
    }
    Deadline deadline(*connected.socket, timeouts.exchange);
    std::string bytes(reinterpret_cast<const char*>(hello.data()), hello.size());
    const TcpMoved written =
        co_await send_hello(*connected.socket, deadline, std::move(bytes), cut, std::move(server_name), between_pieces);
    std::string chunk;
    for (;;) {
        chunk.clear();
        const TcpMoved got = co_await tcp_read_some(*connected.socket, deadline, chunk, std::size_t{16} * 1024);
        if (got.end != Ending::ok) {
            const bool reset = written.end == Ending::reset && got.end == Ending::closed;
            parser.end(reset ? Ending::reset : got.end, got.detail);
            break;
        }
        const std::span<const std::uint8_t> input(reinterpret_cast<const std::uint8_t*>(chunk.data()), chunk.size());
        if (parser.feed(input) == ServerAnswerParser::State::done) {
            break;
        }
    }
    co_return parser.answer();
}

}  // namespace gateproof
