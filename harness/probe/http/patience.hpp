// Connections that are kept waiting, and answers that take their time: what timeouts are judged by.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/probe/tls/session.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {

/// What a connection that is held open says: an opening, and then nothing, or now and then a byte more.
struct Hold {
    std::string opening;
    std::string drip;                    ///< sent again and again, every `every`; empty: silence
    std::chrono::milliseconds every{0};  ///< at least a millisecond where there is a drip
    std::chrono::milliseconds patience{0};
};

/// What became of it.
struct Held {
    /// How the peer ended it; Ending::timeout: it was still open when `patience` was over.
    TlsStep end;
    bool opened = false;                  ///< the connection was there and the opening was sent
    std::chrono::milliseconds lasted{0};  ///< from the opening to the end
    std::string received;                 ///< what the peer said, at most max_held_answer bytes of it
    std::size_t drips = 0;

    [[nodiscard]] bool still_open() const { return opened && end.end == Ending::timeout; }
    /// Status of an HTTP answer in `received`; 0: none.
    [[nodiscard]] int status() const;
};
inline constexpr std::size_t max_held_answer = std::size_t{16} * 1024;

/// In clear, for connections whose handshake is never finished.
boost::asio::awaitable<Held> hold_tcp(boost::asio::any_io_executor executor, Endpoint endpoint,
                                      std::chrono::milliseconds connect_timeout, Hold hold);
/// On a session whose handshake is done. Its time limit is another afterwards.
boost::asio::awaitable<Held> hold_tls(TlsSession& session, Hold hold);

/// An HTTP/1.1 answer as it came in, whole or not.
struct SlowAnswer {
    enum class Body {
        none,         ///< no head came
        broken_off,   ///< less than the head promised
        complete,     ///< as long as the head promised
        until_close,  ///< the head promised no length: the close ended it, and nobody can tell whether it is whole
        unreadable,   ///< what came is no HTTP
    };
    Body body_state = Body::none;
    TlsStep end;  ///< of the connection; ok: it was still open when the answer was complete
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    std::string body;                                          ///< at most HttpClient::max_body bytes
    std::chrono::milliseconds head_at{0};                      ///< since the read began
    std::chrono::milliseconds end_at{0};
    bool keep_alive = false;  ///< the answer lets the connection live on
    std::string surplus;      ///< bytes behind the answer

    [[nodiscard]] bool is_whole() const { return body_state == Body::complete; }
    /// "HTTP 504 after 60.2 s", "no answer within 70 s", "HTTP 200, broken off after 12 bytes"
    [[nodiscard]] std::string summary() const;
};

/// Reads the next answer for as long as `patience`. The session's time limit is another afterwards.
boost::asio::awaitable<SlowAnswer> read_slow_answer(TlsSession& session, std::chrono::milliseconds patience);

}  // namespace gateproof
