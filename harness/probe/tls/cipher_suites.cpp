#include "harness/probe/tls/cipher_suites.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "harness/probe/tls/cipher_suites_table.hpp"

namespace gateproof {
namespace {

constexpr bool has(std::string_view name, std::string_view part) {
    return name.find(part) != std::string_view::npos;
}

constexpr bool is_tls13(std::uint16_t value) {
    // 0x13xx (RFC 8446), SM4 (RFC 8998), integrity-only (RFC 9150), GOST for TLS 1.3 (RFC 9367)
    return value >> 8 == 0x13 || value == 0x00c6 || value == 0x00c7 || value == 0xc0b4 || value == 0xc0b5 ||
           (value >= 0xc103 && value <= 0xc106);
}

/// The worst thing about a suite, by what the registry's naming scheme says. Most telling first: a NULL suite that is
/// also anonymous is reported as NULL.
constexpr CipherWeakness classify(std::string_view name) {
    if (has(name, "_NULL_") || has(name, "TLS_SHA256_") || has(name, "TLS_SHA384_")) {
        return CipherWeakness::null_encryption;
    }
    if (has(name, "_anon_")) {
        return CipherWeakness::anonymous;
    }
    if (has(name, "_EXPORT")) {
        return CipherWeakness::export_grade;
    }
    if (has(name, "_RC4_")) {
        return CipherWeakness::rc4;
    }
    if (has(name, "_DES_") || has(name, "_3DES_") || has(name, "_RC2_") || has(name, "_IDEA_")) {
        return CipherWeakness::des;
    }
    if (has(name, "PSK") || has(name, "_SRP_") || has(name, "_KRB5_") || has(name, "_GOSTR") || has(name, "_ECCPWD_")) {
        return CipherWeakness::psk_or_other;
    }
    if (has(name, "TLS_RSA_WITH_") || has(name, "TLS_DH_") || has(name, "TLS_ECDH_")) {
        return CipherWeakness::static_key;
    }
    return has(name, "_CBC_") ? CipherWeakness::cbc : CipherWeakness::none;
}

constexpr auto make_suites() {
    std::array<CipherSuite, std::size(cipher_suite_rows)> suites{};
    for (std::size_t i = 0; i < suites.size(); ++i) {
        const CipherSuiteRow& row = cipher_suite_rows[i];
        suites[i] = {row.value, row.name, CipherWeakness::none, is_tls13(row.value)};
    }
    return suites;
}

/// Classified once, at first use: doing it at compile time exceeds the compilers' default step limits.
const auto& suites() {
    static const auto all = [] {
        auto made = make_suites();
        for (CipherSuite& suite : made) {
            suite.weakness = classify(suite.name);
        }
        return made;
    }();
    return all;
}

}  // namespace

std::string_view to_string(CipherWeakness weakness) {
    switch (weakness) {
        case CipherWeakness::none: return "strong";
        case CipherWeakness::null_encryption: return "no encryption";
        case CipherWeakness::anonymous: return "no server authentication";
        case CipherWeakness::export_grade: return "export grade";
        case CipherWeakness::rc4: return "RC4";
        case CipherWeakness::des: return "64-bit block or short key";
        case CipherWeakness::cbc: return "CBC with MAC-then-encrypt";
        case CipherWeakness::static_key: return "no forward secrecy";
        case CipherWeakness::psk_or_other: return "PSK, SRP, Kerberos or GOST";
    }
    return "unknown";
}

std::span<const CipherSuite> all_cipher_suites() {
    return suites();
}

const CipherSuite* find_cipher_suite(std::uint16_t value) {
    const auto& all = suites();
    const auto found = std::lower_bound(all.begin(), all.end(), value,
                                        [](const CipherSuite& suite, std::uint16_t v) { return suite.value < v; });
    return found != all.end() && found->value == value ? &*found : nullptr;
}

const CipherSuite* find_cipher_suite(std::string_view iana_name) {
    const auto& all = suites();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const CipherSuite& suite) { return suite.name == iana_name; });
    return found != all.end() ? &*found : nullptr;
}

std::string cipher_suite_name(std::uint16_t value) {
    const CipherSuite* suite = find_cipher_suite(value);
    return suite != nullptr ? std::string(suite->name) : fmt::format("0x{:04X}", value);
}

}  // namespace gateproof
