#include <algorithm>

#include "harness/probe/http/http1.hpp"
#include "harness/probe/http/patience.hpp"
#include "harness/probe/socket/deadline.hpp"
#include "harness/probe/socket/tcp.hpp"

namespace gateproof {
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

/// A peer that talks on and on is not waited for.
constexpr std::size_t max_talk = std::size_t{4} * 1024 * 1024;

TlsStep step_of(Ending end, std::string detail) {
    TlsStep step;
    step.end = end;
    step.detail = std::move(detail);
    return step;
}

void keep(std::string& received, std::string_view bytes) {
    received.append(bytes.substr(0, max_held_answer - std::min(max_held_answer, received.size())));
}

TlsStep talks_on() {
    return step_of(Ending::tls_protocol, "the peer sent more than 4 MiB that nobody asked for");
}

}  // namespace

int Held::status() const {
    return status_of(without_interim(received)).value_or(0);
}

asio::awaitable<Held> hold_tcp(asio::any_io_executor executor, Endpoint endpoint, milliseconds connect_timeout,
                               Hold hold) {
    Held held;
    TcpConnected connected = co_await tcp_connect(executor, std::move(endpoint), connect_timeout);
    if (!connected.socket) {
        held.end = step_of(no_connection(connected.end), connected.detail);
        co_return held;
    }
    const Clock::time_point begin = Clock::now();
    Deadline deadline(*connected.socket, hold.patience);
    const TcpMoved written = co_await tcp_write_all(*connected.socket, deadline, hold.opening);
    held.opened = written.end == Ending::ok;
    std::string chunk;
    std::size_t total = 0;
    for (;;) {
        chunk.clear();
        const TcpMoved got = co_await tcp_read_some(*connected.socket, deadline, chunk, 4096);
        keep(held.received, chunk);
        total += chunk.size();
        if (got.end != Ending::ok || total > max_talk) {
            held.end = got.end != Ending::ok ? step_of(got.end, got.detail) : talks_on();
            break;
        }
    }
    held.lasted = since(begin);
    co_return held;
}

asio::awaitable<Held> hold_tls(TlsSession& session, Hold hold) {
    Held held;
    const Clock::time_point begin = Clock::now();
    const Clock::time_point latest = begin + hold.patience;
    session.set_timeout(hold.patience);
    held.end = co_await session.write(hold.opening);
    held.opened = held.end.ok();
    std::size_t total = 0;
    while (held.end.ok()) {
        const milliseconds left = hold.patience - std::min(hold.patience, since(begin));
        const bool dripping = !hold.drip.empty();
        session.set_timeout(std::max(milliseconds(1), dripping ? std::min(left, hold.every) : left));
        const TlsRead read = co_await session.read(512);
        keep(held.received, read.bytes);
        total += read.bytes.size();
        held.end = total > max_talk ? talks_on() : read.step;
        if (dripping && read.step.end == Ending::timeout && Clock::now() < latest) {
            held.end = co_await session.write(hold.drip);
            ++held.drips;
            if (!held.end.ok() && !held.end.is_refusal()) {
                held.end.end = Ending::reset;  // a write can only fail because the peer is gone
            }
        }
    }
    held.lasted = since(begin);
    co_return held;
}

}  // namespace gateproof
