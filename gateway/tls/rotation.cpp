#include "gateway/tls/rotation.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {
namespace {

constexpr std::array<std::string_view, 3> roles{"retired", "rotated_old", "rotated_new"};

using ContextPtr = std::unique_ptr<SSL_CTX, SslContextDeleter>;
using SessionPtr = std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)>;

void require_session(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(std::string("sessions before the cut-over: ") + what);
    }
}

ContextPtr client_context(const Credential& client, int version) {
    ContextPtr context(SSL_CTX_new(TLS_client_method()));
    require_session(context && SSL_CTX_set_min_proto_version(context.get(), version) == 1 &&
                        SSL_CTX_set_max_proto_version(context.get(), version) == 1 &&
                        SSL_CTX_use_certificate(context.get(), client.certificate.get()) == 1 &&
                        SSL_CTX_use_PrivateKey(context.get(), client.key.get()) == 1,
                    "client");
    for (const CertificatePtr& link : client.chain) {
        require_session(SSL_CTX_add1_chain_cert(context.get(), link.get()) == 1, "client chain");
    }
    return context;
}

/// Both sides in one thread, over a pair of buffers.
SessionPtr session_of(TlsServer& cloud, SSL_CTX* context, const std::string& server_name) {
    const SslPtr client(SSL_new(context));
    const SslPtr server = cloud.accept({});
    BIO* near = nullptr;
    BIO* far = nullptr;
    require_session(client && BIO_new_bio_pair(&near, 0, &far, 0) == 1, "buffers");
    SSL_set_bio(client.get(), near, near);
    SSL_set_bio(server.get(), far, far);
    SSL_set_connect_state(client.get());
    SSL_set_tlsext_host_name(client.get(), server_name.c_str());
    constexpr int more_than_enough = 20;
    for (int turn = 0; turn < more_than_enough && SSL_is_init_finished(server.get()) == 0; ++turn) {
        SSL_do_handshake(client.get());
        SSL_do_handshake(server.get());
    }
    char nothing = 0;
    SSL_read(client.get(), &nothing, 1);  // takes the tickets of TLS 1.3
    ERR_clear_error();
    SessionPtr session(SSL_is_init_finished(server.get()) == 1 ? SSL_get1_session(client.get()) : nullptr,
                       SSL_SESSION_free);
    // A connection that ends without close_notify would take its session with it.
    SSL_set_shutdown(client.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_set_shutdown(server.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    return session;
}

}  // namespace

std::string_view rotation_role(const Pki& pki, const X509* certificate) {
    for (const std::string_view role : roles) {
        const auto found = pki.identities().find(role);
        if (found != pki.identities().end() && X509_cmp(found->second.certificate.get(), certificate) == 0) {
            return role;
        }
    }
    return {};
}

bool is_cut_over(const Pki& pki, const FaultSet& faults, const SSL* ssl, const X509* leaf,
                 std::chrono::steady_clock::duration known_for) {
    const std::string_view role = rotation_role(pki, leaf);
    const bool not_learnt = known_for < std::chrono::seconds(4);
    if (role == "retired") {
        const bool taken_up_again = SSL_session_reused(ssl) == 1 && faults.has("old-session-resumed");
        return !taken_up_again && !faults.has("old-certificate-still-served") &&
               !(not_learnt && faults.has("old-certificate-refused-late"));
    }
    return (role == "rotated_old" && faults.has("overlap-missing")) ||
           (role == "rotated_new" &&
            (faults.has("new-certificate-refused") || (not_learnt && faults.has("new-certificate-served-late"))));
}

bool was_exchanged(const Pki& pki, const X509* certificate) {
    return std::ranges::any_of(pki.identities(), [certificate](const auto& one) {
        return X509_cmp(one.second.certificate.get(), certificate) == 0;
    });
}

std::string sessions_before_cut_over(TlsServer& cloud, const Credential& client, const std::string& server_name) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const ContextPtr context = client_context(client, version);
        const SessionPtr session = session_of(cloud, context.get(), server_name);
        if (session) {
            PEM_write_bio_SSL_SESSION(text.get(), session.get());
        }
    }
    char* data = nullptr;
    const long size = BIO_get_mem_data(text.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string key_pin(const X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    require_session(size > 0, "public key");
    std::array<unsigned char, 32> digest{};
    EVP_Digest(der, static_cast<std::size_t>(size), digest.data(), nullptr, EVP_sha256(), nullptr);
    OPENSSL_free(der);
    return "sha256//" + base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace gateproof::gateway
