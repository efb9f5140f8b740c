#include "gateway/tls/server.hpp"

#include <openssl/err.h>

#include <span>
#include <stdexcept>

namespace gateproof::gateway {
namespace {

// IA 3.1, in the order of preference that the gateway publishes.
constexpr const char* suites_12 =
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
constexpr const char* suites_13 = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";

// What TLS 1.0 and 1.1 can use with an ECDSA certificate.
constexpr const char* suites_old = "ECDHE-ECDSA-AES128-SHA";
constexpr const char* signatures =
    "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:"
    "RSA+SHA256:RSA+SHA384:RSA+SHA512";
constexpr std::uint16_t tls_fallback_scsv = 0x5600;
constexpr std::uint32_t max_early_data = 16 * 1024;

void require_tls(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(std::string("TLS set-up: ") + what + ": " +
                                 ERR_reason_error_string(ERR_peek_last_error()));
    }
}

/// Overwrites both renegotiation signals (RFC 5746) of a ClientHello with reserved values (RFC 8701) that mean nothing.
void blank_renegotiation_info(std::span<std::uint8_t> message) {
    const auto number = [message](std::size_t at, std::size_t size) {
        std::size_t value = 0;
        for (std::size_t i = at; i < at + size; ++i) {
            value = value << 8 | (i < message.size() ? message[i] : 0);
        }
        return value;
    };
    const auto blank = [message](std::size_t at) { message[at] = message[at + 1] = 0x0a; };
    std::size_t at = 4 + 2 + 32;
    at += 1 + number(at, 1);
    const std::size_t suites_end = at + 2 + number(at, 2);
    for (at += 2; at + 2 <= suites_end && at + 2 <= message.size(); at += 2) {
        if (number(at, 2) == 0x00ff) {
            blank(at);
        }
    }
    at = suites_end;
    at += 1 + number(at, 1);
    for (at += 2; at + 4 <= message.size(); at += 4 + number(at + 2, 2)) {
        if (number(at, 2) == 0xff01) {
            blank(at);
        }
    }
}

/// OpenSSL calls this after a message has gone into the transcript and before it is parsed. It has no option to leave
/// renegotiation_info out of its ServerHello; a server that never saw the offer leaves it out, and the handshake
/// still completes since the transcript holds what the client sent.
void hide_renegotiation_info(int sent, int, int type, const void* data, std::size_t size, SSL*, void*) {
    auto* const bytes = static_cast<std::uint8_t*>(const_cast<void*>(data));
    if (sent == 0 && type == SSL3_RT_HANDSHAKE && size > 4 && bytes[0] == SSL3_MT_CLIENT_HELLO) {
        blank_renegotiation_info({bytes, size});
    }
}

/// Which of the two certificates the n-th connection gets. A plain alternation could stay hidden from a check whose
/// connections happen to interleave with another's; the golden ratio's multiples repeat on no small stride.
std::size_t turn(std::uint32_t connection) {
    return connection * 2654435769U >> 31;
}

}  // namespace

TlsServer::TlsServer(ListenerRole role, const Pki& pki, const FaultSet& faults, std::string_view ticket_keys,
                     bool certificate_optional)
    : role_(role), faults_(faults), certificate_optional_(certificate_optional), clients_(pki, faults) {
    const CertificateSpec spec = certificate_spec();
    credentials_.push_back(make_credential(pki, spec));
    if (faults_.has("alternating-certificate")) {
        credentials_.push_back(make_credential(pki, spec));
    }
    CertificateSpec other = spec;
    other.common_name = other_server_name;
    other.alternative_names = "DNS:" + other.common_name;
    other_credential_ = make_credential(pki, other);
    X509* const certificate = credentials_.front().certificate.get();
    certificate_der_.resize(static_cast<std::size_t>(i2d_X509(certificate, nullptr)));
    auto* out = reinterpret_cast<unsigned char*>(certificate_der_.data());
    i2d_X509(certificate, &out);

    context_ = make_context(pki);
    add_faulty_certificates(pki, spec);
    set_server_certificate(context_.get(), credentials_.front());
    other_context_ = make_context(pki);
    set_server_certificate(other_context_.get(), other_credential_);
    // Tickets are those of the context that a connection begins with.
    std::string keys(ticket_keys);
    require_tls(SSL_CTX_set_tlsext_ticket_keys(context_.get(), keys.data(), static_cast<long>(keys.size())) == 1,
                "ticket keys");
    SSL_CTX_set_client_hello_cb(context_.get(), &TlsServer::on_client_hello, this);
}

