// A connection to a server: TLS, or in clear for faults alone.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "client/base/io.hpp"
#include "client/tls/hooks.hpp"
#include "client/tls/wire.hpp"

namespace gateproof::client {

/// How reading or writing ended.
enum class End {
    none,     ///< it goes on
    closed,   ///< close_notify: everything that was to come has come (RFC 8446 6.1)
    cut,      ///< the connection ended without it
    reset,    ///< TCP reset
    alert,    ///< a fatal alert
    broken,   ///< bytes that are no TLS, or an end of our own
    late,     ///< the time was up
    stopped,  ///< the client was asked to stop
};

/// "the connection was reset", for messages.
std::string words_for(End end, int alert);

struct Piece {
    std::size_t size = 0;
    End end = End::none;
};

class Connection {
public:
    /// In clear where `tls` is null.
    Connection(std::unique_ptr<Wire> wire, std::unique_ptr<Hooks> hooks, SSL* tls);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// End::none when TLS is up.
    End shake_hands(Moment until, const Stop& stop);
    /// End::none when all went out.
    End write(std::string_view bytes, Moment until, const Stop& stop);
    Piece read(char* buffer, std::size_t size, Moment until, const Stop& stop);
    /// Whether an idle connection has ended, or says something that nobody asked
    /// for.
    [[nodiscard]] bool stale();
    /// Says goodbye; does not wait for the answer.
    void close();

    /// Of the fatal alert that came; -1: none.
    [[nodiscard]] int alert() const { return alert_; }
    [[nodiscard]] const Wire& wire() const { return *wire_; }
    [[nodiscard]] SSL* tls() const { return tls_; }
    /// Why the server's certificate is not believed; empty: it is.
    [[nodiscard]] std::string disbelief() const;

private:
    /// What SSL_get_error and the wire say about a call that returned this; waits
    /// where the call is to be repeated.
    End judge(int result, Moment until, const Stop& stop);

    std::unique_ptr<Wire> wire_;
    std::unique_ptr<Hooks> hooks_;
    SSL* tls_;
    int alert_ = -1;
    bool usable_ = true;
};

}  // namespace gateproof::client
