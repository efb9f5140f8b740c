#include "harness/probe/load/connection.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <array>
#include <cstddef>
#include <exception>
#include <utility>

#include "harness/probe/load/client.hpp"
#include "harness/probe/load/socket_bio.hpp"
#include "harness/probe/socket/tcp.hpp"

namespace gateproof::load {

namespace asio = boost::asio;
using asio::ip::tcp;

Connection::Connection(Client& client, bool resume) : client_(client), socket_(client.executor_), resume_(resume) {}

void Connection::send(Owner& owner, std::string_view request, std::size_t number, bool head_request) {
    owner_ = &owner;
    request_ = request;
    number_ = number;
    written_ = 0;
    begun_ = Clock::now();
    reader_.restart(head_request);
    if (state_ == State::fresh) {
        connect();
        return;
    }
    state_ = State::writing;
    advance();
}

void Connection::close() {
    owner_ = nullptr;
    if (state_ == State::closed) {
        return;
    }
    if (ssl_ && (state_ == State::idle || state_ == State::writing || state_ == State::reading)) {
        SSL_shutdown(ssl_.get());  // close_notify, if the socket takes it now
        ERR_clear_error();
    }
    state_ = State::closed;
    close_socket();
}

void Connection::connect_by_proxy() {
    state_ = State::connecting;
    const auto there = [self = shared_from_this()](const std::exception_ptr& thrown, TcpConnected connected) {
        if (self->state_ != State::connecting) {
            return;
        }
        if (thrown || !connected.socket) {
            const std::string why = thrown ? "this machine could not connect" : connected.detail;
            self->client_.proxy_failure_ = why;
            self->fail(why);
            return;
        }
        self->socket_ = std::move(*connected.socket);
        self->connected({});
    };
    asio::co_spawn(client_.executor_,
                   tcp_connect(client_.executor_, client_.options_.endpoint, client_.options_.connect_timeout),
                   asio::bind_cancellation_slot(connecting_.slot(), there));
}

void Connection::connected(const boost::system::error_code& failure) {
    if (state_ != State::connecting) {
        return;
    }
    if (failure || !prepare_tls()) {
        fail(failure ? failure.message() : "OpenSSL cannot make a connection");
        return;
    }
    state_ = State::handshake;
    advance();
}

void Connection::connect() {
    if (client_.options_.endpoint.proxy) {
        connect_by_proxy();
        return;
    }
    boost::system::error_code error;
    socket_.open(client_.address_.protocol(), error);
    if (!error) {
        socket_.set_option(tcp::no_delay(true), error);
    }
    if (error) {
        state_ = State::connecting;
        fail(error.message());
        return;
    }
    state_ = State::connecting;
    socket_.async_connect(client_.address_, [self = shared_from_this()](const boost::system::error_code& failure) {
        self->connected(failure);
    });
}

bool Connection::prepare_tls() {
    boost::system::error_code error;
    socket_.native_non_blocking(true, error);
    ssl_.reset(SSL_new(client_.context_.get()));
    if (error || !ssl_) {
        return false;
    }
    polled_ = client_.poller_->add(socket_.native_handle(), *this);
    if (polled_ == 0) {
        return false;
    }
    BIO* const bio = make_socket_bio(socket_.native_handle());
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_ex_data(ssl_.get(), 0, this);
    SSL_set_connect_state(ssl_.get());
    if (!client_.server_name_.empty()) {
        SSL_set_tlsext_host_name(ssl_.get(), client_.server_name_.c_str());
    }
    if (resume_ && client_.session_) {
        // A copy: OpenSSL spoils a TLS 1.3 session by using it (RFC 8446, C.4).
        const Client::SessionPtr copy(SSL_SESSION_dup(client_.session_.get()));
        return copy && SSL_set_session(ssl_.get(), copy.get()) == 1;
    }
    return true;
}

void Connection::advance() {
    if (advancing_) {
        return;  // the loop below goes on with what the owner has begun
    }
    const std::shared_ptr<Connection> self = shared_from_this();
    advancing_ = true;
    ERR_clear_error();
    Step step = Step::again;
    while (step == Step::again) {
        switch (state_) {
            case State::handshake: step = handshake(); break;
            case State::writing: step = write(); break;
            case State::reading: step = read(); break;
            default: step = Step::ended; break;
        }
    }
    advancing_ = false;
    if (step == Step::wait) {
        client_.poller_->watch();
    }
}

void Connection::ready() {
    if (state_ == State::idle) {
        missed_ = true;
    }
    advance();
}

void Connection::close_socket() {
    if (polled_ != 0) {
        client_.poller_->remove(socket_.native_handle(), std::exchange(polled_, 0));
    }
    connecting_.emit(asio::cancellation_type::terminal);
    boost::system::error_code ignored;
    socket_.close(ignored);
}

Connection::Step Connection::handshake() {
    const int result = SSL_do_handshake(ssl_.get());
    if (result != 1) {
        return after_failure(result);
    }
    state_ = State::writing;
    return Step::again;
}

Connection::Step Connection::write() {
    const int result = SSL_write(ssl_.get(), request_.data() + written_, static_cast<int>(request_.size() - written_));
    if (result <= 0) {
        return after_failure(result);
    }
    written_ += static_cast<std::size_t>(result);
    if (written_ < request_.size()) {
        return Step::again;
    }
    state_ = State::reading;
    // Only what came before the request could be there already.
    const bool there = std::exchange(missed_, false) || SSL_has_pending(ssl_.get()) == 1;
    return there ? Step::again : Step::wait;
}

Connection::Step Connection::read() {
    std::array<char, std::size_t{16} * 1024> buffer;
    const int result = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (result <= 0) {
        const bool closed = SSL_get_error(ssl_.get(), result) == SSL_ERROR_ZERO_RETURN;
        if (closed && reader_.begun()) {
            reader_.end();
        }
        if (reader_.state() != ResponseReader::State::done) {
            return after_failure(result);
        }
    } else {
        const std::string_view bytes(buffer.data(), static_cast<std::size_t>(result));
        const std::size_t taken = reader_.feed(bytes);
        if (reader_.state() == ResponseReader::State::malformed || taken < bytes.size()) {
            fail(taken < bytes.size() ? "more than the answer came" : "what came is no HTTP/1.1 response");
            return Step::ended;
        }
        if (reader_.state() != ResponseReader::State::done) {
            return Step::again;
        }
    }
    ++requests_;
    state_ = State::idle;
    Owner* const owner = std::exchange(owner_, nullptr);
    owner->answered(*this);
    return Step::again;
}

Connection::Step Connection::after_failure(int result) {
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE: return Step::wait;
        case SSL_ERROR_ZERO_RETURN: fail("connection closed"); break;
        case SSL_ERROR_SSL: {
            const long verified = SSL_get_verify_result(ssl_.get());
            if (client_.options_.trust && verified != X509_V_OK) {
                client_.lack_of_proof_ = X509_verify_cert_error_string(verified);
                fail("the server's certificate does not verify (" + client_.lack_of_proof_ + ")");
                break;
            }
            const char* const reason = ERR_reason_error_string(ERR_peek_error());
            fail(reason == nullptr ? "TLS protocol error" : reason);
            break;
        }
        default: fail("connection reset or closed"); break;
    }
    ERR_clear_error();
    return Step::ended;
}

void Connection::fail(std::string_view why) {
    const bool stale = requests_ > 0 && !reader_.begun();
    Owner* const owner = std::exchange(owner_, nullptr);
    state_ = State::closed;
    close_socket();
    if (owner != nullptr) {
        owner->failed(*this, why, stale);
    }
}

}  // namespace gateproof::load
