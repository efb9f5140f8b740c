#include "gateway/http/session.hpp"

#include <openssl/err.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>
#include <sstream>
#include <utility>

#include "gateway/authority/authority.hpp"
#include "gateway/http/callers.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/http/slow_operation.hpp"
#include "gateway/services/services.hpp"
#include "gateway/tls/crafted_answer.hpp"
#include "gateway/tls/stream.hpp"

namespace gateproof::gateway {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr auto without_throwing = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t max_header = std::size_t{16} * 1024;
constexpr std::size_t max_body = std::size_t{1024} * 1024;
constexpr std::size_t max_linger = std::size_t{256} * 1024;

/// Registers a connection with its listener for as long as it lives.
class Session {
public:
    Session(tcp::socket socket, ListenerState& listener)
        : listener_(listener),
          connection_{std::move(socket), {}},
          place_(listener.open.insert(listener.open.end(), &connection_)) {
        enter(Phase::first_byte);
    }
    ~Session() { listener_.open.erase(place_); }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// What the connection waits for from now on; it is cut when that takes too long.
    void enter(Phase phase) {
        phase_ = phase;
        connection_.deadline = std::chrono::steady_clock::now() + time_for(phase, listener_.timeouts, listener_.faults);
    }
    /// Bytes have come.
    void heard() {
        if (restarts_with_every_byte(phase_, listener_.faults)) {
            enter(phase_);
        }
    }
    [[nodiscard]] Phase phase() const { return phase_; }
    [[nodiscard]] bool overdue() const { return connection_.deadline < std::chrono::steady_clock::now(); }
    [[nodiscard]] tcp::socket& socket() { return connection_.socket; }
    [[nodiscard]] ListenerState& listener() { return listener_; }

private:
    ListenerState& listener_;
    Phase phase_ = Phase::first_byte;
    ListenerState::Connection connection_;
    std::list<ListenerState::Connection*>::iterator place_;
};

/// HTTP's view of a connection, in clear or in TLS.
class Channel {
public:
    enum class Writes { everything, body_alone };
    Channel(tcp::socket& socket, TlsStream* tls, Writes writes = Writes::everything)
        : socket_(socket), tls_(tls), writes_(writes) {}

    /// Empty: the connection ended.
    asio::awaitable<std::string> read() {
        if (tls_ != nullptr) {
            std::string bytes = co_await tls_->read();
            co_return bytes;
        }
        std::string bytes(4096, '\0');
        const auto space = asio::buffer(bytes);
        const auto [error, size] = co_await socket_.async_read_some(space, without_throwing);
        bytes.resize(error ? 0 : size);
        co_return bytes;
    }
    asio::awaitable<bool> write(std::string_view bytes) {
        if (tls_ != nullptr) {
            const bool written = co_await tls_->write(bytes);
            co_return written;
        }
        if (writes_ == Writes::body_alone) {
            bytes.remove_prefix(std::min(bytes.size(), bytes.find("\r\n\r\n") + 4));
        }
        const auto data = asio::buffer(bytes.data(), bytes.size());
        const auto [error, size] = co_await asio::async_write(socket_, data, without_throwing);
        co_return !error;
    }

private:
    tcp::socket& socket_;
    TlsStream* tls_;
    Writes writes_;
};

enum class Taken { request, ended, malformed, overdue };

/// Reads one request; what comes after it stays in `input`.
asio::awaitable<Taken> read_request(Session& session, Channel& channel, std::string& input, Request& request) {
    http::request_parser<http::string_body> parser;
    parser.eager(true);
    parser.header_limit(static_cast<std::uint32_t>(max_header));
    parser.body_limit(max_body);
    while (!parser.is_done()) {
        boost::system::error_code error;
        if (!input.empty()) {
            if (session.phase() == Phase::keep_alive) {
                session.enter(Phase::headers);
            }
            const std::size_t used = parser.put(asio::buffer(input), error);
            input.erase(0, used);
            if (error && error != http::error::need_more) {
                co_return Taken::malformed;
            }
        }
        if (parser.is_header_done() && session.phase() == Phase::headers) {
            session.enter(Phase::body);
        }
        if (!parser.is_done() && (input.empty() || error == http::error::need_more)) {
            if (input.size() > max_header) {
                co_return Taken::malformed;
            }
            const std::string more = co_await channel.read();
            if (more.empty()) {
                const bool half_way = session.phase() == Phase::headers || session.phase() == Phase::body;
                co_return (half_way && session.overdue()) ? Taken::overdue : Taken::ended;
            }
            session.heard();
            input += more;
        }
    }
    request = parser.release();
    co_return Taken::request;
}

/// RFC 9110 5.6.7, 6.6.1.
std::string date_text(std::time_t time) {
    std::tm fields{};
    gmtime_r(&time, &fields);
    std::array<char, 40> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &fields);
    return {text.data(), size};
}

std::string wire_form(Response response, const ListenerState& listener) {
    const bool wrong = listener.role == ListenerRole::cloud && listener.faults.has("wrong-date");
    response.set(http::field::date, date_text(std::time(nullptr) - (wrong ? 600 : 0)));
    std::ostringstream out;
    out << response;
    return std::move(out).str();
}

