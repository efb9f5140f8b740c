// What a server answered to a raw ClientHello, read from its bytes by a bounded incremental parser.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/probe/socket/endings.hpp"
#include "harness/probe/tls/client_hello.hpp"

namespace gateproof {

/// TLS alert (RFC 8446 section 6).
struct Alert {
    std::uint8_t level = 0;
    std::uint8_t description = 0;

    [[nodiscard]] std::string name() const;  ///< "protocol_version (70)", "alert 200" without a name
    bool operator==(const Alert&) const = default;
};

/// ServerHello or HelloRetryRequest. An SSL 2 SERVER-HELLO has `version` ssl_2 and no extensions.
struct ServerHello {
    TlsVersion version{};  ///< negotiated: selected_version of supported_versions where present (RFC 8446 4.2.1)
    TlsVersion legacy_version{};
    std::array<std::uint8_t, 32> random{};
    std::vector<std::uint8_t> session_id;
    std::uint16_t cipher_suite = 0;
    std::uint8_t compression_method = 0;
    std::vector<Extension> extensions;
    bool hello_retry_request = false;
    std::vector<std::uint32_t> ssl2_cipher_specs;

    [[nodiscard]] const Extension* extension(ExtensionType type) const;
    /// Group of key_share (TLS 1.3, also in a HelloRetryRequest).
    [[nodiscard]] std::optional<NamedGroup> key_share_group() const;
    bool operator==(const ServerHello&) const = default;
};

struct ServerAnswer {
    Ending end = Ending::timeout;  ///< ok: everything that the probe asked for arrived
    std::string detail;            ///< system error text or what was malformed; escaped for terminals
    std::optional<ServerHello> server_hello;
    std::optional<Alert> alert;   ///< the fatal alert that ended it
    std::vector<Alert> warnings;  ///< alerts of warning level, which do not end it; the first few are kept
    // The rest of the first flight, TLS 1.2 and below only, when the probe read on to ServerHelloDone:
    std::vector<std::string> certificates;  ///< DER, leaf first
    std::optional<NamedGroup> key_exchange_group;
    std::optional<std::uint32_t> dh_bits;                 ///< size of the prime of a DHE ServerKeyExchange
    std::optional<std::uint16_t> key_exchange_signature;  ///< SignatureScheme of ServerKeyExchange (TLS 1.2)
    bool certificate_requested = false;
    std::vector<std::string> acceptable_cas;  ///< DER of each DistinguishedName of CertificateRequest
    bool ocsp_stapled = false;
    bool broken_off = false;  ///< malformed for want of the rest: it was closed or reset in the middle of a message
    std::string first_bytes;  ///< for not_tls: the first line of what came, at most 64 bytes, not escaped

    /// No ServerHello and the peer ended it: fatal alert, close or reset between messages. Silence and no connection
    /// are not refusals.
    [[nodiscard]] bool is_refusal() const;
    /// Reset or closed between messages, without an alert, before everything that was asked for had come. An overloaded
    /// endpoint and a device in between do that too, so once says nothing.
    [[nodiscard]] bool was_cut() const;
    /// "alert protocol_version (70)", "connection closed", "ServerHello TLS 1.2, TLS_ECDHE_..."
    [[nodiscard]] std::string summary() const;
    bool operator==(const ServerAnswer&) const = default;
};

/// Incremental parser of the server's first flight. Never throws on foreign bytes; memory bounded by max_flight. The
/// answer depends on the bytes alone, not on how they were split between calls of feed().
class ServerAnswerParser {
public:
    static constexpr std::size_t max_flight = std::size_t{256} * 1024;
    static constexpr std::size_t max_warnings = 8;

    enum class Until {
        server_hello,       ///< stop at the ServerHello (or alert)
        server_hello_done,  ///< TLS <= 1.2: read the whole first flight; TLS 1.3 stops at the ServerHello
    };
    explicit ServerAnswerParser(Until until = Until::server_hello);

    enum class State { need_more, done };
    /// Takes the next bytes from the peer. After `done` further bytes are ignored.
    State feed(std::span<const std::uint8_t> bytes);
    /// The connection ended before `done`: how, connect_failed where there was none. A close or reset in the middle of
    /// a message makes the answer malformed: a peer that had begun to answer did not refuse.
    void end(Ending how, std::string detail = {});

    [[nodiscard]] const ServerAnswer& answer() const { return answer_; }

private:
    using View = std::span<const std::uint8_t>;

    State finish(Ending how, std::string detail = {});
    /// One record from the front of `rest`; false when it is not complete yet or the answer is done.
    bool read_record(View& rest);
    bool read_tls_record(View& rest);
    bool read_ssl2_record(View& rest);
    bool read_foreign(View rest);
    void content(std::uint8_t type, View fragment);
    void alerts(View fragment);
    void handshake_messages();
    void handshake_message(std::uint8_t type, View body);
    void ssl2_message(View message);

    Until until_;
    State state_ = State::need_more;
    std::vector<std::uint8_t> input_;      ///< bytes not yet consumed as records
    std::vector<std::uint8_t> handshake_;  ///< handshake bytes not yet consumed as messages
    std::size_t total_ = 0;
    bool records_seen_ = false;
    ServerAnswer answer_;
};

}  // namespace gateproof
