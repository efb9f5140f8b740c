#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "harness/probe/socket/deadline.hpp"
#include "harness/probe/socket/tcp.hpp"
#include "harness/stage/player.hpp"
#include "harness/stage/raw_flight.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof::stage {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

/// Of "services.example:4046" or "[::1]:4046".
std::string_view host_of(std::string_view authority) {
    authority = authority.substr(0, authority.rfind(':'));
    const bool literal = authority.size() > 2 && authority.front() == '[' && authority.back() == ']';
    return literal ? authority.substr(1, authority.size() - 2) : authority;
}

/// "services.example:8080" of "http://services.example:8080/path".
std::string_view authority_of(std::string_view url) {
    const std::size_t from = url.find("://");
    url = url.substr(from == std::string_view::npos ? url.size() : from + 3);
    return url.substr(0, url.find('/'));
}

/// Of a proxy that opens no tunnel.
std::string no_tunnel(int status) {
    Answer answer{.status = status};
    answer.fields.emplace_back("Connection", "close");
    return encoded(answer, "GET");
}

}  // namespace

milliseconds until(Time end) {
    return std::max(std::chrono::duration_cast<milliseconds>(end - Clock::now()), milliseconds(1));
}

asio::awaitable<void> Player::run() {
    co_await play_scene();
    if (visit_.end == Ending::ok) {
        co_await find_out();
    }
}

asio::awaitable<void> Player::play_scene() {
    if (place_->options.proxy && visit_.door.empty()) {
        const bool connected = co_await open_tunnel();
        if (!connected) {
            co_return;
        }
    }
    const bool greeted = co_await read_hello();
    if (!greeted) {
        co_return;
    }
    if (!connection_->played) {
        end(Ending::closed, true);
        co_return;
    }
    const Scene& scene = connection_->played->scene;
    using Kind = HandshakeAct::Kind;
    bool shaken = false;
    switch (scene.handshake.kind) {
        case Kind::says_nothing: co_await pause(for_ever); break;
        case Kind::closes: co_await leave(Ending::closed); break;
        case Kind::refuses_tunnel:
        case Kind::resets: reset(); break;
        case Kind::alerts:
            visit_.our_alert = Alert{2, scene.handshake.alert};
            co_await send(fatal_alert(scene.handshake.alert));
            co_await leave(Ending::alert);
            break;
        case Kind::answers_in_clear:
            co_await send(scene.handshake.bytes);
            co_await leave(Ending::closed);
            break;
        case Kind::raw_flight:
            co_await send(raw_flight(scene, *visit_.hello));
            co_await hear_reaction();
            break;
        case Kind::as_usual:
        case Kind::foreign_signature:
        case Kind::refuses_certificate:
            shaken = co_await shake_hands();
            if (shaken) {
                co_await serve();
            }
            break;
    }
}

void Player::end(Ending how, bool by_stage, std::string detail) {
    if (visit_.end != Ending::ok) {
        return;
    }
    // Whoever says goodbye right behind a request has made it all the same.
    if (tls_ && requests_.state() == RequestReader::State::done) {
        note_request(first_byte_);
    }
    visit_.end = how;
    visit_.by_stage = by_stage;
    visit_.detail = std::move(detail);
    visit_.ended = Clock::now();
}

asio::awaitable<Player::Heard> Player::hear(milliseconds patience) {
    input_.clear();
    TcpMoved got;
    bool cancelled = false;
    try {
        Deadline deadline(connection_->socket, patience);
        got = co_await tcp_read_some(connection_->socket, deadline, input_, std::size_t{16} * 1024);
    } catch (const boost::system::system_error&) {
        if (!connection_->leave || place_->ended) {
            throw;
        }
        cancelled = true;
    }
    if (cancelled || got.end == Ending::timeout) {
        co_return Heard::nothing;
    }
    if (got.end != Ending::ok) {
        // A write that failed has taken the reset with it: what follows reads as an end.
        end(cut_ && got.end == Ending::closed ? Ending::reset : got.end, false, got.detail);
        co_return Heard::end;
    }
    co_return Heard::bytes;
}

asio::awaitable<bool> Player::send(std::string bytes) {
    if (bytes.empty()) {
        co_return true;
    }
    Deadline deadline(connection_->socket, limits_.client_turn);
    const TcpMoved sent = co_await tcp_write_all(connection_->socket, deadline, bytes);
    if (sent.end == Ending::timeout) {
        end(Ending::timeout, true, sent.detail);
    }
    cut_ = cut_ || sent.end == Ending::reset;
    // After any other failure the client's last words may still be there to read.
    co_return sent.end == Ending::ok;
}