/// The answer of an operation that takes its time; false: the connection is over.
asio::awaitable<bool> answer_slowly(Session& session, Channel& channel, SlowPlan plan) {
    session.enter(Phase::unbounded);
    asio::steady_timer timer(session.socket().get_executor(), plan.wait);
    co_await timer.async_wait(without_throwing);
    session.enter(Phase::answer);
    if (plan.answer) {
        std::string bytes = wire_form(*plan.answer, session.listener());
        bytes.resize(bytes.size() - plan.withheld);
        const bool written = co_await channel.write(bytes);
        if (!written) {
            co_return false;
        }
    }
    if (plan.end == SlowPlan::End::hang) {
        session.enter(Phase::unbounded);
        for (bool open = true; open;) {
            const std::string ignored = co_await channel.read();
            open = !ignored.empty();
        }
    }
    co_return (plan.end == SlowPlan::End::keep && plan.answer && plan.answer->keep_alive());
}

/// What the limit of heavy use has to say about a request, which belongs to the connection's certificate whatever else
/// it claims.
asio::awaitable<std::optional<Response>> ask_throttle(Session& session, Request& request, Caller& caller) {
    Throttle* const throttle = session.listener().throttle.get();
    if (throttle == nullptr) {
        co_return std::nullopt;
    }
    if (caller.connection == 0) {
        caller.connection = throttle->next_connection();
    }
    const auto now = Throttle::Clock::now();
    std::optional<Response> answer = throttle->answer(request, caller, now);
    throttle->rewrite(request);
    const std::chrono::milliseconds delay = throttle->delay(caller, now);
    if (delay.count() > 0) {
        asio::steady_timer timer(session.socket().get_executor(), delay);
        co_await timer.async_wait(without_throwing);
    }
    co_return answer;
}

/// The authority answers what is its own, the service everything else.
Response answer_of(const Request& request, const Caller& caller, ListenerState& listener, unsigned served) {
    if (listener.authority != nullptr && caller.over_tls) {
        if (std::optional<Response> answer = listener.authority->serve(request, listener.role != ListenerRole::mock)) {
            return std::move(*answer);
        }
    }
    return serve(request, caller_of_request(caller, request, listener, served), listener.faults, listener.services);
}

/// Waits as long as a fault of the services wants the answer held back.
asio::awaitable<void> hold_back(Session& session) {
    Services* const services = session.listener().services;
    const std::chrono::milliseconds pause = services != nullptr ? services->take_pause() : std::chrono::milliseconds(0);
    if (pause.count() > 0) {
        asio::steady_timer timer(session.socket().get_executor(), pause);
        co_await timer.async_wait(without_throwing);
    }
}

/// What is asked after later: a write that takes its time.
void note_write(const Request& request, const SlowPlan& plan, ListenerState& listener) {
    if (request.method() == http::verb::post && listener.services != nullptr) {
        const std::string_view target(request.target().data(), request.target().size());
        const std::size_t query = std::min(target.find('?'), target.size() - 1) + 1;
        listener.services->slow_writes().begin(target.substr(query), plan.takes, plan.wait < plan.takes,
                                               listener.faults);
    }
}

asio::awaitable<void> serve_requests(Session& session, Channel& channel, Caller caller, std::string input) {
    std::optional<Response> late;
    for (unsigned served = 0;; ++served) {
        session.enter(served == 0 ? Phase::headers : Phase::keep_alive);
        Request request;
        const Taken taken = co_await read_request(session, channel, input, request);
        session.enter(Phase::answer);
        if (taken == Taken::ended) {
            co_return;
        }
        Response response;
        std::optional<Concurrency::Call> open;  // until the answer is sent, however slowly
        if (taken == Taken::malformed) {
            request.keep_alive(false);
            response = error_response(request, 400, "EV1100", "validation", "Not a request that this gateway reads");
        } else if (taken == Taken::overdue) {
            request.keep_alive(false);
            response = error_response(request, 408, "EV1100", "validation", "The request took too long to arrive");
        } else {
            if (caller.listener == ListenerRole::plain_http) {
                request.keep_alive(false);
            }
            ListenerState& listener = session.listener();
            caller.absolute_form = take_absolute_form(request);
            std::optional<Response> limited = co_await ask_throttle(session, request, caller);
            if (!limited && listener.concurrency != nullptr) {
                Concurrency::Decision decision =
                    listener.concurrency->begin(request, caller, Concurrency::Clock::now());
                limited = std::move(decision.refusal);
                if (decision.call) {
                    open.emplace(std::move(*decision.call));
                }
            }
            response = limited ? std::move(*limited) : answer_of(request, caller, listener, served);
            co_await hold_back(session);
            if (request.method() == http::verb::head) {
                response.body().clear();  // the header still tells its length (RFC 9110 9.3.2)
            }
        }
        if (late) {
            response = *std::exchange(late, std::nullopt);
        } else if (auto plan =
                       plan_slow_answer(request, response, session.listener().timeouts, session.listener().faults)) {
            late = std::move(plan->late);
            note_write(request, *plan, session.listener());
            const bool lives_on = co_await answer_slowly(session, channel, std::move(*plan));
            if (!lives_on) {
                co_return;
            }
            continue;
        }
        const std::string bytes = wire_form(response, session.listener());
        const bool written = co_await channel.write(bytes);
        const bool cut_short = caller.listener == ListenerRole::desktop && response.result_int() == 200 &&
                               session.listener().faults.has("keep-alive-closed-at-once");
        if (!written || !response.keep_alive() || cut_short) {
            co_return;
        }
    }
}

