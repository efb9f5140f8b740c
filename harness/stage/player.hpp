// One connection's part of the play: the TLS side in connection.cpp, the HTTP side in http.cpp. Of harness/stage alone.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "harness/stage/request_reader.hpp"
#include "harness/stage/server_tls.hpp"
#include "harness/stage/state.hpp"

namespace gateproof::stage {
namespace asio = boost::asio;

/// What the client still says when this side has had its last word: without reading it a close would be a reset, and
/// take the last word with it.
inline constexpr std::chrono::milliseconds last_words{2000};
/// Whoever sends more while an answer is due is not heard out.
inline constexpr std::size_t most_unread = std::size_t{1024} * 1024;
inline constexpr std::chrono::milliseconds for_ever{24L * 3600 * 1000};  ///< the place ends it

/// From now until then, 1 ms at least.
std::chrono::milliseconds until(Time end);

/// No co_await stands in a condition here: g++ 12 makes an illegal instruction of some that do.
class Player {
public:
    Player(std::shared_ptr<Place::State> place, std::shared_ptr<Connection> connection)
        : place_(std::move(place)),
          connection_(std::move(connection)),
          visit_(*connection_->visit),
          limits_(place_->stage->limits),
          requests_(limits_.head, limits_.body) {}

    asio::awaitable<void> run();

private:
    enum class Heard { bytes, nothing, end };

    asio::awaitable<void> play_scene();

    void note() { place_->changed(); }

    /// How it ended, the first time that it is said.
    void end(Ending how, bool by_stage, std::string detail = {});

    /// The next bytes of the client go to input_. Nothing: the time is over, or the connection is to be left.
    asio::awaitable<Heard> hear(std::chrono::milliseconds patience);

    asio::awaitable<bool> send(std::string bytes);

    /// The last word is said: no more is sent, and what the client still says is read for a while.
    asio::awaitable<void> leave(Ending how);

    void reset();

    /// CONNECT (RFC 9110 9.3.6). False: to another host, or none.
    asio::awaitable<bool> open_tunnel();

    asio::awaitable<bool> read_hello();

    /// HTTP where TLS is spoken.
    asio::awaitable<void> read_clear_request(Time last);

    asio::awaitable<bool> shake_hands();

    /// OpenSSL goes no further: by whose doing?
    asio::awaitable<void> give_up(ServerTls::Step step);

    asio::awaitable<bool> act(AfterAct::When when);

    /// Decrypts what was heard. False: the client has ended it, or broken TLS.
    asio::awaitable<bool> take_in(std::string_view bytes);

    /// Waits, and notices when the client goes. False: it did. `until_more`: to the client's next application byte at
    /// most.
    asio::awaitable<bool> pause(std::chrono::milliseconds duration, bool until_more = false);

    /// What the client does about a raw flight.
    asio::awaitable<void> hear_reaction();

    RequestSeen& note_request(Time first_byte);

    /// A whole request is there. False: the connection has ended.
    asio::awaitable<bool> await_request();

    asio::awaitable<void> serve();

    asio::awaitable<bool> say(std::string bytes);

    /// In the pieces and pauses of the act.
    asio::awaitable<bool> say_as(const AnswerAct& act, std::string_view bytes);

    asio::awaitable<bool> say_blanks(std::size_t count);

    /// A write has failed: what did the client say before it went? Always false.
    asio::awaitable<bool> find_out();

    asio::awaitable<bool> answer(bool first);

    /// True: the connection goes on.
    asio::awaitable<bool> bid_farewell(Farewell farewell, bool keep);

    std::shared_ptr<Place::State> place_;
    std::shared_ptr<Connection> connection_;
    Visit& visit_;
    const StageLimits& limits_;
    RequestReader requests_;
    std::unique_ptr<ServerTls> tls_;
    std::string input_;                       ///< what was heard last
    std::string first_;                       ///< everything until the ClientHello was whole
    std::size_t unread_ = 0;                  ///< bytes that came while an answer was due
    bool cut_ = false;                        ///< a write met a reset
    Time first_byte_{};                       ///< of the request that is being read
    std::shared_ptr<const Request> current_;  ///< the request that is to be answered, whole
    RequestSeen beyond_;                      ///< the request that is answered, where the visit keeps no more
};

}  // namespace gateproof::stage
