#include "harness/probe/tls/session.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <utility>

#include "harness/probe/tls/session_state.hpp"

namespace gateproof {

TlsSession::TlsSession(asio::any_io_executor executor, TlsOptions options)
    : state_(std::make_unique<State>(std::move(executor), std::move(options))) {}
TlsSession::~TlsSession() = default;

asio::awaitable<TlsStep> TlsSession::connect() {
    co_return co_await state_->connect();
}

asio::awaitable<TlsStep> TlsSession::write(std::string bytes) {
    if (bytes.empty()) {
        co_return TlsStep{};
    }
    if (!state_->lacks.empty()) {
        co_return state_->unproven();
    }
    co_return co_await state_->drive(State::Operation::write, bytes);
}

asio::awaitable<TlsStep> TlsSession::finish() {
    if (!state_->ssl || !state_->socket) {
        co_return state_->failed(Ending::connect_failed, "not connected");
    }
    state_->holding = false;
    Deadline deadline(*state_->socket, state_->options.timeout);
    const TcpMoved sent = co_await state_->flush(deadline);
    co_return sent.end == Ending::ok ? TlsStep{} : state_->failed(sent.end, sent.detail);
}

asio::awaitable<TlsRead> TlsSession::read(std::size_t max) {
    TlsRead read;
    read.bytes.resize(std::max<std::size_t>(max, 1));
    read.step = co_await state_->drive(State::Operation::read, read.bytes);
    if (!read.step.ok()) {
        read.bytes.clear();
    }
    co_return read;
}

void TlsSession::set_timeout(std::chrono::milliseconds timeout) {
    state_->options.timeout = timeout;
}

asio::awaitable<TlsStep> TlsSession::renegotiate() {
    if (!state_->ssl) {
        co_return state_->failed(Ending::connect_failed, "not connected");
    }
    ERR_clear_error();
    if (SSL_renegotiate(state_->ssl.get()) != 1) {
        co_return state_->failed(Ending::tls_protocol, openssl_error_text());
    }
    std::string none;
    co_return co_await state_->drive(State::Operation::handshake, none);
}

asio::awaitable<void> TlsSession::shutdown() {
    if (state_->ssl && state_->socket) {
        SSL_shutdown(state_->ssl.get());
        {
            Deadline deadline(*state_->socket, std::chrono::seconds(1));
            const TcpMoved sent = co_await state_->flush(deadline);
            static_cast<void>(sent);
        }
        boost::system::error_code ignored;
        state_->socket->close(ignored);
        state_->socket.reset();
    }
}

std::string TlsStep::summary() const {
    std::string words(words_for(end));
    switch (end) {
        case Ending::ok: return "ok";
        case Ending::alert: return alert ? "alert " + alert->name() : words;
        case Ending::closed:
        case Ending::reset: return words;
        case Ending::timeout: return detail.empty() ? words : detail;
        default: return detail.empty() ? words : words + " (" + detail + ")";
    }
}

TlsVersion TlsSession::version() const {
    return state_->ssl ? static_cast<TlsVersion>(SSL_version(state_->ssl.get())) : TlsVersion{};
}

std::string TlsSession::cipher_suite() const {
    const SSL_CIPHER* cipher = state_->ssl ? SSL_get_current_cipher(state_->ssl.get()) : nullptr;
    const char* name = cipher == nullptr ? nullptr : SSL_CIPHER_standard_name(cipher);
    return name == nullptr ? "" : name;
}

std::vector<Certificate> TlsSession::peer_chain() const {
    return state_->peer_chain();
}

bool TlsSession::secure_renegotiation() const {
    return state_->ssl && SSL_get_secure_renegotiation_support(state_->ssl.get()) == 1;
}
bool TlsSession::extended_master_secret() const {
    return state_->ssl && SSL_get_extms_support(state_->ssl.get()) == 1;
}
std::string TlsSession::application_protocol() const {
    const unsigned char* name = nullptr;
    unsigned int length = 0;
    if (state_->ssl) {
        SSL_get0_alpn_selected(state_->ssl.get(), &name, &length);
    }
    return {reinterpret_cast<const char*>(name), length};
}
bool TlsSession::resumed() const {
    return state_->ssl && SSL_session_reused(state_->ssl.get()) == 1;
}
bool TlsSession::early_data_accepted() const {
    return state_->ssl && SSL_get_early_data_status(state_->ssl.get()) == SSL_EARLY_DATA_ACCEPTED;
}
std::string TlsSession::ocsp_response() const {
    const unsigned char* bytes = nullptr;
    const long length = state_->ssl ? SSL_get_tlsext_status_ocsp_resp(state_->ssl.get(), &bytes) : 0;
    return length > 0 && bytes != nullptr
               ? std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length))
               : std::string();
}
bool TlsSession::certificate_requested() const {
    return state_->certificate_requested;
}
std::vector<std::string> TlsSession::acceptable_cas() const {
    return state_->acceptable_cas;
}
std::shared_ptr<SSL_SESSION> TlsSession::session() const {
    return state_->session;
}
std::string TlsSession::remote_address() const {
    return state_->remote_address;
}
std::string TlsSession::local_address() const {
    return state_->local_address;
}

std::uint32_t max_early_data(const SSL_SESSION& session) {
    return SSL_SESSION_get_max_early_data(&session);
}

std::chrono::seconds ticket_lifetime(const SSL_SESSION& session) {
    return std::chrono::seconds(SSL_SESSION_get_ticket_lifetime_hint(&session));
}

}  // namespace gateproof
