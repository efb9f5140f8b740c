#include "harness/probe/tls/hello_exchange.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "harness/probe/socket/deadline.hpp"

namespace gateproof {

namespace asio = boost::asio;

asio::awaitable<ServerAnswer> exchange_client_hello(asio::any_io_executor executor, Endpoint endpoint,
                                                    std::vector<std::uint8_t> hello, ServerAnswerParser::Until until,
                                                    TcpTimeouts timeouts) {
    ServerAnswerParser parser(until);
    TcpConnected connected = co_await tcp_connect(executor, std::move(endpoint), timeouts.connect);
    if (!connected.socket) {
        parser.end(Ending::connect_failed, connected.detail);
        co_return parser.answer();
    }
    Deadline deadline(*connected.socket, timeouts.exchange);
    const std::string_view bytes(reinterpret_cast<const char*>(hello.data()), hello.size());
    const TcpMoved written = co_await tcp_write_all(*connected.socket, deadline, bytes);
    std::string chunk;
    for (;;) {
        chunk.clear();
        const TcpMoved got = co_await tcp_read_some(*connected.socket, deadline, chunk, 16 * 1024);
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
