#include "harness/probe/tls/session_state.hpp"

#include <openssl/err.h>

#include <chrono>
#include <new>
#include <utility>

#include "harness/identity/openssl_handles.hpp"
#include "harness/probe/socket/literal.hpp"
#include "harness/probe/tls/hello_exchange.hpp"
#include "harness/probe/tls/openssl_client.hpp"
#include "harness/probe/tls/proof.hpp"

namespace gateproof {

namespace {

struct SslContextDeleter {
    void operator()(SSL_CTX* ctx) const { SSL_CTX_free(ctx); }
};
struct SessionDeleter {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};

/// Whoever routes by the first segment is to have decided before the second one comes.
constexpr std::chrono::milliseconds between_segments{100};

std::string name_text(const X509_NAME* name) {
    const BioHandle out(BIO_new(BIO_s_mem()));
    if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) {
        return {};
    }
    char* text = nullptr;
    const long length = BIO_get_mem_data(out.get(), &text);
    return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string();
}

/// RFC 7301 3.1: a list of names, each with its length before it.
void offer_protocols(SSL* ssl, const std::vector<std::string>& protocols) {
    std::string list;
    for (const std::string& protocol : protocols) {
        list += static_cast<char>(protocol.size());
        list += protocol;
    }
    if (!list.empty()) {
        const auto* const bytes = reinterpret_cast<const unsigned char*>(list.data());
        SSL_set_alpn_protos(ssl, bytes, static_cast<unsigned int>(list.size()));
    }
}

}  // namespace

