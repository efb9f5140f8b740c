// Our own ClientHello bytes, SSL 2 to TLS 1.3, independent of what the local OpenSSL is able or allowed to offer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gateproof {

/// Protocol versions by their wire value. An unknown value is legal: peers may send anything.
enum class TlsVersion : std::uint16_t {
    ssl_2 = 0x0002,
    ssl_3 = 0x0300,
    tls_1_0 = 0x0301,
    tls_1_1 = 0x0302,
    tls_1_2 = 0x0303,
    tls_1_3 = 0x0304,
};

/// "TLS 1.2", or "0x7f1c" for a value without a name.
std::string to_string(TlsVersion version);

/// Extension types used by the probes (IANA TLS ExtensionType values).
enum class ExtensionType : std::uint16_t {
    server_name = 0,
    max_fragment_length = 1,
    status_request = 5,
    supported_groups = 10,
    ec_point_formats = 11,
    signature_algorithms = 13,
    alpn = 16,
    padding = 21,
    encrypt_then_mac = 22,
    extended_master_secret = 23,
    session_ticket = 35,
    pre_shared_key = 41,
    early_data = 42,
    supported_versions = 43,
    psk_key_exchange_modes = 45,
    post_handshake_auth = 49,
    signature_algorithms_cert = 50,
    key_share = 51,
    renegotiation_info = 0xff01,
};

struct Extension {
    std::uint16_t type = 0;
    std::vector<std::uint8_t> body;
    bool operator==(const Extension&) const = default;
};

/// Named groups (IANA TLS Supported Groups) that a key_share can be made for without key generation. The others are
/// values without a name here: offered without a share, a TLS 1.3 server asks for one (HelloRetryRequest), which tells
/// as much.
enum class NamedGroup : std::uint16_t {
    secp256r1 = 23,
    secp384r1 = 24,
    secp521r1 = 25,
    x25519 = 29,
    x448 = 30,
};

inline constexpr std::size_t record_header = 5;  ///< type, version and length, before each record (RFC 8446 5.1)

/// How a ClientHello travels: a server has to put together what TCP and the record layer may cut anywhere (RFC 8446
/// 5.1).
enum class HelloCut {
    none,
    two_segments,  ///< one record, sent in two writes with a pause between them
    two_records,   ///< two records in one write
};

/// A ClientHello, field by field. `encode` writes whatever it holds, also what no sane client would send.
struct ClientHello {
    TlsVersion record_version = TlsVersion::tls_1_0;  ///< version of the record layer that carries it
    TlsVersion legacy_version = TlsVersion::tls_1_2;  ///< ClientHello.legacy_version
    std::array<std::uint8_t, 32> random{};
    std::vector<std::uint8_t> session_id;
    std::vector<std::uint16_t> cipher_suites;
    std::vector<std::uint8_t> compression_methods{0};
    std::vector<Extension> extensions;  ///< in wire order; none written at all when empty
    HelloCut cut = HelloCut::none;      ///< for whoever sends it: `encode` knows nothing of it

    /// A ClientHello as a browser of that time would send it, whose newest version is `newest`: matching legacy and
    /// record versions, every suite of offerable_suites() for the versions offered, and the usual extensions:
    /// server_name (unless `server_name` is empty or an IP literal), supported_groups, ec_point_formats,
    /// signature_algorithms, renegotiation_info, extended_master_secret; for TLS 1.3 supported_versions and
    /// key_share too. With `oldest` below TLS 1.3, supported_versions lists the range.
    /// SSL 3 gets no extensions but the renegotiation SCSV. SSL 2 has another format: see Ssl2ClientHello. An unknown
    /// version is written as it is, with the extensions of TLS 1.2.
    static ClientHello offering(TlsVersion newest, std::string_view server_name, TlsVersion oldest);
    static ClientHello offering(TlsVersion newest, std::string_view server_name) {
        return offering(newest, server_name, newest);
    }

    /// Replaces the extension of that type in place, or appends it.
    ClientHello& set(ExtensionType type, std::vector<std::uint8_t> body);
    ClientHello& remove(ExtensionType type);
    ClientHello& set_groups(std::span<const NamedGroup> groups);
    /// Key shares of valid public keys: the generator of the curve. An unknown group (GREASE) gets one zero byte.
    ClientHello& set_key_shares(std::span<const NamedGroup> groups);
    ClientHello& set_supported_versions(std::span<const TlsVersion> versions);
    ClientHello& set_alpn(std::span<const std::string_view> protocols);

    /// Fills the handshake message up to `size` bytes (RFC 7685); one that is as large stays as it is.
    ClientHello& pad_to(std::size_t size);

    /// The handshake message in one or more TLS records of at most 2^14 bytes. Throws std::length_error when a field is
    /// longer than its length prefix can say.
    [[nodiscard]] std::vector<std::uint8_t> encode() const;

    bool operator==(const ClientHello&) const = default;
};

/// The suites that a server with a certificate of today could choose in that version, strong ones first: for TLS 1.3
/// the five of RFC 8446; for TLS 1.2 all without those that need a pre-shared key, Kerberos or a DSS or DH certificate
/// and without ARIA, SEED and static ECDH with Camellia; below that those whose MAC is MD5 or SHA-1. At most 128,
/// because some servers refuse longer lists.
const std::vector<std::uint16_t>& offerable_suites(TlsVersion version);

/// Every group that a server of today could agree on, usual ones first, so that the choice of group never decides a
/// probe: the curves; where TLS 1.3 is among the versions also finite fields (RFC 7919), brainpool curves (RFC 8734)
/// and post-quantum groups. Finite fields are no part of a hello of TLS 1.2, where they would change the parameters
/// that a server chooses for DHE.
const std::vector<NamedGroup>& offerable_groups(TlsVersion newest);

/// The server_name extension's body (RFC 6066 section 3); empty for an IP literal or an empty name, which have none.
std::vector<std::uint8_t> server_name_body(std::string_view name);

/// An SSL 2 CLIENT-HELLO (two-byte record header); `newest` above SSL 2 makes the SSL 2-compatible hello of RFC 5246
/// E.2.
struct Ssl2ClientHello {
    TlsVersion newest = TlsVersion::ssl_2;
    std::vector<std::uint32_t> cipher_specs;  ///< three-byte values
    std::array<std::uint8_t, 16> challenge{};

    /// SSL 2 with every cipher it knows and a fixed challenge.
    static Ssl2ClientHello offering_all();
    [[nodiscard]] std::vector<std::uint8_t> encode() const;
};

}  // namespace gateproof
