// Reads a client's first message from its bytes: the inverse of ClientHello::encode, bounded and incremental.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/probe/tls/client_hello.hpp"
#include "harness/probe/tls/server_answer.hpp"

namespace gateproof {

/// A ClientHello as it came. What its extensions say is read on demand; what does not parse reads as absent.
struct ClientHelloSeen {
    ClientHello hello;
    std::size_t records = 1;  ///< that it was spread over
    std::size_t size = 0;     ///< of the handshake message, its header included

    [[nodiscard]] const Extension* extension(ExtensionType type) const;
    [[nodiscard]] bool has(ExtensionType type) const { return extension(type) != nullptr; }
    [[nodiscard]] std::string server_name() const;  ///< empty: none, or no host_name among them
    /// supported_versions without GREASE, newest first as the client orders them; without the extension all from SSL 3
    /// up to legacy_version, newest first (RFC 8446 4.2.1): such a client does not say where it stops.
    [[nodiscard]] std::vector<TlsVersion> versions() const;
    [[nodiscard]] bool offers(TlsVersion version) const;
    /// Neither GREASE (RFC 8701) nor signalling values.
    [[nodiscard]] std::vector<std::uint16_t> cipher_suites() const;
    [[nodiscard]] bool offers_suite(std::uint16_t suite) const;
    [[nodiscard]] std::vector<NamedGroup> groups() const;                ///< without GREASE
    [[nodiscard]] std::vector<std::uint16_t> signature_schemes() const;  ///< without GREASE
    [[nodiscard]] std::vector<std::string> protocols() const;            ///< ALPN, without GREASE
    /// It offers to resume: a session ticket (RFC 5077) or a pre-shared key (RFC 8446 4.2.11). A session id alone does
    /// not count: under TLS 1.3 it is a fig leaf.
    [[nodiscard]] bool offers_session() const;
    /// 32 hexadecimal digits of the SHA-256 of what tells one client's build from another's: versions, suites,
    /// extensions (sorted, since some shuffle them), groups, signature schemes and ALPN, all without GREASE.
    [[nodiscard]] std::string fingerprint() const;

    bool operator==(const ClientHelloSeen&) const = default;
};

/// GREASE (RFC 8701 2): 0x0a0a, 0x1a1a ... 0xfafa.
constexpr bool is_grease(std::uint16_t value) {
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

/// Incremental. Never throws on foreign bytes; keeps at most max_size. What it finds depends on the bytes alone, not
/// on how they were split between calls of feed().
class ClientHelloReader {
public:
    /// Of the records together: no client of today sends a tenth of it.
    static constexpr std::size_t max_size = std::size_t{64} * 1024;

    enum class State {
        need_more,
        done,
        alert,      ///< a client that gives up before it begins: alert() has it
        ssl2,       ///< an SSL 2 CLIENT-HELLO, or one in that shape (RFC 5246 E.2)
        not_tls,    ///< no handshake record
        malformed,  ///< records of TLS that hold no ClientHello, or one that breaks the protocol or our bounds
    };

    /// Takes bytes from the front; how many it took: what stands behind the ClientHello's last record is the caller's.
    /// Once the state is not need_more it takes none.
    std::size_t feed(std::span<const std::uint8_t> bytes);

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] const ClientHelloSeen& hello() const { return seen_; }  ///< of State::done
    [[nodiscard]] std::optional<Alert> alert() const { return alert_; }
    /// Everything that was taken, in order: a TLS library can be given it from the beginning.
    [[nodiscard]] const std::vector<std::uint8_t>& taken() const { return taken_; }

private:
    void look();
    void record(std::uint8_t type, TlsVersion version, std::span<const std::uint8_t> fragment);

    State state_ = State::need_more;
    std::vector<std::uint8_t> taken_;
    std::size_t record_at_ = 0;            ///< where in taken_ the current record begins
    std::vector<std::uint8_t> handshake_;  ///< of the records so far
    std::size_t records_ = 0;
    ClientHelloSeen seen_;
    std::optional<Alert> alert_;
};

/// A ClientHello from the body of its handshake message; `record_version` stays as given. Empty: it does not parse.
std::optional<ClientHello> parse_client_hello(std::span<const std::uint8_t> body);

}  // namespace gateproof
