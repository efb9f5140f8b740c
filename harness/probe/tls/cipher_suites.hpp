// The IANA TLS cipher suite registry as the probes need it: names and what is weak about each.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gateproof {

/// Why a suite must not be accepted; `none` for the AEAD suites with ephemeral key exchange.
enum class CipherWeakness {
    none,
    null_encryption,
    anonymous,
    export_grade,
    rc4,
    des,           ///< DES, 3DES, RC2, IDEA: 64-bit blocks (SWEET32) or short keys
    cbc,           ///< CBC mode with MAC-then-encrypt
    static_key,    ///< static RSA, DH or ECDH key exchange: no forward secrecy
    psk_or_other,  ///< PSK, SRP, Kerberos, GOST and others that this gateway has no use for
};
std::string_view to_string(CipherWeakness weakness);

struct CipherSuite {
    std::uint16_t value = 0;
    std::string_view name;  ///< IANA name, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
    CipherWeakness weakness = CipherWeakness::none;
    bool tls13 = false;
};

/// Every registered suite (signalling values excluded), by ascending value.
std::span<const CipherSuite> all_cipher_suites();
const CipherSuite* find_cipher_suite(std::uint16_t value);
const CipherSuite* find_cipher_suite(std::string_view iana_name);
/// IANA name, or "0xC0FF" for an unregistered value.
std::string cipher_suite_name(std::uint16_t value);

inline constexpr std::uint16_t tls_fallback_scsv = 0x5600;             ///< RFC 7507
inline constexpr std::uint16_t tls_empty_renegotiation_scsv = 0x00ff;  ///< RFC 5746

}  // namespace gateproof
