#include "client/tls/connection.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace gateproof::client {
namespace {

constexpr int first_alert_reason = 1000;  // SSL_AD_REASON_OFFSET

End end_of_socket(ssize_t result) {
    return result == 0 ? End::closed : errno == ECONNRESET || errno == EPIPE ? End::reset : End::broken;
}

const char* name_of_alert(int alert) {
    // OpenSSL 3.0 does not know the name of this one.
    return alert == TLS13_AD_CERTIFICATE_REQUIRED ? "certificate required" : SSL_alert_desc_string_long(alert);
}

}  // namespace

std::string words_for(End end, int alert) {
    switch (end) {
        case End::none: return "the connection is open";
        case End::closed: return "the server closed the connection";
        case End::cut: return "the connection ended without close_notify";
        case End::reset: return "the server reset the connection";
        case End::alert: return fmt::format("the server sent alert {} ({})", name_of_alert(alert), alert);
        case End::broken: return "the server does not keep to the protocol";
        case End::late: return "the time was up";
        case End::stopped: return "the client was asked to stop";
    }
    return {};
}

Connection::Connection(std::unique_ptr<Wire> wire, std::unique_ptr<Hooks> hooks, SSL* tls)
    : wire_(std::move(wire)), hooks_(std::move(hooks)), tls_(tls) {
    if (tls_ != nullptr) {
        BIO* const bio = make_bio(*wire_);
        SSL_set_bio(tls_, bio, bio);
        hooks_->watch(tls_, *wire_);
    }
}

Connection::~Connection() {
    close();
    SSL_free(tls_);
}

End Connection::judge(int result, Moment until, const Stop& stop) {
    switch (SSL_get_error(tls_, result)) {
        case SSL_ERROR_NONE: return End::none;
        case SSL_ERROR_ZERO_RETURN: usable_ = false; return End::closed;
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE: {
            const short events = SSL_want_write(tls_) ? POLLOUT : POLLIN;
            const Wait wait = wait_for(wire_->socket.number(), events, until, stop);
            return wait == Wait::ready ? End::none : wait == Wait::late ? End::late : End::stopped;
        }
        default: break;
    }
    usable_ = false;
    const int reason = ERR_GET_REASON(ERR_peek_last_error());
    ERR_clear_error();
    if (reason > first_alert_reason) {
        alert_ = reason - first_alert_reason;
        return End::alert;
    }
    return wire_->broken ? End::broken : wire_->reset ? End::reset : wire_->fin ? End::cut : End::broken;
}

End Connection::shake_hands(Moment until, const Stop& stop) {
    while (true) {
        ERR_clear_error();
        const int result = SSL_connect(tls_);
        if (result == 1) {
            return End::none;
        }
        if (const End end = judge(result, until, stop); end != End::none) {
            return end;
        }
    }
}

End Connection::write(std::string_view bytes, Moment until, const Stop& stop) {
    while (!bytes.empty()) {
        const auto size = static_cast<int>(std::min<std::size_t>(bytes.size(), 16384));
        ssize_t result = 0;
        if (tls_ != nullptr) {
            ERR_clear_error();
            result = SSL_write(tls_, bytes.data(), size);
        } else {
            result = send(wire_->socket.number(), bytes.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL);
        }
        if (result > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(result));
            continue;
        }
        if (tls_ == nullptr && errno != EAGAIN) {
            return end_of_socket(result);
        }
        if (tls_ == nullptr) {
            const Wait wait = wait_for(wire_->socket.number(), POLLOUT, until, stop);
            if (wait != Wait::ready) {
                return wait == Wait::late ? End::late : End::stopped;
            }
        } else if (const End end = judge(static_cast<int>(result), until, stop); end != End::none) {
            return end;
        }
    }
    return End::none;
}

Piece Connection::read(char* buffer, std::size_t size, Moment until, const Stop& stop) {
    const int most = static_cast<int>(std::min<std::size_t>(size, INT_MAX));
    while (true) {
        if (tls_ != nullptr) {
            ERR_clear_error();
            const int result = wire_->broken ? -1 : SSL_read(tls_, buffer, most);
            if (wire_->broken) {
                usable_ = false;
                return {0, End::broken};
            }
            if (result > 0) {
                return {static_cast<std::size_t>(result), End::none};
            }
            if (const End end = judge(result, until, stop); end != End::none) {
                return {0, end};
            }
            continue;
        }
        const ssize_t result = recv(wire_->socket.number(), buffer, size, 0);
        if (result > 0) {
            return {static_cast<std::size_t>(result), End::none};
        }
        if (result == 0 || errno != EAGAIN) {
            return {0, end_of_socket(result)};
        }
        const Wait wait = wait_for(wire_->socket.number(), POLLIN, until, stop);
        if (wait != Wait::ready) {
            return {0, wait == Wait::late ? End::late : End::stopped};
        }
    }
}

bool Connection::stale() {
    if (!usable_ || tls_ == nullptr) {
        return true;
    }
    // Tickets and key updates may have come meanwhile; application data may not.
    char byte = 0;
    ERR_clear_error();
    const int result = SSL_peek(tls_, &byte, 1);
    const bool quiet = result <= 0 && SSL_get_error(tls_, result) == SSL_ERROR_WANT_READ;
    ERR_clear_error();
    return !quiet;
}

void Connection::close() {
    if (tls_ != nullptr && usable_ && SSL_is_init_finished(tls_) == 1) {
        SSL_shutdown(tls_);
    }
    usable_ = false;
    ERR_clear_error();
    wire_->socket = Descriptor();
}

std::string Connection::disbelief() const {
    const long result = tls_ == nullptr ? X509_V_OK : SSL_get_verify_result(tls_);
    return result == X509_V_OK ? std::string() : X509_verify_cert_error_string(result);
}

}  // namespace gateproof::client