asio::awaitable<void> Player::leave(Ending how) {
    end(how, true);
    boost::system::error_code error;
    connection_->socket.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    const Time last = Clock::now() + last_words;
    bool heard = tls_ != nullptr;
    std::string clear;
    while (!error && Clock::now() < last) {
        const Heard now = co_await hear(until(last));
        if (now != Heard::bytes) {
            break;
        }
        if (!heard && clear.size() < most_unread) {
            clear += input_;
            heard = hear_in_clear(clear, visit_);
        }
    }
}

void Player::reset() {
    end(Ending::reset, true);
    boost::system::error_code ignored;
    connection_->socket.set_option(asio::socket_base::linger(true, 0), ignored);
    connection_->socket.close(ignored);
}

asio::awaitable<bool> Player::read_hello() {
    ClientHelloReader reader;
    using State = ClientHelloReader::State;
    Time last = Clock::now() + limits_.idle;
    bool begun = false;
    while (reader.state() == State::need_more) {
        const Heard heard = co_await hear(until(last));
        if (heard != Heard::bytes) {
            end(Ending::timeout, true);
            co_return false;
        }
        if (!std::exchange(begun, true)) {
            last = Clock::now() + limits_.client_turn;
        }
        const std::size_t taken = reader.feed({reinterpret_cast<const std::uint8_t*>(input_.data()), input_.size()});
        first_.append(input_);
        if (reader.state() == State::need_more && taken < input_.size()) {
            break;
        }
    }
    visit_.first_bytes = reader.state() == State::done ? 0 : first_.size();
    if (reader.state() == State::done) {
        visit_.hello = reader.hello();
        visit_.hello_at = Clock::now();
        note();
        co_return true;
    }
    visit_.alert = reader.alert();
    if (reader.state() == State::not_tls) {
        co_await read_clear_request(last);
    }
    co_await leave(reader.state() == State::not_tls     ? Ending::not_tls
                   : reader.state() == State::alert     ? Ending::alert
                   : reader.state() == State::need_more ? Ending::timeout
                                                        : Ending::malformed);
    co_return false;
}

asio::awaitable<bool> Player::open_tunnel() {
    const Time began = Clock::now();
    const Time last = began + limits_.client_turn;
    while (requests_.state() == RequestReader::State::need_more) {
        const Heard heard = co_await hear(until(last));
        if (heard != Heard::bytes) {
            end(Ending::timeout, true);
            co_return false;
        }
        visit_.first_bytes += input_.size();
        requests_.feed(input_);
    }
    if (requests_.state() != RequestReader::State::done) {
        co_await leave(Ending::not_http);
        co_return false;
    }
    Request request = requests_.take();
    const bool connects = request.method == "CONNECT";
    const std::string_view authority = connects ? std::string_view(request.target) : authority_of(request.target);
    // Who is led to another door of the place comes there as without a proxy.
    DoorState* const door = place_->door_at(host_of(authority), authority.substr(authority.rfind(':') + 1));
    if (door != nullptr) {
        visit_.door = door->door.name;
        visit_.stray = door->door.stray;
        connection_->played = door->played;
        connection_->application = door->door.application ? door->door.application : place_->options.application;
    }
    if (connects && (door != nullptr || same_ignoring_case(host_of(authority), place_->options.host))) {
        visit_.first_bytes = 0;
        visit_.tunnel = std::move(request.target);
        if (connection_->played && connection_->played->scene.handshake.kind == HandshakeAct::Kind::refuses_tunnel) {
            note();
            co_await send(no_tunnel(502));
            co_await leave(Ending::closed);
            co_return false;
        }
        co_return co_await send("HTTP/1.1 200 Connection established\r\n\r\n");
    }
    visit_.stray = true;
    if (connects) {
        visit_.tunnel = request.target.substr(0, RequestSeen::most_of_target);
    } else {
        visit_.in_clear = true;
        RequestSeen one = seen(std::make_shared<const Request>(std::move(request)), place_->options.labels);
        one.first_byte = began;
        one.whole = Clock::now();
        one.in_clear = true;
        visit_.requests.push_back(std::move(one));
        ++visit_.request_count;
    }
    note();
    co_await send(no_tunnel(403));
    co_await leave(Ending::closed);
    co_return false;
}

