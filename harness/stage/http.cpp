#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "harness/stage/player.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof::stage {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

/// What the act says to that request; nothing: the application's own.
std::optional<Answer> said_by(const AnswerAct& act, const Request& request) {
    const std::string path = lower_case(request.target);
    for (const SaidAt& one : act.said_at) {
        if (path.starts_with(one.path)) {
            return one.answer;
        }
    }
    return act.said;
}

/// An answer without the end that is held back.
std::string_view first_of(std::string_view bytes, const AnswerAct& act) {
    bytes.remove_suffix(std::min(act.held_back, bytes.size()));
    return bytes.substr(0, act.cut_at);
}

/// What is written from now on waits for the end of the connection, or for a full segment: an answer and the end behind
/// it arrive in one, and nobody sees the one before the other. Where it fails they arrive one after the other.
void hold_for_the_end(asio::ip::tcp::socket& socket) {
    const int on = 1;
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

/// Of the final answer in these bytes (RFC 9110 15.2); `otherwise` where they do not begin as HTTP does.
int status_in(std::string_view bytes, int otherwise) {
    constexpr std::string_view version = "HTTP/1.1 ";
    constexpr std::size_t digits = 3;
    while (bytes.starts_with(version) && bytes.size() >= version.size() + digits) {
        const std::string_view code = bytes.substr(version.size(), digits);
        int status = 0;
        std::from_chars(code.data(), code.data() + code.size(), status);
        const std::size_t end = bytes.find("\r\n\r\n");
        if (status >= 200 || end == std::string_view::npos) {
            return status;
        }
        bytes.remove_prefix(end + 4);
    }
    return otherwise;
}

std::string bad_request() {
    Answer answer{.status = 400};
    answer.fields.emplace_back("Connection", "close");
    return encoded(answer, "GET");
}

}  // namespace

RequestSeen& Player::note_request(Time first_byte) {
    Request request = requests_.take();
    request.certificates = visit_.certificates;
    request.server_name = visit_.hello ? visit_.hello->server_name() : std::string();
    request.resumed = visit_.resumed;
    request.from = visit_.from;
    request.door = visit_.door;
    request.earlier = visit_.request_count;
    request.changes = connection_->application && connection_->application->changes(request);
    current_ = std::make_shared<const Request>(std::move(request));
    RequestSeen one = seen(current_, place_->options.labels);
    one.first_byte = first_byte;
    one.whole = Clock::now();
    ++visit_.request_count;
    if (visit_.requests.size() < Visit::most_requests) {
        if (place_->kept + current_->body.size() > limits_.kept) {
            Request head = *current_;
            head.body.clear();
            one.raw = std::make_shared<const Request>(std::move(head));
        }
        place_->kept += one.raw->body.size();
        visit_.requests.push_back(std::move(one));
        note();
        return visit_.requests.back();
    }
    beyond_ = std::move(one);
    return beyond_;
}

asio::awaitable<bool> Player::await_request() {
    Time last = Clock::now() + limits_.idle;
    bool begun = false;
    unread_ = 0;
    const bool begins = co_await take_in({});
    if (!begins) {
        co_return false;
    }
    while (requests_.state() == RequestReader::State::need_more) {
        if (requests_.begun() && !std::exchange(begun, true)) {
            last = first_byte_ + limits_.client_turn;
        }
        if (requests_.waits_for_continue()) {
            const bool said = co_await say("HTTP/1.1 100 Continue\r\n\r\n");
            if (!said) {
                co_return false;
            }
        }
        connection_->idle = !begun;
        const bool gone = connection_->leave && !begun;
        Heard heard = Heard::nothing;
        if (!gone && Clock::now() < last) {
            heard = co_await hear(until(last));
        }
        connection_->idle = false;
        if (heard == Heard::nothing) {
            if (begun && connection_->leave && Clock::now() < last) {
                continue;
            }
            tls_->shut();
            co_await send(tls_->output());
            co_await leave(connection_->leave ? Ending::closed : Ending::timeout);
            co_return false;
        }
        if (heard == Heard::end) {
            co_return false;
        }
        const bool goes_on = co_await take_in(input_);
        if (!goes_on) {
            co_return false;
        }
    }
    co_return true;
}

asio::awaitable<void> Player::serve() {
    bool first = true;
    for (;;) {
        const bool asked = co_await await_request();
        if (!asked) {
            co_return;
        }
        if (requests_.state() == RequestReader::State::malformed) {
            visit_.not_http = true;
            visit_.detail = requests_.fault();
            co_await say(bad_request());
            tls_->shut();
            co_await send(tls_->output());
            co_await leave(Ending::not_http);
            co_return;
        }
        const bool goes_on = co_await answer(std::exchange(first, false));
        if (!goes_on) {
            co_return;
        }
    }
}

