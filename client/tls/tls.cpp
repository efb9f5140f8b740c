#include "client/tls/tls.hpp"

#include <fmt/format.h>
#include <openssl/err.h>

#include <array>
#include <string_view>
#include <utility>

#include "client/tls/scout.hpp"

namespace gateproof::client {
namespace {

// As published (Mutual Authentication and Cipher Support; Identity and Access
// build pack 3.1), the strongest first.
constexpr const char* suites_1_3 =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_"
    "POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
constexpr const char* suites_1_2 =
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-"
    "AES128-GCM-SHA256";
// RFC 9325 4.2 and RFC 8446 4.2.3, without SHA-1.
constexpr const char* signatures =
    "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:rsa_pss_rsae_sha256:rsa_pss_rsae_"
    "sha384:rsa_pss_rsae_sha512:"
    "rsa_pss_pss_sha256:RSA+SHA256:RSA+SHA384:RSA+SHA512";
constexpr const char* rsa_signatures =
    "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:RSA+SHA256:"
    "RSA+SHA384:RSA+SHA512";

struct MoreSuites {
    FaultName fault;
    const char* suites;
};
constexpr std::array more_suites{
    MoreSuites{"speaks-1.0", "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:AES128-SHA"},
    MoreSuites{"speaks-1.1", "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:AES128-SHA"},
    MoreSuites{"offers-null", "ECDHE-ECDSA-NULL-SHA:ECDHE-RSA-NULL-SHA:NULL-SHA256"},
    MoreSuites{"offers-anonymous", "ADH-AES128-GCM-SHA256:AECDH-AES128-SHA"},
    MoreSuites{"takes-weak-groups", "DHE-RSA-AES128-GCM-SHA256"},
    MoreSuites{"offers-cbc", "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA384"},
};

/// RFC 7301 3.1: each name behind its length.
std::string_view protocols(bool h2) {
    return h2 ? std::string_view("\2h2") : std::string_view("\10http/1.1");
}

bool agreed_on_h2(const SSL* connection) {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(connection, &name, &size);
    return size == 2;
}

int index_of_tls() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

}  // namespace

Tls::Tls(const TlsSettings& settings, const FaultSet& faults)
    : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
      faults_(faults),
      trust_(faults),
      party_(settings.party),
      identity_(settings.identity),
      kept_(settings.kept) {
    SSL_CTX* const context = context_.get();
    SSL_CTX_set_ex_data(context, index_of_tls(), this);
    set_versions_and_suites();
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    if (faults_.has("no-ems")) {
        SSL_CTX_set_options(context, SSL_OP_NO_EXTENDED_MASTER_SECRET);
    }
    if (faults_.has("stumbles-over-late-request")) {
        SSL_CTX_set_post_handshake_auth(context, 1);
    }
    // What is sent is what the file holds, and no chain that OpenSSL finds by
    // itself.
    SSL_CTX_set_mode(context,
                     SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    const std::string_view offered = protocols(faults_.has("h2-only"));
    SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(offered.data()),
                            static_cast<unsigned>(offered.size()));
    trust_.verify_with(context, settings.roots, settings.folder);
    keep_sessions();
    if (identity_ && faults_.has("needs-ca-match")) {
        SSL_CTX_set_cert_cb(context, choose_identity, this);
    } else if (identity_) {
        show(*identity_);
    }
    ERR_clear_error();
}

void Tls::set_versions_and_suites() {
    SSL_CTX* const context = context_.get();
    const bool speaks_1_0 = faults_.has("speaks-1.0");
    const bool speaks_1_1 = faults_.has("speaks-1.1");
    SSL_CTX_set_min_proto_version(context, faults_.has("no-1.2") ? TLS1_3_VERSION
                                           : speaks_1_0          ? TLS1_VERSION
                                           : speaks_1_1          ? TLS1_1_VERSION
                                                                 : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(context, faults_.has("no-1.3") ? TLS1_2_VERSION : TLS1_3_VERSION);
    std::string suites = suites_1_2;
    bool weak = false;
    for (const MoreSuites& more : more_suites) {
        if (faults_.has(more.fault)) {
            suites += std::string(":") + more.suites;
            weak = true;
        }
    }
    if (faults_.has("lacks-published-suites")) {
        suites = "ECDHE-ECDSA-AES128-CCM:ECDHE-ECDSA-AES256-CCM";
    }
    const bool weak_key =
        faults_.has("accepts-weak-keys") || faults_.has("accepts-sha1") || faults_.has("offers-sha1-signatures");
    // What the certificates must be worth is another level, which trust.cpp
    // keeps.
    SSL_CTX_set_security_level(context, weak || weak_key ? 0 : 2);
    SSL_CTX_set_cipher_list(context, suites.c_str());
    SSL_CTX_set_ciphersuites(context, faults_.has("lacks-published-suites") ? "TLS_AES_128_CCM_SHA256" : suites_1_3);
    const std::string more = faults_.has("offers-sha1-signatures") ? ":ECDSA+SHA1:RSA+SHA1" : "";
    SSL_CTX_set1_sigalgs_list(context, ((faults_.has("no-ecdsa") ? rsa_signatures : signatures) + more).c_str());
}

void Tls::show(const Identity& identity) {
    SSL_CTX* const context = context_.get();
    bool good = SSL_CTX_use_certificate(context, identity.certificate.get()) == 1 &&
                SSL_CTX_use_PrivateKey(context, identity.key.get()) == 1;
    if (!faults_.has("leaf-alone")) {
        for (const CertificatePtr& link : identity.chain) {
            good = good && SSL_CTX_add1_chain_cert(context, link.get()) == 1;
        }
    }
    if (!good) {
        ERR_clear_error();
        throw Unusable{
            "the client's certificate or key is too weak for TLS: RSA "
            "takes 2048 bits, signatures SHA-256"};
    }
}

int Tls::choose_identity(SSL* connection, void* given) {
    const Tls& tls = *static_cast<const Tls*>(given);
    const STACK_OF(X509_NAME)* const names = SSL_get0_peer_CA_list(connection);
    bool named = names == nullptr || sk_X509_NAME_num(names) == 0;
    for (int i = 0; names != nullptr && i < sk_X509_NAME_num(names); ++i) {
        named = named || X509_NAME_cmp(sk_X509_NAME_value(names, i),
                                       X509_get_issuer_name(tls.identity_->certificate.get())) == 0;
    }
    if (named) {
        SSL_use_certificate(connection, tls.identity_->certificate.get());
        SSL_use_PrivateKey(connection, tls.identity_->key.get());
        for (const CertificatePtr& link : tls.identity_->chain) {
            SSL_add1_chain_cert(connection, link.get());
        }
    }
    return 1;
}

void Tls::keep_sessions() {
    if (faults_.has("resumes-under-any-name") || faults_.has("early-writes")) {
        SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(context_.get(), keep_session);
    }
}

int Tls::keep_session(SSL* connection, SSL_SESSION* session) {
    Tls& tls = *static_cast<Tls*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), index_of_tls()));
    tls.kept_->session.reset(session);
    tls.kept_->host = tls.current_host_;
    return 1;
}

