#include "harness/probe/tls/named_values.hpp"

#include <fmt/format.h>

#include <array>
#include <span>
#include <string_view>
#include <utility>

namespace gateproof {
namespace {

using Named = std::pair<std::uint16_t, std::string_view>;

std::string_view name_in(std::span<const Named> names, std::uint16_t value) {
    for (const Named& one : names) {
        if (one.first == value) {
            return one.second;
        }
    }
    return {};
}

}  // namespace

std::string group_name(std::uint16_t group) {
    static constexpr std::array<std::string_view, 31> names = {
        "",          "sect163k1", "sect163r1",       "sect163r2",       "sect193r1",       "sect193r2",
        "sect233k1", "sect233r1", "sect239k1",       "sect283k1",       "sect283r1",       "sect409k1",
        "sect409r1", "sect571k1", "sect571r1",       "secp160k1",       "secp160r1",       "secp160r2",
        "secp192k1", "secp192r1", "secp224k1",       "secp224r1",       "secp256k1",       "secp256r1",
        "secp384r1", "secp521r1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "x25519",
        "x448"};
    if (group > 0 && group < names.size()) {
        return std::string(names.at(group));
    }
    static constexpr Named later[] = {{31, "brainpoolP256r1tls13"},   {32, "brainpoolP384r1tls13"},
                                      {33, "brainpoolP512r1tls13"},   {41, "curveSM2"},
                                      {0x0100, "ffdhe2048"},          {0x0101, "ffdhe3072"},
                                      {0x0102, "ffdhe4096"},          {0x0103, "ffdhe6144"},
                                      {0x0104, "ffdhe8192"},          {0x0200, "MLKEM512"},
                                      {0x0201, "MLKEM768"},           {0x0202, "MLKEM1024"},
                                      {0x11eb, "SecP256r1MLKEM768"},  {0x11ec, "X25519MLKEM768"},
                                      {0x11ed, "SecP384r1MLKEM1024"}, {0x6399, "X25519Kyber768Draft00"}};
    const std::string_view name = name_in(later, group);
    return name.empty() ? fmt::format("group 0x{:04x}", group) : std::string(name);
}

bool group_is_post_quantum(std::uint16_t group) {
    return (group >= 0x0200 && group <= 0x0202) || (group >= 0x11eb && group <= 0x11ed) || group == 0x6399;
}

std::string signature_scheme_name(std::uint16_t scheme) {
    static constexpr Named names[] = {{0x0401, "rsa_pkcs1_sha256"},
                                      {0x0501, "rsa_pkcs1_sha384"},
                                      {0x0601, "rsa_pkcs1_sha512"},
                                      {0x0403, "ecdsa_secp256r1_sha256"},
                                      {0x0503, "ecdsa_secp384r1_sha384"},
                                      {0x0603, "ecdsa_secp521r1_sha512"},
                                      {0x0804, "rsa_pss_rsae_sha256"},
                                      {0x0805, "rsa_pss_rsae_sha384"},
                                      {0x0806, "rsa_pss_rsae_sha512"},
                                      {0x0807, "ed25519"},
                                      {0x0808, "ed448"},
                                      {0x0809, "rsa_pss_pss_sha256"},
                                      {0x080a, "rsa_pss_pss_sha384"},
                                      {0x080b, "rsa_pss_pss_sha512"},
                                      {0x081a, "ecdsa_brainpoolP256r1tls13_sha256"},
                                      {0x081b, "ecdsa_brainpoolP384r1tls13_sha384"},
                                      {0x081c, "ecdsa_brainpoolP512r1tls13_sha512"},
                                      {0x0904, "mldsa44"},
                                      {0x0905, "mldsa65"},
                                      {0x0906, "mldsa87"}};
    if (const std::string_view name = name_in(names, scheme); !name.empty()) {
        return std::string(name);
    }
    static constexpr std::array<std::string_view, 7> hashes = {"none",   "md5",    "sha1",  "sha224",
                                                               "sha256", "sha384", "sha512"};
    static constexpr std::array<std::string_view, 4> keys = {"anonymous", "rsa", "dsa", "ecdsa"};
    const auto hash = static_cast<std::size_t>(scheme >> 8);
    const auto key = static_cast<std::size_t>(scheme & 0xff);
    return hash < hashes.size() && key < keys.size() ? fmt::format("{}_{}", keys.at(key), hashes.at(hash))
                                                     : fmt::format("scheme 0x{:04x}", scheme);
}

std::string extension_name(std::uint16_t type) {
    static constexpr Named names[] = {{0, "server_name"},
                                      {1, "max_fragment_length"},
                                      {5, "status_request"},
                                      {10, "supported_groups"},
                                      {11, "ec_point_formats"},
                                      {13, "signature_algorithms"},
                                      {15, "heartbeat"},
                                      {16, "application_layer_protocol_negotiation"},
                                      {17, "status_request_v2"},
                                      {18, "signed_certificate_timestamp"},
                                      {19, "client_certificate_type"},
                                      {20, "server_certificate_type"},
                                      {21, "padding"},
                                      {22, "encrypt_then_mac"},
                                      {23, "extended_master_secret"},
                                      {27, "compress_certificate"},
                                      {28, "record_size_limit"},
                                      {34, "delegated_credential"},
                                      {35, "session_ticket"},
                                      {41, "pre_shared_key"},
                                      {42, "early_data"},
                                      {43, "supported_versions"},
                                      {44, "cookie"},
                                      {45, "psk_key_exchange_modes"},
                                      {47, "certificate_authorities"},
                                      {49, "post_handshake_auth"},
                                      {50, "signature_algorithms_cert"},
                                      {51, "key_share"},
                                      {0xfe0d, "encrypted_client_hello"},
                                      {0xff01, "renegotiation_info"}};
    const std::string_view name = name_in(names, type);
    return name.empty() ? fmt::format("extension {}", type) : std::string(name);
}

}  // namespace gateproof