/// Before the usual certificate, which the context's later settings are about.
void TlsServer::add_faulty_certificates(const Pki& pki, CertificateSpec spec) {
    if (faults_.has("server-certificate-cannot-sign")) {
        CertificateSpec signless = spec;
        signless.key_usage = "critical,keyAgreement";
        signless_credential_ = make_credential(pki, signless);
    }
    if (faults_.has("rsa-certificate-expired")) {
        spec.rsa_bits = 2048;
        spec.valid_from = -90;
        spec.valid_to = -1;
        rsa_credential_ = make_credential(pki, spec);
        set_server_certificate(context_.get(), rsa_credential_);
    }
}

TlsServer::ContextPtr TlsServer::make_context(const Pki& pki) {
    ContextPtr made(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const context = made.get();
    require_tls(context != nullptr, "context");
    SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_num_tickets(context, 1);
    set_versions_and_suites(context);
    set_client_authentication(context, pki);
    SSL_CTX_set_tlsext_status_cb(context, &TlsServer::staple);
    SSL_CTX_set_tlsext_status_arg(context, this);
    return made;
}

/// The published suites, and after them what a fault adds: a sound client still gets a sound suite.
std::string TlsServer::cipher_list() const {
    std::string list = suites_12;
    if (faults_.has("accepts-unlisted-suite")) {
        list += ":ECDHE-ECDSA-AES128-CCM";
    }
    if (faults_.has("accepts-cbc")) {
        list += ":ECDHE-ECDSA-AES128-SHA256";
    }
    if (faults_.has("accepts-null")) {
        list += ":ECDHE-ECDSA-NULL-SHA";
    }
    if (faults_.has("accepts-anonymous")) {
        list += ":AECDH-AES128-SHA";
    }
    return list;
}

void TlsServer::set_versions_and_suites(SSL_CTX* context) {
    // Everything that is allowed is listed here, so OpenSSL's own level can only stand in the way of the faults.
    SSL_CTX_set_security_level(context, faults_.empty() ? 2 : 0);
    require_tls(
        SSL_CTX_set_min_proto_version(context, faults_.has("no-tls-1.2") ? TLS1_3_VERSION : TLS1_2_VERSION) == 1 &&
            SSL_CTX_set_max_proto_version(context, faults_.has("no-tls-1.3") ? TLS1_2_VERSION : TLS1_3_VERSION) == 1,
        "versions");
    const std::string groups = std::string(faults_.has("weak-ec-group") ? "P-192:" : "") + "X25519:P-256:P-384";
    require_tls(SSL_CTX_set1_groups_list(context, groups.c_str()) == 1, "groups");
    require_tls(SSL_CTX_set1_sigalgs_list(context, signatures) == 1, "signature algorithms");
    require_tls(SSL_CTX_set_cipher_list(context, cipher_list().c_str()) == 1, "cipher suites");
    const std::string suites = std::string(suites_13) + (faults_.has("accepts-ccm") ? ":TLS_AES_128_CCM_SHA256" : "");
    require_tls(SSL_CTX_set_ciphersuites(context, suites.c_str()) == 1, "TLS 1.3 cipher suites");
    if (faults_.has("no-extended-master-secret")) {
        SSL_CTX_set_options(context, SSL_OP_NO_EXTENDED_MASTER_SECRET);
    }
    if (faults_.has("allows-client-renegotiation")) {
        SSL_CTX_set_options(context, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    }
    if (faults_.has("accepts-early-data")) {
        early_data_ = true;
        SSL_CTX_set_max_early_data(context, max_early_data);
        SSL_CTX_set_options(context, SSL_OP_NO_ANTI_REPLAY);
    }
}

CertificateSpec TlsServer::certificate_spec() const {
    CertificateSpec spec = Pki::server_spec();
    if (faults_.has("wrong-host-name")) {
        spec.common_name = "elsewhere.embedded.test";
        spec.alternative_names = "DNS:elsewhere.embedded.test";
    }
    if (faults_.has("expired-server-certificate")) {
        spec.valid_from = -90;
        spec.valid_to = -1;
    }
    if (faults_.has("server-certificate-expires-soon")) {
        spec.valid_from = -80;  // of a long life, so that ten days are no third of it
        spec.valid_to = 10;
    }
    if (faults_.has("server-wrong-eku")) {
        spec.extended_key_usage = "clientAuth";
    }
    spec.sha1 = faults_.has("sha1-server-certificate");
    return spec;
}

Credential TlsServer::make_credential(const Pki& pki, const CertificateSpec& spec) const {
    Credential made = pki.issue_server(spec);
    if (faults_.has("incomplete-chain")) {
        made.chain.clear();
    }
    if (faults_.has("no-ocsp-staple")) {
        made.ocsp.clear();
    }
    return made;
}

void TlsServer::set_server_certificate(SSL_CTX* context, const Credential& credential) {
    require_tls(SSL_CTX_use_certificate(context, credential.certificate.get()) == 1 &&
                    SSL_CTX_use_PrivateKey(context, credential.key.get()) == 1,
                "server certificate");
    for (const CertificatePtr& link : credential.chain) {
        require_tls(SSL_CTX_add1_chain_cert(context, link.get()) == 1, "server chain");
    }
}

SslPtr TlsServer::accept(const HelloView& hello, bool in_segments) {
    SslPtr ssl(SSL_new(context_.get()));
    require_tls(ssl != nullptr, "connection");
    remember(ssl.get(), Arrival{.in_segments = in_segments, .in_records = hello.kind == FirstBytes::other});
    SSL_set_accept_state(ssl.get());
    if (!faults_.empty()) {
        take_turns(ssl.get());
        adapt_to_hello(ssl.get(), hello);
    }
    ++connections_;
    return ssl;
}

void TlsServer::take_turns(SSL* ssl) const {
    if (credentials_.size() > 1 && turn(connections_) != 0) {
        show(ssl, credentials_[1]);
    }
}

/// This one connection is given another certificate.
void TlsServer::show(SSL* ssl, const Credential& other) {
    SSL_use_certificate(ssl, other.certificate.get());
    SSL_use_PrivateKey(ssl, other.key.get());
    SSL_clear_chain_certs(ssl);
    for (const CertificatePtr& link : other.chain) {
        SSL_add1_chain_cert(ssl, link.get());
    }
}

/// Faults that concern some ClientHellos only. They change the policy of this one connection, so every other check
/// sees the conforming server.
void TlsServer::adapt_to_hello(SSL* ssl, const HelloView& hello) const {
    if (hello.kind != FirstBytes::client_hello) {
        return;
    }
    const std::uint16_t newest = hello.newest_version();
    if (newest == TLS1_VERSION && faults_.has("accepts-tls-1.0")) {
        SSL_set_min_proto_version(ssl, TLS1_VERSION);
        SSL_set_options(ssl, SSL_OP_NO_TLSv1_1);
        SSL_set_cipher_list(ssl, suites_old);
    }
    if (newest == TLS1_1_VERSION && faults_.has("accepts-tls-1.1")) {
        SSL_set_min_proto_version(ssl, TLS1_1_VERSION);
        SSL_set_cipher_list(ssl, suites_old);
    }
    // OpenSSL marks the downgrade (RFC 8446 4.1.3) and honours the fallback value (RFC 7507) only when it knows of a
    // newer version than the one that it negotiates.
    const bool fallback = hello.offers_suite(tls_fallback_scsv);
    if (newest == TLS1_2_VERSION &&
        (fallback ? faults_.has("ignores-fallback-scsv") : faults_.has("no-downgrade-sentinel"))) {
        SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
    }
    if (hello.offers_version(TLS1_3_VERSION) && signless_credential_.certificate) {
        show(ssl, signless_credential_);
    }
    // TLS 1.3 has no renegotiation, and its binders would not survive the change (RFC 8446 4.2.11.2).
    if (newest <= TLS1_2_VERSION && faults_.has("no-secure-renegotiation")) {
        SSL_set_msg_callback(ssl, hide_renegotiation_info);
    }
}

int TlsServer::staple(SSL* ssl, void* self) {
    const auto& server = *static_cast<const TlsServer*>(self);
    const X509* const sent = SSL_get_certificate(ssl);
    const Credential* used = &server.other_credential_;
    for (const Credential& credential : server.credentials_) {
        used = credential.certificate.get() == sent ? &credential : used;
    }
    for (const Credential* const faulty : {&server.rsa_credential_, &server.signless_credential_}) {
        used = faulty->certificate.get() == sent ? faulty : used;
    }
    const bool other_node = server.faults_.has("ocsp-staple-on-one-node") && turn(server.connections_) != 0;
    if (used->certificate.get() != sent || used->ocsp.empty() || other_node) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    // OpenSSL frees what it is given.
    auto* const copy = static_cast<unsigned char*>(OPENSSL_memdup(used->ocsp.data(), used->ocsp.size()));
    if (copy == nullptr) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(used->ocsp.size()));
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace gateproof::gateway