asio::awaitable<void> Player::read_clear_request(Time last) {
    if (first_.front() < 'A' || first_.front() > 'Z') {  // no method that is in use
        co_return;
    }
    const Time began = Clock::now();
    requests_.feed(first_);
    while (requests_.state() == RequestReader::State::need_more && Clock::now() < last) {
        const Heard heard = co_await hear(until(last));
        if (heard != Heard::bytes) {
            break;
        }
        visit_.first_bytes += input_.size();
        requests_.feed(input_);
    }
    if (requests_.state() == RequestReader::State::done) {
        visit_.in_clear = true;
        RequestSeen& request = note_request(began);
        request.in_clear = true;
    }
}

asio::awaitable<bool> Player::shake_hands() {
    tls_ = std::make_unique<ServerTls>(connection_->played->context.get(), connection_->played->scene, visit_);
    tls_->feed(first_);
    first_ = {};
    const Time last = Clock::now() + limits_.client_turn;
    for (;;) {
        const ServerTls::Step step = tls_->handshake();
        const bool sent = co_await send(tls_->output());
        if (step == ServerTls::Step::done) {
            note();
            if (!sent) {
                co_return false;
            }
            co_return co_await act(AfterAct::When::after_handshake);
        }
        if (step != ServerTls::Step::wants_more) {
            co_await give_up(step);
            co_return false;
        }
        Heard heard = Heard::nothing;
        if (Clock::now() < last) {
            heard = co_await hear(until(last));
        }
        if (heard != Heard::bytes) {
            end(Ending::timeout, true, "the handshake went no further in time");
            co_return false;
        }
        tls_->feed(input_);
    }
}

asio::awaitable<void> Player::give_up(ServerTls::Step step) {
    co_await send(tls_->output());
    if (step == ServerTls::Step::closed) {
        end(Ending::closed, false);
    } else if (visit_.alert) {
        end(Ending::alert, false, tls_->detail());
    } else {
        end(Ending::tls_protocol, true, tls_->detail());
    }
    co_await leave(visit_.end);
}

asio::awaitable<bool> Player::act(AfterAct::When when) {
    for (const AfterAct& one : connection_->played->scene.after) {
        if (one.when == when) {
            tls_->act(one);
        }
    }
    co_return co_await send(tls_->output());
}

asio::awaitable<bool> Player::take_in(std::string_view bytes) {
    tls_->feed(bytes);
    for (;;) {
        std::string plain;
        const bool first = !visit_.accepted_at;
        const ServerTls::Step step = tls_->read(plain);
        if (step == ServerTls::Step::done) {
            if (requests_.state() == RequestReader::State::need_more && !requests_.begun()) {
                first_byte_ = Clock::now();
            }
            unread_ += plain.size();
            requests_.feed(plain);
            if (first) {
                note();
            }
            continue;
        }
        if (step != ServerTls::Step::wants_more) {
            co_await give_up(step);
            co_return false;
        }
        co_await send(tls_->output());  // what hinders it shows when the client is heard next
        co_return visit_.end == Ending::ok;
    }
}

asio::awaitable<bool> Player::pause(milliseconds duration, bool until_more) {
    const Time last = Clock::now() + duration;
    const std::size_t before = visit_.application_bytes;
    while (Clock::now() < last) {
        if (unread_ > most_unread) {  // whoever sends without an end is not heard out
            asio::steady_timer timer(connection_->socket.get_executor(), last);
            co_await timer.async_wait(asio::use_awaitable);
            break;
        }
        const Heard heard = co_await hear(until(last));
        if (heard == Heard::end) {
            co_return false;
        }
        if (heard == Heard::bytes && tls_ == nullptr) {
            unread_ += input_.size();
            std::string said = input_;
            hear_in_clear(said, visit_);
        } else if (heard == Heard::bytes) {
            const bool goes_on = co_await take_in(input_);
            if (!goes_on) {
                co_return false;
            }
            if (until_more && visit_.application_bytes > before) {
                break;
            }
        }
        if (heard == Heard::nothing && connection_->leave) {
            break;
        }
    }
    co_return true;
}

asio::awaitable<void> Player::hear_reaction() {
    const Time last = Clock::now() + limits_.client_turn;
    std::string said;
    for (;;) {
        Heard heard = Heard::nothing;
        if (Clock::now() < last) {
            heard = co_await hear(until(last));
        }
        if (heard != Heard::bytes) {
            end(Ending::timeout, true);
            co_return;
        }
        said += input_;
        if (hear_in_clear(said, visit_)) {
            break;
        }
    }
    if (visit_.went_on) {
        co_await leave(Ending::closed);
        co_return;
    }
    end(Ending::alert, false);
}

asio::awaitable<void> play(std::shared_ptr<Place::State> place, std::shared_ptr<Connection> connection) {
    Player player(std::move(place), std::move(connection));
    co_await player.run();
}

}  // namespace gateproof::stage
