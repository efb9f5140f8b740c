#include "tests/unit/probe/peer.hpp"

#include <csignal>

namespace gateproof::test {

ServerTls::ServerTls(tcp::socket& socket, const Minted& certificate, const Setup& setup)
    : ctx_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_set_security_level(ctx_, 0);
    SSL_CTX_set_cipher_list(ctx_, "ALL:@SECLEVEL=0");
    SSL_CTX_use_certificate(ctx_, certificate.certificate.get());
    SSL_CTX_use_PrivateKey(ctx_, certificate.key.get());
    SSL_CTX_set_session_id_context(ctx_, reinterpret_cast<const unsigned char*>("t"), 1);
    if (setup) {
        setup(ctx_);
    }
    ssl_ = SSL_new(ctx_);
    SSL_set_fd(ssl_, socket.native_handle());
}

ServerTls::~ServerTls() {
    SSL_free(ssl_);
    SSL_CTX_free(ctx_);
}

bool ServerTls::handshake() {
    return SSL_accept(ssl_) == 1;
}

std::string ServerTls::read() {
    char buffer[4096];
    const int got = SSL_read(ssl_, buffer, sizeof buffer);
    return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : std::string();
}

void ServerTls::write(const std::string& bytes) {
    SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
}

ServerTls::Setup demand_certificate(const Minted& ca, int version) {
    return [ca, version](SSL_CTX* ctx) {
        SSL_CTX_set_min_proto_version(ctx, version);
        SSL_CTX_set_max_proto_version(ctx, version);
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), ca.certificate.get());
        SSL_CTX_add_client_CA(ctx, ca.certificate.get());
    };
}

namespace {
// OpenSSL's own socket BIO, which these servers use, raises SIGPIPE; the probes under test must not need this.
[[maybe_unused]] const auto ignored = std::signal(SIGPIPE, SIG_IGN);
}  // namespace

}  // namespace gateproof::test
