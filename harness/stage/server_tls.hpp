// The server side of one TLS connection over memory BIOs: no socket, every step observed. Of harness/stage alone.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "harness/stage/scene.hpp"
#include "harness/stage/visit.hpp"

namespace gateproof::stage {

/// What OpenSSL needs for a scene. Tickets are sealed with keys of its own, so that no other context, of another place
/// or of another scene of this one, accepts them. Throws std::invalid_argument for a scene that OpenSSL cannot play.
std::shared_ptr<SSL_CTX> server_context(const Scene& scene);

class ServerTls {
public:
    enum class Step {
        done,
        wants_more,  ///< bytes of the client
        closed,      ///< the client said close_notify
        failed,      ///< by an alert of either side, or by what OpenSSL could not accept
    };

    /// `scene` and `visit`, whose ClientHello has come, live longer. Throws std::bad_alloc.
    ServerTls(SSL_CTX* context, const Scene& scene, Visit& visit);
    ~ServerTls();
    ServerTls(const ServerTls&) = delete;
    ServerTls& operator=(const ServerTls&) = delete;

    /// Bytes of the client.
    void feed(std::string_view bytes);
    /// What has to go to the client, since the last call.
    std::string output();

    Step handshake();
    /// Appends what is there, at most 16 KiB; done: at least one byte.
    Step read(std::string& into);
    /// In records of at most 16 KiB.
    Step write(std::string_view bytes);
    /// close_notify.
    void shut();
    /// One or more messages of the server's own accord; nothing where the connection's version has none.
    void act(const AfterAct& act);

    /// In the place of X509_verify_cert: keeps the client's certificates, and refuses them where the scene wants it.
    static int on_certificates(X509_STORE_CTX* presented, void*);
    static int on_status_request(SSL* ssl, void*);
    /// Keeps the secret of what this side sends under TLS 1.3, for an alert that OpenSSL has no words for.
    static void on_secret(const SSL* ssl, const char* line);

    /// OpenSSL's reason for Step::failed.
    [[nodiscard]] const std::string& detail() const { return detail_; }

private:
    struct Deleter {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };
    static ServerTls& of(const SSL* ssl) { return *static_cast<ServerTls*>(SSL_get_ex_data(ssl, 0)); }
    static void on_message(int sent, int, int type, const void* bytes, std::size_t length, SSL* ssl, void* self);
    void note_clear_alert(std::string_view bytes);
    void heard(int sent, std::uint8_t message);
    Step after(int result);
    void refuse_in_other_words();

    const Scene& scene_;
    Visit& visit_;
    std::unique_ptr<SSL, Deleter> ssl_;
    BIO* from_client_ = nullptr;  ///< owned by ssl_
    BIO* to_client_ = nullptr;    ///< owned by ssl_
    bool in_clear_ = true;        ///< handshake records still go out unencrypted
    bool verify_heard_ = false;   ///< a CertificateVerify of the client's
    bool refused_ = false;        ///< its certificate was, by the scene
    std::string secret_;          ///< server_application_traffic_secret_0 (RFC 8446 7.1)
    std::string detail_;
};

}  // namespace gateproof::stage
