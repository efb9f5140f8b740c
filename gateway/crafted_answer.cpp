#include "gateway/crafted_answer.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace gateproof::gateway {
namespace {

constexpr std::uint16_t ssl_2 = 0x0002;
constexpr std::uint16_t ssl_3 = 0x0300;
constexpr std::uint16_t tls_1_2 = 0x0303;
constexpr std::uint16_t tls_1_3 = 0x0304;
constexpr std::uint16_t renegotiation_info = 0xff01;
constexpr std::uint16_t empty_renegotiation_scsv = 0x00ff;
constexpr std::uint8_t handshake_failure = 40;
constexpr std::uint8_t deflate = 1;

/// TLS 1.2 suites of the published list (IA 3.1).
constexpr std::array<std::uint16_t, 3> published{0xc02c, 0xc02b, 0xcca9};

struct WeakSuite {
    std::string_view fault;
    std::uint16_t suite;
};
/// Suites that no OpenSSL of today is built with, or that need an RSA certificate.
constexpr std::array<WeakSuite, 4> weak_suites{{
    {"accepts-static-rsa", 0x009d},  // TLS_RSA_WITH_AES_256_GCM_SHA384
    {"accepts-rc4", 0xc007},         // TLS_ECDHE_ECDSA_WITH_RC4_128_SHA
    {"accepts-3des", 0xc008},        // TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA
    {"accepts-export", 0x0008},      // TLS_RSA_EXPORT_WITH_DES40_CBC_SHA
}};

void append(std::string& out, std::uint32_t value, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
        out += static_cast<char>(value >> shift & 0xff);
    }
}

std::string random_bytes(std::size_t size) {
    std::string bytes(size, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size));
    return bytes;
}

std::string server_hello(const HelloView& hello, std::uint16_t version, std::uint16_t suite, std::uint8_t compression) {
    std::string body;
    append(body, version, 2);
    body += random_bytes(32);
    append(body, 0, 1);  // no session id
    append(body, suite, 2);
    append(body, compression, 1);
    const bool secure =
        hello.offers_suite(empty_renegotiation_scsv) ||
        std::find(hello.extensions.begin(), hello.extensions.end(), renegotiation_info) != hello.extensions.end();
    if (version > ssl_3 && secure) {
        append(body, 5, 2);
        append(body, renegotiation_info, 2);
        append(body, 1, 2);
        append(body, 0, 1);
    }
    std::string record;
    append(record, 22, 1);
    append(record, version, 2);
    append(record, static_cast<std::uint32_t>(body.size() + 4), 2);
    append(record, 2, 1);
    append(record, static_cast<std::uint32_t>(body.size()), 3);
    return record + body;
}

std::string ssl2_server_hello(const HelloView& hello, std::string_view certificate) {
    const std::string connection = random_bytes(16);
    std::string body;
    append(body, 4, 1);  // SERVER-HELLO
    append(body, 0, 1);  // no session hit
    append(body, 1, 1);  // X.509
    append(body, ssl_2, 2);
    append(body, static_cast<std::uint32_t>(certificate.size()), 2);
    append(body, 3, 2);
    append(body, static_cast<std::uint32_t>(connection.size()), 2);
    body += certificate;
    append(body, hello.ssl2_cipher_specs.empty() ? 0x010080 : hello.ssl2_cipher_specs.front(), 3);
    body += connection;
    std::string record;
    append(record, static_cast<std::uint32_t>(0x8000 | body.size()), 2);
    return record + body;
}

std::string fatal_alert(std::uint8_t description) {
    return {'\x15', '\x03', '\x03', '\0', '\x02', '\x02', static_cast<char>(description)};
}

/// What an intolerant server chokes on: a version that it has not heard of, or a reserved value (RFC 8701).
bool has_unknown_values(const HelloView& hello) {
    const auto any_grease = [](const std::vector<std::uint16_t>& values) {
        return std::any_of(values.begin(), values.end(), is_grease);
    };
    return hello.legacy_version > tls_1_2 || any_grease(hello.cipher_suites) || any_grease(hello.extensions) ||
           any_grease(hello.groups) ||
           std::any_of(hello.supported_versions.begin(), hello.supported_versions.end(),
                       [](std::uint16_t version) { return version > tls_1_3; });
}

std::optional<std::uint16_t> weak_suite_for(const HelloView& hello, const FaultSet& faults) {
    const bool offers_published =
        std::any_of(published.begin(), published.end(), [&](std::uint16_t suite) { return hello.offers_suite(suite); });
    if (offers_published) {  // a weak server, too, prefers its good suites
        return std::nullopt;
    }
    for (const WeakSuite& weak : weak_suites) {
        if (faults.has(weak.fault) && hello.offers_suite(weak.suite)) {
            return weak.suite;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> crafted_answer(const HelloView& hello, const FaultSet& faults,
                                          std::string_view certificate) {
    if (faults.empty()) {
        return std::nullopt;
    }
    if (hello.kind == FirstBytes::ssl2_hello) {
        return faults.has("answers-ssl2") && hello.legacy_version == ssl_2
                   ? std::optional(ssl2_server_hello(hello, certificate))
                   : std::nullopt;
    }
    if (hello.kind != FirstBytes::client_hello || hello.cipher_suites.empty()) {
        return std::nullopt;
    }
    if (faults.has("answers-ssl3") && hello.legacy_version == ssl_3) {
        return server_hello(hello, ssl_3, hello.cipher_suites.front(), 0);
    }
    if (faults.has("version-intolerant") && has_unknown_values(hello)) {
        return fatal_alert(handshake_failure);
    }
    if (hello.newest_version() != tls_1_2) {
        return std::nullopt;
    }
    if (faults.has("compression-on") && std::find(hello.compression_methods.begin(), hello.compression_methods.end(),
                                                  deflate) != hello.compression_methods.end()) {
        const auto suite = std::find_if(published.begin(), published.end(),
                                        [&](std::uint16_t value) { return hello.offers_suite(value); });
        return suite != published.end() ? std::optional(server_hello(hello, tls_1_2, *suite, deflate)) : std::nullopt;
    }
    if (const auto weak = weak_suite_for(hello, faults)) {
        return server_hello(hello, tls_1_2, *weak, 0);
    }
    return std::nullopt;
}

}  // namespace gateproof::gateway
