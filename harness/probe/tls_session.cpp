#include "harness/probe/tls_session.hpp"

#include <openssl/err.h>
#include <boost/asio/ip/address.hpp>

#include <new>
#include <utility>

#include "harness/probe/deadline.hpp"
#include "harness/probe/openssl_client.hpp"
#include "harness/probe/tcp.hpp"

namespace gateproof {
namespace asio = boost::asio;

namespace {

struct SslContextDeleter {
    void operator()(SSL_CTX* ctx) const { SSL_CTX_free(ctx); }
};
struct SessionDeleter {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};

/// A server may name this many acceptable CAs before we stop listing them.
constexpr int max_acceptable_cas = 256;

std::string openssl_error_text() {
    const unsigned long code = ERR_peek_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "TLS protocol error" : reason;
}

TlsEnd tls_end_of(TcpEnd end) {
    switch (end) {
        case TcpEnd::ok: return TlsEnd::ok;
        case TcpEnd::closed: return TlsEnd::closed;
        case TcpEnd::timeout: return TlsEnd::timeout;
        case TcpEnd::reset: return TlsEnd::reset;
        default: return TlsEnd::connect_failed;
    }
}

std::string name_text(const X509_NAME* name) {
    std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), &BIO_free_all);
    if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) {
        return {};
    }
    char* text = nullptr;
    const long length = BIO_get_mem_data(out.get(), &text);
    return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string();
}

}  // namespace

struct TlsSession::State {
    enum class Operation { early_data, handshake, read, write };

