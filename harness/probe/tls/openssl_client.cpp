#include "harness/probe/tls/openssl_client.hpp"

#include <openssl/err.h>

#include "harness/identity/openssl_handles.hpp"

namespace gateproof {
namespace {

void free_witness(void*, void* held, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<std::shared_ptr<TlsWitness>*>(held);
}

int witness_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, &free_witness);
    return index;
}

void on_message(int sent, int, int content_type, const void* bytes, std::size_t length, SSL* ssl, void*) {
    const std::shared_ptr<TlsWitness> witness = witness_of(ssl);
    if (sent != 0 || content_type != SSL3_RT_ALERT || length < 2 || witness == nullptr) {
        return;
    }
    const auto* alert = static_cast<const std::uint8_t*>(bytes);
    if (is_fatal_alert(ssl, alert[0], alert[1])) {
        witness->alert = Alert{alert[0], alert[1]};
    }
}

void on_state(const SSL* ssl, int where, int) {
    const std::shared_ptr<TlsWitness> witness = witness_of(ssl);
    if ((where & SSL_CB_HANDSHAKE_DONE) == 0 || witness == nullptr || witness->handshake_done) {
        return;
    }
    witness->handshake_done = true;
    witness->version = static_cast<TlsVersion>(SSL_version(ssl));
    const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
    const char* name = cipher == nullptr ? nullptr : SSL_CIPHER_standard_name(cipher);
    witness->cipher_suite = name == nullptr ? "" : name;
}

}  // namespace

bool is_fatal_alert(const SSL* ssl, std::uint8_t level, std::uint8_t description) {
    if (description == SSL_AD_CLOSE_NOTIFY || description == SSL_AD_USER_CANCELLED) {
        return false;
    }
    return level == SSL3_AL_FATAL || SSL_version(ssl) == TLS1_3_VERSION;
}

void open_local_policy(SSL_CTX* ctx) {
    // OpenSSL 3.0 leaves the brainpool curves out; 3.5 has post-quantum groups, which a list of ours would take away.
    if (OpenSSL_version_num() < 0x30500000UL) {
        SSL_CTX_set1_groups_list(ctx,
                                 "X25519:P-256:X448:P-521:P-384:ffdhe2048:ffdhe3072:ffdhe4096:ffdhe6144:ffdhe8192:"
                                 "brainpoolP256r1:brainpoolP384r1:brainpoolP512r1");
        ERR_clear_error();  // a library without some of them keeps its own list
    }
    SSL_CTX_set_security_level(ctx, 0);
    SSL_CTX_clear_options(ctx, SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3);
    SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_cert_verify_callback(
        ctx, [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
}

bool attach_witness(SSL_CTX* ctx, std::shared_ptr<TlsWitness> witness) {
    auto held = std::make_unique<std::shared_ptr<TlsWitness>>(std::move(witness));
    if (SSL_CTX_set_ex_data(ctx, witness_index(), held.get()) != 1) {
        return false;
    }
    static_cast<void>(held.release());
    SSL_CTX_set_msg_callback(ctx, &on_message);
    SSL_CTX_set_info_callback(ctx, &on_state);
    return true;
}

std::shared_ptr<TlsWitness> witness_of(const SSL* ssl) {
    auto* held = static_cast<std::shared_ptr<TlsWitness>*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), witness_index()));
    return held == nullptr ? nullptr : *held;
}

// OpenSSL would add what it finds among the CAs that the server is judged by, and so hide that the file lacks it.
bool use_identity(SSL_CTX* ctx, const Identity& identity) {
    SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
    const auto chain = borrowed_stack(identity.chain);
    return chain && SSL_CTX_use_cert_and_key(ctx, identity.leaf.get(), identity.key.get(), chain.get(), 1) == 1;
}

bool use_identity(SSL* ssl, const Identity& identity) {
    SSL_set_mode(ssl, SSL_MODE_NO_AUTO_CHAIN);
    const auto chain = borrowed_stack(identity.chain);
    return chain && SSL_use_cert_and_key(ssl, identity.leaf.get(), identity.key.get(), chain.get(), 1) == 1;
}

}  // namespace gateproof
