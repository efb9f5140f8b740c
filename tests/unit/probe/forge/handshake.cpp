#include "tests/unit/probe/forge/handshake.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "harness/probe/tls/openssl_client.hpp"

namespace gateproof::test {
namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Connection = std::unique_ptr<SSL, decltype(&SSL_free)>;

void on_message(int sent, int, int type, const void* bytes, std::size_t length, SSL*, void* seen) {
    constexpr unsigned char certificate_verify = 15;  // RFC 8446, section 4
    if (sent == 1 && type == SSL3_RT_HANDSHAKE && length > 0 &&
        *static_cast<const unsigned char*>(bytes) == certificate_verify) {
        *static_cast<bool*>(seen) = true;
    }
}

/// True while there is hope.
bool step(SSL* ssl, std::string& why) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl);
    const int error = SSL_get_error(ssl, result);
    if (result == 1 || error == SSL_ERROR_WANT_READ) {
        return true;
    }
    if (why.empty()) {
        const char* reason = ERR_reason_error_string(ERR_peek_last_error());
        why = reason == nullptr ? "failed" : reason;
    }
    return false;
}

}  // namespace

Handshake shake_hands(const Identity& client, const Minted& ca, int version) {
    static const Minted own = mint({});
    const Context server_context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    SSL_CTX_use_certificate(server_context.get(), own.certificate.get());
    SSL_CTX_use_PrivateKey(server_context.get(), own.key.get());
    SSL_CTX_set_verify(server_context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(server_context.get()), ca.certificate.get());
    SSL_CTX_set_min_proto_version(server_context.get(), version);
    SSL_CTX_set_max_proto_version(server_context.get(), version);

    const Context client_context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    open_local_policy(client_context.get());
    Handshake outcome;
    const Connection near(SSL_new(client_context.get()), &SSL_free);
    const Connection far(SSL_new(server_context.get()), &SSL_free);
    BIO* near_end = nullptr;
    BIO* far_end = nullptr;
    BIO_new_bio_pair(&near_end, 0, &far_end, 0);
    SSL_set_bio(near.get(), near_end, near_end);
    SSL_set_bio(far.get(), far_end, far_end);
    SSL_set_connect_state(near.get());
    SSL_set_accept_state(far.get());
    SSL_set_msg_callback(near.get(), &on_message);
    SSL_set_msg_callback_arg(near.get(), &outcome.sent_certificate_verify);
    if (!use_identity(near.get(), client)) {
        outcome.server_error = "the identity cannot be used";
        ERR_clear_error();
        return outcome;
    }
    std::string client_error;
    for (int round = 0; round < 10; ++round) {
        const bool client_lives = step(near.get(), client_error);
        if (!step(far.get(), outcome.server_error) || (!client_lives && outcome.server_error.empty())) {
            break;
        }
        if (SSL_is_init_finished(near.get()) == 1 && SSL_is_init_finished(far.get()) == 1) {
            outcome.server_done = true;
            break;
        }
    }
    outcome.verify_result = SSL_get_verify_result(far.get());
    ERR_clear_error();
    return outcome;
}

}  // namespace gateproof::test