std::string openssl_error_text() {
    const unsigned long code = ERR_peek_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "TLS protocol error" : reason;
}

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
    for (int i = 0; i < sk_X509_NAME_num(names) && i < TlsSession::most_acceptable_cas; ++i) {
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
    SSL_set_post_handshake_auth(ssl.get(), 1);  // as libcurl does: some servers ask for a certificate so
    if (SSL_set_min_proto_version(ssl.get(), static_cast<int>(options.min_version)) != 1 ||
        SSL_set_max_proto_version(ssl.get(), static_cast<int>(options.max_version)) != 1) {
        return "the local TLS library does not speak these versions";
    }
    if (!options.cipher_list.empty() && SSL_set_cipher_list(ssl.get(), options.cipher_list.c_str()) != 1) {
        return "the local TLS library knows none of the cipher suites";
    }
    const bool literal = is_ip_literal(options.server_name);
    if (!options.server_name.empty() && (!literal || options.address_as_name)) {  // RFC 6066 3: no IP literals
        SSL_set_tlsext_host_name(ssl.get(), options.server_name.c_str());
    }
    if (!options.signature_algorithms.empty() &&
        SSL_set1_sigalgs_list(ssl.get(), options.signature_algorithms.c_str()) != 1) {
        return "the local TLS library knows none of the signature algorithms";
    }
    offer_protocols(ssl.get(), options.application_protocols);
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

TlsStep TlsSession::State::failed(Ending end, std::string detail) {
    TlsStep step;
    step.end = alert ? Ending::alert : end;
    step.detail = std::move(detail);
    step.alert = alert;
    return step;
}

std::vector<Certificate> TlsSession::State::peer_chain() const {
    std::vector<Certificate> chain;
    STACK_OF(X509)* sent = ssl ? SSL_get_peer_cert_chain(ssl.get()) : nullptr;
    for (int i = 0; i < sk_X509_num(sent); ++i) {
        X509* certificate = sk_X509_value(sent, i);
        X509_up_ref(certificate);
        chain.emplace_back(CertificateHandle(certificate));
    }
    return chain;
}

void TlsSession::State::look_for_proof() {
    if (!options.trust) {
        return;
    }
    std::vector<Certificate> chain = peer_chain();
    X509* const leaf = SSL_get0_peer_certificate(ssl.get());
    if (chain.empty() && leaf != nullptr) {  // of a resumed session that was read from a file
        X509_up_ref(leaf);
        chain.emplace_back(CertificateHandle(leaf));
    }
    lacks = lack_of_proof(chain, *options.trust, options.names, std::chrono::system_clock::now(), options.beside);
}

TlsStep TlsSession::State::unproven() const {
    TlsStep step;
    step.end = Ending::unproven;
    step.detail = lacks;
    return step;
}

asio::awaitable<TcpMoved> TlsSession::State::flush(Deadline& deadline) {
    // A second ClientHello, when the server asks for one, is no Finished.
    if (holding && SSL_is_init_finished(ssl.get()) != 0) {
        co_return TcpMoved{};
    }
    char* bytes = nullptr;
    const long length = BIO_get_mem_data(to_peer, &bytes);
    TcpMoved moved;
    if (length > 0 && !std::exchange(hello_sent, true)) {
        std::string flight(bytes, static_cast<std::size_t>(length));
        moved = co_await send_hello(*socket, deadline, std::move(flight), options.hello, options.server_name,
                                    between_segments);
    } else if (length > 0) {
        moved = co_await tcp_write_all(*socket, deadline, std::string_view(bytes, static_cast<std::size_t>(length)));
    }
    BIO_reset(to_peer);
    co_return moved;
}

asio::awaitable<TlsStep> TlsSession::State::drive(Operation operation, std::string& bytes) {
    if (!ssl || !socket) {
        co_return failed(Ending::connect_failed, "not connected");
    }
    Deadline deadline(*socket, options.timeout);
    std::string input;
    Ending write_end = Ending::ok;
    for (;;) {
        const int result = call(operation, bytes);
        const int error = SSL_get_error(ssl.get(), result);
        const std::string text = error == SSL_ERROR_SSL ? openssl_error_text() : std::string();
        const TcpMoved sent = co_await flush(deadline);
        if (sent.end == Ending::timeout) {
            co_return failed(Ending::timeout, sent.detail);
        }
        // After a failed write the peer's last words may still be there to read.
        write_end = write_end == Ending::ok ? sent.end : write_end;
        if (result == 1 && (operation != Operation::write || bytes.empty()) && write_end == Ending::ok) {
            co_return TlsStep{};
        }
        if (result == 1 && operation == Operation::read) {
            co_return TlsStep{};
        }
        if (error == SSL_ERROR_ZERO_RETURN) {
            co_return failed(Ending::closed, std::string(TlsStep::goodbye));
        }
        if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) {
            co_return failed(Ending::tls_protocol, text);
        }
        if (result == 1 && operation == Operation::write && write_end == Ending::ok) {
            continue;
        }
        input.clear();
        const TcpMoved got = co_await tcp_read_some(*socket, deadline, input, std::size_t{16} * 1024);
        if (got.end != Ending::ok) {
            const Ending end = write_end == Ending::reset && got.end == Ending::closed ? write_end : got.end;
            co_return failed(end, end == Ending::closed ? "closed without close_notify" : got.detail);
        }
        BIO_write(from_peer, input.data(), static_cast<int>(input.size()));
        if (result == 1) {
            // The write has failed: look for an alert in what came, then say how it ended.
            char probe = 0;
            SSL_peek(ssl.get(), &probe, 1);
            if (alert) {
                co_return failed(Ending::alert, {});
            }
        }
    }
}

asio::awaitable<TlsStep> TlsSession::State::connect() {
    TcpConnected connected = co_await tcp_connect(executor, options.endpoint, options.connect_timeout);
    remote_address = connected.remote_address;
    local_address = connected.local_address;
    if (!connected.socket) {
        co_return failed(no_connection(connected.end), connected.detail);
    }
    socket = std::move(connected.socket);
    std::string why = prepare();
    if (!why.empty()) {
        co_return failed(Ending::tls_protocol, std::move(why));
    }
    if (!options.early_data.empty() && options.resume && max_early_data(*options.resume) > 0) {
        // Only whoever has the session's secret can read early data: who that is, the session's certificate says.
        look_for_proof();
        if (!lacks.empty()) {
            co_return unproven();
        }
        TlsStep early = co_await drive(Operation::early_data, options.early_data);
        if (!early.ok()) {
            co_return early;
        }
        holding = options.holds_finished;
    }
    std::string none;
    TlsStep shaken = co_await drive(Operation::handshake, none);
    if (shaken.ok()) {
        look_for_proof();
    }
    co_return lacks.empty() ? shaken : unproven();
}

}  // namespace gateproof