    State(asio::any_io_executor run, TlsOptions wanted) : executor(std::move(run)), options(std::move(wanted)) {}
    ~State() {
        if (ssl) {
            // Otherwise SSL_free takes the connection for broken and spoils its session for resumption.
            SSL_set_shutdown(ssl.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        }
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    static SSL_CTX* context();
    static State* of(const SSL* ssl) { return static_cast<State*>(SSL_get_ex_data(ssl, 0)); }
    static int on_session(SSL* ssl, SSL_SESSION* fresh);
    static int on_certificate_request(SSL* ssl, void* self);
    static void on_message(int sent, int, int type, const void* bytes, std::size_t length, SSL* ssl, void* self);

    /// Empty: ready to handshake; otherwise why not.
    std::string prepare();
    int call(Operation operation, std::string& bytes);
    asio::awaitable<TlsStep> drive(Operation operation, std::string& bytes);
    asio::awaitable<TcpMoved> flush(Deadline& deadline);
    asio::awaitable<TlsStep> connect();
    TlsStep failed(TlsEnd end, std::string detail);

    asio::any_io_executor executor;
    TlsOptions options;
    std::optional<asio::ip::tcp::socket> socket;
    std::unique_ptr<SSL, SslDeleter> ssl;
    BIO* from_peer = nullptr;  ///< owned by ssl
    BIO* to_peer = nullptr;    ///< owned by ssl
    std::optional<Alert> alert;
    std::shared_ptr<SSL_SESSION> session;
    bool certificate_requested = false;
    std::vector<std::string> acceptable_cas;
    std::string remote_address;
};

/// One context serves every session: identity, versions and tickets belong to the SSL, and it caches no session.
SSL_CTX* TlsSession::State::context() {
    static const std::unique_ptr<SSL_CTX, SslContextDeleter> shared = [] {
        std::unique_ptr<SSL_CTX, SslContextDeleter> ctx(SSL_CTX_new(TLS_client_method()));
        if (!ctx) {
            throw std::bad_alloc();
        }
        open_local_policy(ctx.get());
        SSL_CTX_set_cipher_list(ctx.get(), "DEFAULT:@SECLEVEL=0");
        SSL_CTX_set_options(ctx.get(), SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
        SSL_CTX_set_mode(
            ctx.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        SSL_CTX_set_session_cache_mode(ctx.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(ctx.get(), &State::on_session);
        return ctx;
    }();
    return shared.get();
}

int TlsSession::State::on_session(SSL* ssl, SSL_SESSION* fresh) {
    // A copy: a later alert on this connection would mark OpenSSL's own as not resumable.
    if (SSL_SESSION* copy = SSL_SESSION_dup(fresh)) {
        of(ssl)->session = std::shared_ptr<SSL_SESSION>(copy, &SSL_SESSION_free);
    }
    return 0;
}

int TlsSession::State::on_certificate_request(SSL* ssl, void* self) {
    auto& state = *static_cast<State*>(self);
    state.certificate_requested = true;
    state.acceptable_cas.clear();
    const STACK_OF(X509_NAME)* names = SSL_get0_peer_CA_list(ssl);
    for (int i = 0; i < sk_X509_NAME_num(names) && i < max_acceptable_cas; ++i) {
        state.acceptable_cas.push_back(name_text(sk_X509_NAME_value(names, i)));
    }
    return 1;
}

void TlsSession::State::on_message(int sent, int, int type, const void* bytes, std::size_t length, SSL* ssl,
                                   void* self) {
    if (sent != 0 || type != SSL3_RT_ALERT || length < 2) {
        return;
    }
    const auto* alert = static_cast<const std::uint8_t*>(bytes);
    if (is_fatal_alert(ssl, alert[0], alert[1]) || alert[1] == SSL_AD_NO_RENEGOTIATION) {
        static_cast<State*>(self)->alert = Alert{alert[0], alert[1]};
    }
}

std::string TlsSession::State::prepare() {
    ERR_clear_error();
    ssl.reset(SSL_new(context()));
    from_peer = BIO_new(BIO_s_mem());
    to_peer = BIO_new(BIO_s_mem());
    if (!ssl || from_peer == nullptr || to_peer == nullptr) {
        throw std::bad_alloc();
    }
    BIO_set_mem_eof_return(from_peer, -1);
    BIO_set_mem_eof_return(to_peer, -1);
    SSL_set_bio(ssl.get(), from_peer, to_peer);
    SSL_set_connect_state(ssl.get());
    SSL_set_ex_data(ssl.get(), 0, this);
    SSL_set_msg_callback(ssl.get(), &State::on_message);
    SSL_set_msg_callback_arg(ssl.get(), this);
    SSL_set_cert_cb(ssl.get(), &State::on_certificate_request, this);
    if (SSL_set_min_proto_version(ssl.get(), static_cast<int>(options.min_version)) != 1 ||
        SSL_set_max_proto_version(ssl.get(), static_cast<int>(options.max_version)) != 1) {
        return "the local TLS library does not speak these versions";
    }
    if (!options.cipher_list.empty() && SSL_set_cipher_list(ssl.get(), options.cipher_list.c_str()) != 1) {
        return "the local TLS library knows none of the cipher suites";
    }
    boost::system::error_code not_literal;
    asio::ip::make_address(options.server_name, not_literal);
    if (!options.server_name.empty() && not_literal) {  // RFC 6066 3: no IP literals
        SSL_set_tlsext_host_name(ssl.get(), options.server_name.c_str());
    }
    if (options.request_ocsp) {
        SSL_set_tlsext_status_type(ssl.get(), TLSEXT_STATUSTYPE_ocsp);
    }
    if (options.identity && !use_identity(ssl.get(), *options.identity)) {
        return "the client certificate cannot be used: " + openssl_error_text();
    }
    if (options.resume) {
        // A copy: OpenSSL spoils a TLS 1.3 session by using it (RFC 8446, C.4), and a check offers one in many places.
        const std::unique_ptr<SSL_SESSION, SessionDeleter> copy(SSL_SESSION_dup(options.resume.get()));
        if (!copy || SSL_set_session(ssl.get(), copy.get()) != 1) {
            return "the session cannot be offered: " + openssl_error_text();
        }
    }
    return {};
}

int TlsSession::State::call(Operation operation, std::string& bytes) {
    ERR_clear_error();
    std::size_t moved = 0;
    int result = 0;
    switch (operation) {
        case Operation::handshake: return SSL_do_handshake(ssl.get());
        case Operation::early_data: return SSL_write_early_data(ssl.get(), bytes.data(), bytes.size(), &moved);
        case Operation::write:
            result = SSL_write_ex(ssl.get(), bytes.data(), bytes.size(), &moved);
            bytes.erase(0, moved);
            return result;
        case Operation::read:
            result = SSL_read_ex(ssl.get(), bytes.data(), bytes.size(), &moved);
            bytes.resize(result == 1 ? moved : bytes.size());
            return result;
    }
    return 0;
}

TlsStep TlsSession::State::failed(TlsEnd end, std::string detail) {
    TlsStep step;
    step.end = alert ? TlsEnd::alert : end;
    step.detail = std::move(detail);
    step.alert = alert;
    return step;
}

asio::awaitable<TcpMoved> TlsSession::State::flush(Deadline& deadline) {
    char* bytes = nullptr;
    const long length = BIO_get_mem_data(to_peer, &bytes);
    TcpMoved moved;
    if (length > 0) {
        moved = co_await tcp_write_all(*socket, deadline, std::string_view(bytes, static_cast<std::size_t>(length)));
    }
    BIO_reset(to_peer);
    co_return moved;
}

asio::awaitable<TlsStep> TlsSession::State::drive(Operation operation, std::string& bytes) {
    if (!ssl || !socket) {
        co_return failed(TlsEnd::connect_failed, "not connected");
    }
    Deadline deadline(*socket, options.timeout);
    std::string input;
    TcpEnd write_end = TcpEnd::ok;
    for (;;) {
        const int result = call(operation, bytes);
        const int error = SSL_get_error(ssl.get(), result);
        const std::string text = error == SSL_ERROR_SSL ? openssl_error_text() : std::string();
        const TcpMoved sent = co_await flush(deadline);
        if (sent.end == TcpEnd::timeout) {
            co_return failed(TlsEnd::timeout, sent.detail);
        }
        // After a failed write the peer's last words may still be there to read.
        write_end = write_end == TcpEnd::ok ? sent.end : write_end;
        if (result == 1 && (operation != Operation::write || bytes.empty()) && write_end == TcpEnd::ok) {
            co_return TlsStep{};
        }
        if (result == 1 && operation == Operation::read) {
            co_return TlsStep{};
        }
        if (error == SSL_ERROR_ZERO_RETURN) {
            co_return failed(TlsEnd::closed, "close_notify");
        }
        if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) {
            co_return failed(TlsEnd::protocol_error, text);
        }
        if (result == 1 && operation == Operation::write && write_end == TcpEnd::ok) {
            continue;
        }
        input.clear();
        const TcpMoved got = co_await tcp_read_some(*socket, deadline, input, 16 * 1024);
        if (got.end != TcpEnd::ok) {
            const TcpEnd end = write_end == TcpEnd::reset && got.end == TcpEnd::closed ? write_end : got.end;
            co_return failed(tls_end_of(end), end == TcpEnd::closed ? "closed without close_notify" : got.detail);
        }
        BIO_write(from_peer, input.data(), static_cast<int>(input.size()));
        if (result == 1) {
            // The write has failed: look for an alert in what came, then say how it ended.
            char probe = 0;
            SSL_peek(ssl.get(), &probe, 1);
            if (alert) {
                co_return failed(TlsEnd::alert, {});
            }
        }
    }
}

asio::awaitable<TlsStep> TlsSession::State::connect() {
    TcpConnected connected = co_await tcp_connect(executor, options.endpoint, options.connect_timeout);
    remote_address = connected.remote_address;
    if (!connected.socket) {
        co_return failed(TlsEnd::connect_failed, connected.detail);
    }
    socket = std::move(connected.socket);
    std::string why = prepare();
    if (!why.empty()) {
        co_return failed(TlsEnd::protocol_error, std::move(why));
    }
    if (!options.early_data.empty() && options.resume && max_early_data(*options.resume) > 0) {
        TlsStep early = co_await drive(Operation::early_data, options.early_data);
        if (!early.ok()) {
            co_return early;
        }
    }
    std::string none;
    co_return co_await drive(Operation::handshake, none);
}

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
    co_return co_await state_->drive(State::Operation::write, bytes);
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

asio::awaitable<TlsStep> TlsSession::renegotiate() {
    if (!state_->ssl) {
        co_return state_->failed(TlsEnd::connect_failed, "not connected");
    }
    ERR_clear_error();
    if (SSL_renegotiate(state_->ssl.get()) != 1) {
        co_return state_->failed(TlsEnd::protocol_error, openssl_error_text());
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

bool TlsStep::is_refusal() const {
    return end == TlsEnd::alert || end == TlsEnd::closed || end == TlsEnd::reset;
}

std::string TlsStep::summary() const {
    const std::string why = detail.empty() ? "" : " (" + detail + ")";
    switch (end) {
        case TlsEnd::ok: return "ok";
        case TlsEnd::alert: return alert ? "alert " + alert->name() : "alert";
        case TlsEnd::closed: return "connection closed";
        case TlsEnd::reset: return "connection reset";
        case TlsEnd::timeout: return detail.empty() ? "no answer in time" : detail;
        case TlsEnd::protocol_error: return "TLS protocol error" + why;
        case TlsEnd::connect_failed: return "no connection" + why;
    }
    return "unknown";
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
    std::vector<Certificate> chain;
    STACK_OF(X509)* sent = state_->ssl ? SSL_get_peer_cert_chain(state_->ssl.get()) : nullptr;
    for (int i = 0; i < sk_X509_num(sent); ++i) {
        X509* certificate = sk_X509_value(sent, i);
        X509_up_ref(certificate);
        chain.emplace_back(CertificateHandle(certificate));
    }
    return chain;
}

bool TlsSession::secure_renegotiation() const {
    return state_->ssl && SSL_get_secure_renegotiation_support(state_->ssl.get()) == 1;
}
bool TlsSession::extended_master_secret() const {
    return state_->ssl && SSL_get_extms_support(state_->ssl.get()) == 1;
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

std::uint32_t max_early_data(const SSL_SESSION& session) {
    return SSL_SESSION_get_max_early_data(&session);
}

}  // namespace gateproof
