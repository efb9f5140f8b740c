#include "harness/stage/server_tls.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/identity/openssl_errors.hpp"
#include "harness/probe/forge/keys.hpp"
#include "harness/probe/tls/cipher_suites.hpp"
#include "harness/probe/tls/openssl_client.hpp"

namespace gateproof::stage {
namespace {

// The published lists (IA 3.1), with their siblings for RSA certificates, which were allowed before 2024.
constexpr const char* published_tls_1_3 = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* published_tls_1_2 =
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305";
/// What servers of their time had: TLS 1.1 knows no AEAD.
constexpr const char* before_tls_1_2 =
    "ECDHE-ECDSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA:AES256-SHA:AES128-SHA";

[[noreturn]] void cannot(const std::string& what) {
    ERR_clear_error();
    throw std::invalid_argument("this OpenSSL cannot play the scene: " + what);
}

void need(bool done, const char* what) {
    if (!done) {
        cannot(what);
    }
}

void choose_suites(SSL_CTX* ctx, const Scene& scene) {
    std::string tls_1_3;
    std::string older;
    for (const std::uint16_t value : scene.cipher_suites) {
        const std::string name = cipher_suite_name(value);
        const CipherSuite* suite = find_cipher_suite(value);
        const std::string openssl = OPENSSL_cipher_name(name.c_str());
        if (suite == nullptr || openssl == "(NONE)") {
            cannot("it does not know the cipher suite " + name);
        }
        std::string& list = suite->tls13 ? tls_1_3 : older;
        list += (list.empty() ? "" : ":") + (suite->tls13 ? name : openssl);
    }
    if (scene.cipher_suites.empty()) {
        tls_1_3 = published_tls_1_3;
        older = scene.versions.newest < TlsVersion::tls_1_2 ? before_tls_1_2 : published_tls_1_2;
    }
    need(SSL_CTX_set_ciphersuites(ctx, tls_1_3.c_str()) == 1, "cipher suites of TLS 1.3");
    // An empty list is an error of OpenSSL's; with TLS 1.3 alone any other is never asked for.
    need(SSL_CTX_set_cipher_list(ctx, ((older.empty() ? published_tls_1_2 : older) + ":@SECLEVEL=0").c_str()) == 1,
         "cipher suites");
}

void choose_groups(SSL_CTX* ctx, const std::vector<NamedGroup>& groups) {
    std::string list;
    for (const NamedGroup group : groups) {
        const char* name = nullptr;
        switch (group) {
            case NamedGroup::secp256r1: name = "P-256"; break;
            case NamedGroup::secp384r1: name = "P-384"; break;
            case NamedGroup::secp521r1: name = "P-521"; break;
            case NamedGroup::x25519: name = "X25519"; break;
            case NamedGroup::x448: name = "X448"; break;
        }
        need(name != nullptr, "a group for the key exchange");
        list += (list.empty() ? "" : ":") + std::string(name);
    }
    need(list.empty() || SSL_CTX_set1_groups_list(ctx, list.c_str()) == 1, "the groups for the key exchange");
}

void ask(SSL_CTX* ctx, const Asked& asked) {
    if (asked.how == Asked::How::not_at_all) {
        return;
    }
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | (asked.how == Asked::How::required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                       nullptr);
    STACK_OF(X509_NAME)* names = sk_X509_NAME_new_null();
    bool good = names != nullptr;
    for (const std::string& der : asked.authorities) {
        const auto* at = reinterpret_cast<const unsigned char*>(der.data());
        X509_NAME* name = d2i_X509_NAME(nullptr, &at, static_cast<long>(der.size()));
        good = good && name != nullptr && sk_X509_NAME_push(names, name) > 0;
    }
    if (!good) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        cannot("a name of a certificate authority");
    }
    SSL_CTX_set0_CA_list(ctx, names);
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned int length,
                    void*) {
    static constexpr std::string_view offered("\x08http/1.1", 9);
    unsigned char* chosen = nullptr;
    const int found = SSL_select_next_proto(&chosen, size, reinterpret_cast<const unsigned char*>(offered.data()),
                                            static_cast<unsigned int>(offered.size()), in, length);
    *out = chosen;
    // A client that offers h2 alone is served all the same: its first bytes show what it is.
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

void show(SSL_CTX* ctx, const Scene& scene) {
    need(!scene.shown.chain.empty() && scene.shown.key, "it shows no certificate");
    Identity identity{"server", scene.shown.chain.front(),
                      std::vector<Certificate>(scene.shown.chain.begin() + 1, scene.shown.chain.end()),
                      scene.shown.key};
    if (scene.handshake.kind == HandshakeAct::Kind::foreign_signature) {
        identity.key = forge::mismatched_key(scene.shown.key.get());
        need(identity.key != nullptr, "a foreign key of that kind");
    }
    need(use_identity(ctx, identity), "its certificate and key");
    if (!scene.shown.staple.empty()) {
        SSL_CTX_set_tlsext_status_cb(ctx, &ServerTls::on_status_request);
    }
}

void set_tickets(SSL_CTX* ctx, const Scene& scene) {
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(ctx, static_cast<std::size_t>(std::max(scene.tickets, 0)));
    if (scene.tickets <= 0) {
        SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    }
    if (scene.early_data > 0) {
        SSL_CTX_set_max_early_data(ctx, scene.early_data);
        SSL_CTX_set_recv_max_early_data(ctx, scene.early_data);
        SSL_CTX_set_options(ctx, SSL_OP_NO_ANTI_REPLAY);  // which takes a cache of sessions; a replay harms nobody here
    }
}

int add_nothing(SSL*, unsigned int, unsigned int, const unsigned char** out, std::size_t* size, X509*, std::size_t,
                int*, void*) {
    *out = nullptr;
    *size = 0;
    return 1;
}

int ignore_it(SSL*, unsigned int, unsigned int, const unsigned char*, std::size_t, X509*, std::size_t, int*, void*) {
    return 1;
}

void add_extensions(SSL_CTX* ctx, const Scene& scene) {
    for (const ExtraExtension& extra : scene.extensions) {
        const unsigned int where = (extra.in_tickets ? SSL_EXT_TLS1_3_NEW_SESSION_TICKET : 0U) |
                                   (extra.in_certificate_request ? SSL_EXT_TLS1_3_CERTIFICATE_REQUEST : 0U);
        need(SSL_CTX_add_custom_ext(ctx, extra.type, where, &add_nothing, nullptr, nullptr, &ignore_it, nullptr) == 1,
             "an extension");
    }
}

}  // namespace

std::shared_ptr<SSL_CTX> server_context(const Scene& scene) {
    const OpensslErrorScope errors;
    const std::shared_ptr<SSL_CTX> ctx(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    if (!ctx) {
        throw std::bad_alloc();
    }
    SSL_CTX_set_security_level(ctx.get(), 0);
    SSL_CTX_clear_options(ctx.get(), SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3);
    SSL_CTX_set_options(ctx.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(ctx.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    need(SSL_CTX_set_min_proto_version(ctx.get(), static_cast<int>(scene.versions.oldest)) == 1 &&
             SSL_CTX_set_max_proto_version(ctx.get(), static_cast<int>(scene.versions.newest)) == 1,
         "its versions");
    SSL_CTX_set_dh_auto(ctx.get(), 1);
    SSL_CTX_set_cert_verify_callback(ctx.get(), &ServerTls::on_certificates, nullptr);
    choose_suites(ctx.get(), scene);
    choose_groups(ctx.get(), scene.groups);
    show(ctx.get(), scene);
    ask(ctx.get(), scene.asked);
    set_tickets(ctx.get(), scene);
    if (scene.alpn) {
        SSL_CTX_set_alpn_select_cb(ctx.get(), &choose_protocol, nullptr);
    }
    add_extensions(ctx.get(), scene);
    if (scene.handshake.kind == HandshakeAct::Kind::refuses_certificate) {
        need(can_refuse_with(scene.handshake.alert, scene.versions), "the alert that refuses a certificate");
        SSL_CTX_set_keylog_callback(ctx.get(), &ServerTls::on_secret);
    }
    return ctx;
}

}  // namespace gateproof::stage
