#include "gateway/tls_server.hpp"

#include <openssl/err.h>

#include <cstring>
#include <stdexcept>

namespace gateproof::gateway {
namespace {

// IA 3.1, in the order of preference that the gateway publishes.
constexpr const char* suites_12 =
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
constexpr const char* suites_13 = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";

void require(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(std::string("TLS set-up: ") + what + ": " +
                                 ERR_reason_error_string(ERR_peek_last_error()));
    }
}

/// Which of the two certificates the n-th connection gets. A plain alternation could stay hidden from a check whose
/// connections happen to interleave with another's; the golden ratio's multiples repeat on no small stride.
std::size_t turn(std::uint32_t connection) {
    return connection * 2654435769U >> 31;
}

}  // namespace

TlsServer::TlsServer(ListenerRole role, const Pki& pki, const FaultSet& faults)
    : role_(role), faults_(faults), context_(SSL_CTX_new(TLS_server_method())) {
    require(context_ != nullptr, "context");
    SSL_CTX* const context = context_.get();
    SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // A session belongs to its listener: a desktop ticket must not open the cloud.
    const char* const id = role == ListenerRole::cloud ? "gateproof-cloud" : "gateproof-desktop";
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(id),
                                   static_cast<unsigned>(std::strlen(id)));
    SSL_CTX_set_num_tickets(context, 1);
    set_versions_and_suites();
    set_server_certificate(pki);
    set_client_authentication(pki);
}

void TlsServer::set_versions_and_suites() {
    SSL_CTX* const context = context_.get();
    require(
        SSL_CTX_set_min_proto_version(context, faults_.has("no-tls-1.2") ? TLS1_3_VERSION : TLS1_2_VERSION) == 1 &&
            SSL_CTX_set_max_proto_version(context, faults_.has("no-tls-1.3") ? TLS1_2_VERSION : TLS1_3_VERSION) == 1,
        "versions");
    require(SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1, "groups");
    require(SSL_CTX_set_cipher_list(context, suites_12) == 1, "cipher suites");
    require(SSL_CTX_set_ciphersuites(context, suites_13) == 1, "TLS 1.3 cipher suites");
}

void TlsServer::set_server_certificate(const Pki& pki) {
    CertificateSpec spec = Pki::server_spec();
    credentials_.push_back(pki.issue_server(spec));
    SSL_CTX_set_tlsext_status_cb(context_.get(), &TlsServer::staple);
    SSL_CTX_set_tlsext_status_arg(context_.get(), this);
}

void TlsServer::set_client_authentication(const Pki& pki) {
    if (role_ != ListenerRole::cloud) {
        return;
    }
    SSL_CTX* const context = context_.get();
    X509_STORE* const store = SSL_CTX_get_cert_store(context);
    require(X509_STORE_add_cert(store, pki.client_root().certificate.get()) == 1 &&
                X509_STORE_add_crl(store, pki.client_crl().get()) == 1 &&
                X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK) == 1,
            "client trust");
    require(SSL_CTX_add_client_CA(context, pki.client_root().certificate.get()) == 1 &&
                SSL_CTX_add_client_CA(context, pki.client_authority().certificate.get()) == 1,
            "acceptable authorities");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

SslPtr TlsServer::accept(const HelloView& hello) {
    SslPtr ssl(SSL_new(context_.get()));
    require(ssl != nullptr, "connection");
    SSL_set_accept_state(ssl.get());
    use_certificate(ssl.get());
    adapt_to_hello(ssl.get(), hello);
    ++connections_;
    return ssl;
}

void TlsServer::use_certificate(SSL* ssl) const {
    const Credential& credential = credentials_[credentials_.size() > 1 ? turn(connections_) : 0];
    SSL_use_certificate(ssl, credential.certificate.get());
    SSL_use_PrivateKey(ssl, credential.key.get());
    for (const CertificatePtr& link : credential.chain) {
        SSL_add1_chain_cert(ssl, link.get());
    }
}

void TlsServer::adapt_to_hello(SSL*, const HelloView&) const {}

int TlsServer::staple(SSL* ssl, void* self) {
    const auto& server = *static_cast<const TlsServer*>(self);
    const X509* const sent = SSL_get_certificate(ssl);
    for (const Credential& credential : server.credentials_) {
        if (credential.certificate.get() == sent && !credential.ocsp.empty()) {
            // OpenSSL frees what it is given.
            auto* const copy =
                static_cast<unsigned char*>(OPENSSL_memdup(credential.ocsp.data(), credential.ocsp.size()));
            if (copy != nullptr) {
                SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(credential.ocsp.size()));
                return SSL_TLSEXT_ERR_OK;
            }
        }
    }
    return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace gateproof::gateway
