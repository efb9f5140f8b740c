// A plain blocking TLS client on OpenSSL, for tests that must not lean on the harness's own probes.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/gateway.hpp"
#include "tests/unit/gateway/mint.hpp"

namespace gateproof::gateway::test {

struct ClientOptions {
    int min_version = TLS1_2_VERSION;
    int max_version = TLS1_3_VERSION;
    std::string identity{};     ///< role; empty: no client certificate
    std::string cipher_list{};  ///< TLS <= 1.2; empty: default
    std::string suites_13{};    ///< TLS 1.3; empty: default
    std::string groups{};       ///< empty: default
    bool fallback_scsv = false;
    bool legacy_server = false;  ///< accept a server without RFC 5746
    SSL_SESSION* resume = nullptr;
    std::string early_data{};
    const Minted* minted = nullptr;  ///< presented instead of a role's identity
    std::string server_name = "localhost";
    std::string headers{};  ///< whole lines that every request carries
    std::string host = "localhost";
};

struct SslClose {
    void operator()(SSL* ssl) const;
};

/// A connection, and what it was refused with when it was refused.
class Client {
public:
    Client(const Gateway& gateway, std::uint16_t port, const ClientOptions& options);

    [[nodiscard]] bool connected() const { return connected_; }
    [[nodiscard]] SSL* ssl() const { return ssl_.get(); }
    /// The answer to one request, headers and body; empty when the connection ended instead.
    std::string request(const std::string& target, const std::string& body = {});
    std::string read_answer();
    /// Verification of the server's chain and name, as X509_V_*.
    [[nodiscard]] long verify_result() const { return SSL_get_verify_result(ssl_.get()); }
    /// Description of the fatal alert that came; -1: none.
    [[nodiscard]] int alert() const { return alert_; }
    [[nodiscard]] bool certificate_requested() const { return certificate_requested_; }

private:
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    std::unique_ptr<SSL, SslClose> ssl_;
    std::string head_;
    bool connected_ = false;
    bool certificate_requested_ = false;
    int alert_ = -1;
};

int connect_to(std::uint16_t port);
/// Sends the bytes and reads until the peer closes (at most two seconds of silence).
std::string exchange(std::uint16_t port, const std::string& bytes, std::size_t enough = 65536);

struct RawHello {
    std::uint16_t record_version = 0x0301;
    std::uint16_t legacy_version = 0x0303;
    std::vector<std::uint16_t> suites{0xc02b, 0xc02c, 0x00ff};
    std::string compression{'\0'};
    bool tls13 = false;                          ///< supported_versions with 1.3, key_share for P-256
    std::vector<std::uint16_t> more_versions{};  ///< in front of supported_versions; needs tls13
    std::vector<std::uint16_t> groups{29, 23, 24};

    [[nodiscard]] std::string encode() const;
};

/// Fields of the ServerHello in the first record of `answer`; version 0 when there is none.
struct RawServerHello {
    std::uint16_t version = 0;
    std::string random;
    std::uint16_t suite = 0;
    int compression = -1;
};
RawServerHello server_hello_of(const std::string& answer);

inline constexpr const char* cloud_status = "/gateway/customer-service/status";
inline constexpr const char* desktop_status = "/gateway2/gws/returns/?singleWsdl";

}  // namespace gateproof::gateway::test