/// Shows the peer our close and takes what it still sends: closing over unread bytes would be a reset, and that
/// could overtake the alert or answer that we sent last.
asio::awaitable<void> linger(Session& session) {
    session.enter(Phase::linger);
    boost::system::error_code ignored;
    session.socket().shutdown(tcp::socket::shutdown_send, ignored);
    std::array<char, 4096> buffer;
    std::size_t total = 0;
    while (total < max_linger) {
        const auto space = asio::buffer(buffer);
        const auto [error, size] = co_await session.socket().async_read_some(space, without_throwing);
        if (error) {
            co_return;
        }
        total += size;
    }
}

struct Opening {
    HelloView hello;
    std::string bytes;
    unsigned reads = 0;  ///< that it took
};

/// Reads until it is clear what the connection begins with.
asio::awaitable<Opening> read_opening(Session& session) {
    tcp::socket& socket = session.socket();
    Opening opening;
    std::array<char, 4096> buffer;
    while (opening.hello.kind == FirstBytes::need_more) {
        const auto space = asio::buffer(buffer);
        const auto [error, size] = co_await socket.async_read_some(space, without_throwing);
        if (error) {
            co_return opening;
        }
        if (opening.bytes.empty()) {
            session.enter(Phase::handshake);
        }
        opening.bytes.append(buffer.data(), size);
        ++opening.reads;
        opening.hello =
            view_first_bytes({reinterpret_cast<const std::uint8_t*>(opening.bytes.data()), opening.bytes.size()});
    }
    co_return opening;
}

/// HTTP without TLS on this listener; `input` has been read already.
asio::awaitable<void> serve_in_clear(Session& session, std::string input,
                                     Channel::Writes writes = Channel::Writes::everything) {
    Caller caller;
    caller.listener = session.listener().role;
    caller.authorised = true;
    Channel channel(session.socket(), nullptr, writes);
    co_await serve_requests(session, channel, caller, std::move(input));
}

asio::awaitable<bool> finish_handshake(TlsStream& stream, bool early_data) {
    if (early_data) {
        const bool done = co_await stream.handshake_with_early_data();
        co_return done;
    }
    const bool done = co_await stream.handshake();
    co_return done;
}

asio::awaitable<void> serve_tls(Session& session) {
    ListenerState& listener = session.listener();
    const Opening opening = co_await read_opening(session);
    if (opening.hello.kind == FirstBytes::need_more) {
        co_return;
    }
    if (opening.hello.kind == FirstBytes::plaintext) {
        if (listener.faults.has("plaintext-served-on-tls-port")) {
            co_await serve_in_clear(session, opening.bytes);
        } else if (listener.faults.has("bare-answer-on-tls-port")) {
            co_await serve_in_clear(session, opening.bytes, Channel::Writes::body_alone);
        }
        co_return;
    }
    if (const auto answer = crafted_answer(opening.hello, listener.faults, listener.tls->certificate_der())) {
        Channel channel(session.socket(), nullptr);
        co_await channel.write(*answer);
        co_return;
    }
    TlsStream stream(session.socket(), listener.tls->accept(opening.hello, opening.reads > 1), opening.bytes);
    const bool secured = co_await finish_handshake(stream, listener.tls->reads_early_data());
    if (!secured) {
        co_return;
    }
    boost::system::error_code gone;
    const tcp::endpoint source = session.socket().remote_endpoint(gone);
    Caller caller = caller_of(listener, stream.ssl(), source.address());
    Channel channel(session.socket(), &stream);
    co_await serve_requests(session, channel, std::move(caller), {});
    co_await stream.close();
}

}  // namespace

void ListenerState::close_overdue(std::chrono::steady_clock::time_point now) {
    for (Connection* const connection : open) {
        if (connection->deadline < now) {
            boost::system::error_code ignored;
            connection->socket.cancel(ignored);
        }
    }
}

asio::awaitable<void> serve_connection(tcp::socket socket, ListenerState& listener) {
    Session session(std::move(socket), listener);
    boost::system::error_code ignored;
    session.socket().set_option(tcp::no_delay(true), ignored);
    if (listener.tls && !listener.faults.has("no-tls")) {
        co_await serve_tls(session);
    } else {
        co_await serve_in_clear(session, {});
    }
    co_await linger(session);
    ERR_clear_error();
}

}  // namespace gateproof::gateway