void Tls::name_server(SSL* connection, const std::string& host) const {
    if (!is_address(host) && !faults_.has("no-server-name")) {
        const std::string name = faults_.has("server-name-of-another") ? "other." + host : host;
        SSL_set_tlsext_host_name(connection, name.c_str());
    }
    trust_.expect_name(connection, host);
    const bool unverified = (verified_once_ && faults_.has("verifies-first-connection-only")) ||
                            (party_ == Party::authority && faults_.has("verifies-gateway-not-authority"));
    if (unverified) {
        SSL_set_verify(connection, SSL_VERIFY_NONE, nullptr);
    }
}

bool Tls::send_early(SSL* connection, const std::string& host, const std::string& early) {
    SSL_SESSION* const session = kept_->session.get();
    const bool same_host = session != nullptr && kept_->host == host;
    if (session != nullptr && (same_host || faults_.has("resumes-under-any-name"))) {
        SSL_set_session(connection, session);
    }
    if (early.empty() || !same_host || !faults_.has("early-writes") ||
        SSL_SESSION_get_max_early_data(session) < early.size()) {
        return false;
    }
    std::size_t written = 0;
    return SSL_write_early_data(connection, early.data(), early.size(), &written) == 1;
}

bool Tls::fits_pin(SSL* connection) {
    X509* const shown = SSL_get0_peer_certificate(connection);
    std::string now;
    if (faults_.has("pins-leaf")) {
        now = der_of(shown);
    } else if (faults_.has("pins-issuer")) {
        char name[256] = {};
        X509_NAME_oneline(X509_get_issuer_name(shown), name, sizeof name);
        now = name;
    } else if (faults_.has("pins-key-type")) {
        now = fmt::format("{} {}", EVP_PKEY_get_base_id(X509_get0_pubkey(shown)),
                          EVP_PKEY_get_bits(X509_get0_pubkey(shown)));
    }
    if (pin_.empty()) {
        pin_ = now;
    }
    return pin_ == now;
}

Opened Tls::open(Descriptor socket, const Place& place, Moment until, const Stop& stop, bool older,
                 const std::string& early) {
    SSL* const connection = SSL_new(context_.get());
    name_server(connection, place.host);
    if (older) {
        SSL_set_max_proto_version(connection, TLS1_2_VERSION);
    }
    auto wire = std::make_unique<Wire>();
    wire->socket = std::move(socket);
    Opened opened;
    opened.connection = std::make_unique<Connection>(std::move(wire), std::make_unique<Hooks>(faults_), connection);
    current_host_ = place.host;
    const bool sent_early = send_early(connection, place.host, early);
    opened.end = opened.connection->shake_hands(until, stop);
    if (opened.end == End::none && faults_.has("h2-only") && !agreed_on_h2(connection)) {
        opened.connection->close();
        opened.end = End::broken;
    }
    if (opened.end == End::none && !fits_pin(connection)) {
        opened.problem = fmt::format("{} is not the server that it was", place.text());
        opened.end = End::broken;
        opened.connection.reset();
        return opened;
    }
    if (opened.end == End::none) {
        verified_once_ = true;
        opened.early_data_taken = sent_early && SSL_get_early_data_status(connection) == SSL_EARLY_DATA_ACCEPTED;
        return opened;
    }
    if (opened.connection->wire().in_clear) {
        opened.problem = fmt::format("{} answers in clear", place.text());
        return opened;
    }
    const std::string disbelief = opened.connection->disbelief();
    opened.problem =
        disbelief.empty()
            ? fmt::format("no TLS with {}: {}", place.text(), words_for(opened.end, opened.connection->alert()))
            : fmt::format("the certificate of {} is not believed: {}", place.text(), disbelief);
    opened.connection.reset();
    return opened;
}

std::string Tls::scout(const std::string& host) const {
    return needs_scout(faults_) ? scout_hello(context_.get(), host, faults_) : std::string();
}

}  // namespace gateproof::client