asio::awaitable<bool> Player::say(std::string bytes) {
    if (tls_->write(bytes) != ServerTls::Step::done) {
        co_return false;
    }
    co_return co_await send(tls_->output());
}

asio::awaitable<bool> Player::say_as(const AnswerAct& act, std::string_view bytes) {
    const std::size_t piece = act.drip.bytes == 0 ? std::max<std::size_t>(bytes.size(), 1) : act.drip.bytes;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        if (at > 0 && act.drip.pause.count() > 0) {
            const bool stays = co_await pause(act.drip.pause);
            if (!stays) {
                co_return false;
            }
        }
        const bool said = co_await say(std::string(bytes.substr(at, piece)));
        if (!said) {
            co_return co_await find_out();
        }
    }
    co_return true;
}

asio::awaitable<bool> Player::say_blanks(std::size_t count) {
    constexpr std::size_t most_at_once = std::size_t{64} * 1024;
    while (count > 0) {
        const std::size_t now = std::min(count, most_at_once);
        const bool said = co_await say(std::string(now, ' '));
        if (!said) {
            co_return co_await find_out();
        }
        count -= now;
        if (count == 0) {
            break;
        }
        // Who gives up may still take from the network what is on its way, to its end, as Java does: its word counts.
        boost::system::error_code ignored;
        if (connection_->socket.available(ignored) == 0 || unread_ > most_unread) {
            continue;
        }
        const Heard heard = co_await hear(last_words);
        if (heard == Heard::end) {
            co_return false;
        }
        const bool goes_on = co_await take_in(input_);
        if (!goes_on) {
            co_return false;
        }
    }
    co_return true;
}

asio::awaitable<bool> Player::find_out() {
    if (tls_) {
        co_await take_in({});  // what had come before is there, and may be a request
    }
    while (tls_ && visit_.end == Ending::ok) {
        const Heard heard = co_await hear(last_words);
        if (heard != Heard::bytes) {
            break;
        }
        co_await take_in(input_);
    }
    end(Ending::reset, false);
    co_return false;
}

asio::awaitable<bool> Player::answer(bool first) {
    const bool keeps_alive = requests_.keeps_alive();
    RequestSeen& request = note_request(first_byte_);
    const std::shared_ptr<const Request> raw = std::exchange(current_, nullptr);
    const AnswerAct act_for_it = connection_->played->next_answer(*raw);
    Answer said{.status = 404};
    if (act_for_it.carried_out && connection_->application) {
        said = connection_->application->answer(*raw);
    }
    if (std::optional<Answer> instead = said_by(act_for_it, *raw)) {
        said = std::move(*instead);
    }
    if (connection_->played->scene.early_data > 0 && find_field(said.fields, "Connection") == nullptr) {
        said.fields.emplace_back("Connection", "close");
    }
    const std::string bytes = act_for_it.written_by != nullptr
                                  ? act_for_it.written_by(said, *raw, place_->numbered_doors())
                                  : encoded(said, raw->method);
    const std::string_view sent = first_of(bytes, act_for_it);
    const bool acted = co_await act(first ? AfterAct::When::before_answer : AfterAct::When::between_answers);
    if (!acted) {
        co_return co_await find_out();
    }
    if (act_for_it.after.count() > 0) {
        const bool stays = co_await pause(act_for_it.after, act_for_it.until_next);
        if (!stays) {
            co_return false;
        }
    }
    const bool ends = act_for_it.farewell == Farewell::close_notify || act_for_it.farewell == Farewell::fin;
    if (ends && act_for_it.drip.bytes == 0) {
        hold_for_the_end(connection_->socket);
    }
    request.status = sent.empty() ? 0 : status_in(bytes, said.status);
    const bool went_out = co_await say_as(act_for_it, sent);
    if (!went_out) {
        co_return false;
    }
    const bool padded = co_await say_blanks(act_for_it.padding);
    if (!padded) {
        co_return false;
    }
    if (sent.size() == bytes.size()) {
        request.answered = Clock::now();
    }
    note();
    const std::string* connection = find_field(said.fields, "Connection");
    const bool keep = keeps_alive && (connection == nullptr || !same_ignoring_case(*connection, "close"));
    co_return co_await bid_farewell(act_for_it.farewell, keep && !connection_->leave);
}

asio::awaitable<bool> Player::bid_farewell(Farewell farewell, bool keep) {
    if (farewell == Farewell::keep || (farewell == Farewell::as_said && keep)) {
        co_return true;
    }
    if (farewell == Farewell::hang) {
        co_await pause(for_ever);
        end(Ending::timeout, true);
    } else if (farewell == Farewell::reset) {
        reset();
    } else {
        if (farewell != Farewell::fin) {
            tls_->shut();
            co_await send(tls_->output());
        }
        co_await leave(Ending::closed);
    }
    co_return false;
}

}  // namespace gateproof::stage
