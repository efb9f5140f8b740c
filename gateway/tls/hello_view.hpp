// What the first bytes of a connection are, read by the gateway's own bounded parser before OpenSSL sees them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gateproof::gateway {

enum class FirstBytes {
    need_more,     ///< could still be anything
    client_hello,  ///< a TLS or SSL 3 ClientHello within one record
    ssl2_hello,    ///< an SSL 2 CLIENT-HELLO
    plaintext,     ///< letters: an HTTP request in clear
    other,         ///< left to OpenSSL
};

struct HelloView {
    FirstBytes kind = FirstBytes::need_more;
    std::size_t size = 0;  ///< of the first record's content
    std::uint16_t record_version = 0;
    std::uint16_t legacy_version = 0;  ///< of an SSL 2 CLIENT-HELLO: its version field
    std::vector<std::uint8_t> session_id;
    std::vector<std::uint16_t> cipher_suites;
    std::vector<std::uint32_t> ssl2_cipher_specs;
    std::vector<std::uint8_t> compression_methods;
    std::vector<std::uint16_t> extensions;  ///< types, in wire order
    std::vector<std::uint16_t> supported_versions;
    std::vector<std::uint16_t> groups;

    [[nodiscard]] bool offers_suite(std::uint16_t suite) const;
    /// By supported_versions where present, by legacy_version otherwise (RFC 8446 4.2.1).
    [[nodiscard]] bool offers_version(std::uint16_t version) const;
    /// Newest version offered that is not GREASE.
    [[nodiscard]] std::uint16_t newest_version() const;
};

/// RFC 8701: 0x0a0a, 0x1a1a ... 0xfafa.
bool is_grease(std::uint16_t value);

/// Never throws; a ClientHello that breaks its own lengths is `other`.
HelloView view_first_bytes(std::span<const std::uint8_t> bytes);

}  // namespace gateproof::gateway
