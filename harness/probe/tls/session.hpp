// A TLS connection that a check steers step by step: OpenSSL over memory BIOs on an Asio socket.
#pragma once

#include <openssl/ssl.h>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/probe/socket/endings.hpp"
#include "harness/probe/tls/client_hello.hpp"
#include "harness/probe/tls/server_answer.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {

struct TlsOptions {
    Endpoint endpoint;
    std::string server_name;  ///< SNI; empty: the extension is not sent
    TlsVersion min_version = TlsVersion::tls_1_2;
    TlsVersion max_version = TlsVersion::tls_1_3;
    std::shared_ptr<const Identity> identity;  ///< null: an empty certificate list when asked
    bool request_ocsp = false;                 ///< status_request
    std::shared_ptr<SSL_SESSION> resume;       ///< offer this session, again and again if need be
    std::string early_data;                    ///< sent as 0-RTT when `resume` allows it (TLS 1.3)
    bool holds_finished = false;               ///< with early data: our Finished waits for finish()
    /// The server proves one of `names` by this before the first byte of ours is written, early data included; else
    /// connect() ends as Ending::unproven, and so does every write. Null: the chain is not looked at.
    std::shared_ptr<const Trust> trust = {};
    std::vector<std::string> names = {};
    std::vector<Certificate> beside = {};  ///< may complete its path; a session from a file holds the leaf alone
    std::string secret = {};               ///< what is kept from it otherwise, for messages: HttpRequest::secret
    std::string cipher_list;               ///< OpenSSL list for TLS <= 1.2; empty: default
    std::vector<std::string> application_protocols = {};  ///< ALPN (RFC 7301); empty: the extension is not sent
    std::string signature_algorithms;  ///< OpenSSL list of what we say that we can verify; empty: default
    HelloCut hello = HelloCut::none;   ///< how the first ClientHello travels
    bool address_as_name = false;      ///< an IP literal is sent as SNI too, against RFC 6066 3
    std::chrono::milliseconds connect_timeout{5000};
    std::chrono::milliseconds timeout{10000};  ///< each step
};

/// How a step ended.
struct TlsStep {
    Ending end = Ending::ok;
    std::string detail;
    std::optional<Alert> alert;

    [[nodiscard]] bool ok() const { return end == Ending::ok; }
    /// The peer ended it: alert, close or reset. Silence and no connection are not refusals.
    [[nodiscard]] bool is_refusal() const { return gateproof::is_refusal(end); }
    /// Reset or closed without an alert: an overloaded endpoint and a device in between do that too.
    [[nodiscard]] bool was_cut() const { return gateproof::was_cut(end); }
    /// It ended with close_notify: nobody but the peer says that, whoever stands in between.
    [[nodiscard]] bool said_goodbye() const { return end == Ending::closed && detail == goodbye; }
    [[nodiscard]] std::string summary() const;

    static constexpr std::string_view goodbye = "close_notify";
};

struct TlsRead {
    TlsStep step;
    std::string bytes;
};

/// Verification of the peer's chain, done beside the handshake and never ending it.
struct ChainVerdict {
    int error = 0;  ///< X509_V_OK or X509_V_ERR_*
    int depth = 0;
    std::string text;                    ///< X509_verify_cert_error_string
    std::vector<Certificate> path = {};  ///< what was built, leaf first, as far as it goes
};

class TlsSession {
public:
    TlsSession(boost::asio::any_io_executor executor, TlsOptions options);
    ~TlsSession();
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    /// TCP connect and TLS handshake. Under TLS 1.3 success does not mean that the client certificate was
    /// accepted: the server judges it after that, and only the first read tells.
    boost::asio::awaitable<TlsStep> connect();
    boost::asio::awaitable<TlsStep> write(std::string bytes);
    /// Sends the Finished that TlsOptions::holds_finished kept back. Until then the server knows only what a replay of
    /// our first flight would tell it, and what it answers it would answer a replay too (RFC 8470 3).
    boost::asio::awaitable<TlsStep> finish();
    /// At least one byte, or how the connection ended.
    boost::asio::awaitable<TlsRead> read(std::size_t max = std::size_t{16} * 1024);
    /// Time limit of each step that follows, instead of TlsOptions::timeout.
    void set_timeout(std::chrono::milliseconds timeout);
    /// Sends a ClientHello inside the connection (TLS 1.2) and runs the second handshake: ok when the server
    /// completed it, otherwise how it declined (a no_renegotiation warning is Ending::alert).
    boost::asio::awaitable<TlsStep> renegotiate();
    /// close_notify and close; ends by itself within a second.
    boost::asio::awaitable<void> shutdown();

    [[nodiscard]] TlsVersion version() const;
    [[nodiscard]] std::string cipher_suite() const;             ///< IANA name
    [[nodiscard]] std::vector<Certificate> peer_chain() const;  ///< as sent, leaf first
    [[nodiscard]] bool secure_renegotiation() const;
    [[nodiscard]] bool extended_master_secret() const;
    /// The one of TlsOptions::application_protocols that the server chose (RFC 7301); empty: none.
    [[nodiscard]] std::string application_protocol() const;
    [[nodiscard]] bool resumed() const;
    [[nodiscard]] bool early_data_accepted() const;
    [[nodiscard]] std::string ocsp_response() const;  ///< DER; empty: none stapled
    [[nodiscard]] bool certificate_requested() const;
    /// A server may name this many acceptable CAs before we stop listing them.
    static constexpr int most_acceptable_cas = 256;
    /// Subjects of certificate_authorities in the CertificateRequest, RFC 2253; empty when the server names none.
    [[nodiscard]] std::vector<std::string> acceptable_cas() const;
    /// Newest session or ticket; TLS 1.3 tickets arrive with the first reads. Null: none.
    [[nodiscard]] std::shared_ptr<SSL_SESSION> session() const;
    [[nodiscard]] std::string remote_address() const;
    [[nodiscard]] std::string local_address() const;  ///< our end; empty: there is no connection

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// max_early_data_size of the session's ticket (RFC 8446 4.6.1); 0: no 0-RTT allowed.
std::uint32_t max_early_data(const SSL_SESSION& session);
/// For how long the server says that its ticket is good (RFC 8446 4.6.1, RFC 5077 3.3); 0: it does not say.
std::chrono::seconds ticket_lifetime(const SSL_SESSION& session);

/// A session, and how its handshake went.
struct TlsConnection {
    TlsStep step;
    std::unique_ptr<TlsSession> session;  ///< never null, whatever `step` says
    std::shared_ptr<void> permit;         ///< politeness: a connection slot, given back when this dies
};

}  // namespace gateproof
