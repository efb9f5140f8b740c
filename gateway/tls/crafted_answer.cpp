#include "gateway/tls/crafted_answer.hpp"

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
constexpr std::uint16_t status_request = 5;
constexpr std::uint16_t renegotiation_info = 0xff01;
constexpr std::uint16_t empty_renegotiation_scsv = 0x00ff;
constexpr std::uint16_t fallback_scsv = 0x5600;
constexpr std::uint16_t secp192r1 = 19;
constexpr std::uint16_t x25519_mlkem768 = 0x11ec;
constexpr std::uint16_t secp256r1 = 23;
constexpr std::uint8_t handshake_failure = 40;
constexpr std::uint8_t decode_error = 50;
constexpr std::size_t most_of_a_small_hello = 1800;  // clients with a post-quantum key share send less
constexpr std::uint8_t internal_error = 80;
constexpr std::uint16_t dh_anon_with_aes_128_gcm_sha256 = 0x00a6;
constexpr std::uint16_t ecdhe_ecdsa_with_aes_128_cbc_sha256 = 0xc023;
constexpr std::uint8_t deflate = 1;

/// TLS 1.2 suites of the published list (IA 3.1).
constexpr std::array<std::uint16_t, 3> published{0xc02c, 0xc02b, 0xcca9};

struct WeakSuite {
    FaultName fault;
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

template <class T>
bool contains(const std::vector<T>& values, T value) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

std::string random_bytes(std::size_t size) {
    std::string bytes(size, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size));
    return bytes;
}

std::string handshake_message(std::uint8_t type, const std::string& body) {
    std::string message;
    append(message, type, 1);
    append(message, static_cast<std::uint32_t>(body.size()), 3);
    return message + body;
}

std::string handshake_record(std::uint16_t version, const std::string& messages) {
    std::string record;
    append(record, 22, 1);
    append(record, version, 2);
    append(record, static_cast<std::uint32_t>(messages.size()), 2);
    return record + messages;
}

std::string server_hello_message(const HelloView& hello, std::uint16_t version, std::uint16_t suite,
                                 std::uint8_t compression) {
    std::string body;
    append(body, version, 2);
    body += random_bytes(32);
    append(body, 0, 1);  // no session id
    append(body, suite, 2);
    append(body, compression, 1);
    if (version > ssl_3 &&
        (hello.offers_suite(empty_renegotiation_scsv) || contains(hello.extensions, renegotiation_info))) {
        append(body, 5, 2);
        append(body, renegotiation_info, 2);
        append(body, 1, 2);
        append(body, 0, 1);
    }
    return handshake_message(2, body);
}

std::string server_hello(const HelloView& hello, std::uint16_t version, std::uint16_t suite,
                         std::uint8_t compression = 0) {
    return handshake_record(version, server_hello_message(hello, version, suite, compression));
}

/// A whole first flight of TLS 1.2 whose key exchange is over that group. OpenSSL cannot give it to a client that lacks
/// the curve of the certificate, nor with a group of TLS 1.3. The signature is noise: a client that checks it has gone
/// too far already.
std::string flight_with_group(const HelloView& hello, std::uint16_t group, std::uint16_t suite,
                              std::string_view certificate) {
    std::string chain;
    append(chain, static_cast<std::uint32_t>(certificate.size() + 3), 3);
    append(chain, static_cast<std::uint32_t>(certificate.size()), 3);
    chain += certificate;
    constexpr std::size_t point_size = 1 + 2 * 24;
    std::string exchange;
    append(exchange, 3, 1);  // named_curve
    append(exchange, group, 2);
    append(exchange, point_size, 1);
    append(exchange, 4, 1);  // uncompressed
    exchange += random_bytes(point_size - 1);
    append(exchange, 0x0403, 2);  // ecdsa_secp256r1_sha256
    constexpr std::size_t signature_size = 70;
    append(exchange, signature_size, 2);
    exchange += random_bytes(signature_size);
    return handshake_record(tls_1_2, server_hello_message(hello, tls_1_2, suite, 0) + handshake_message(11, chain) +
                                         handshake_message(12, exchange) + handshake_message(14, {}));
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

/// The first suite that is no signalling value.
std::uint16_t first_suite(const HelloView& hello) {
    const auto found = std::find_if(hello.cipher_suites.begin(), hello.cipher_suites.end(), [](std::uint16_t suite) {
        return suite != empty_renegotiation_scsv && suite != fallback_scsv;
    });
    return found != hello.cipher_suites.end() ? *found : std::uint16_t{0x000a};
}

/// The published suite to answer with; empty when none is offered.
std::optional<std::uint16_t> published_suite(const HelloView& hello) {
    const auto found = std::find_if(published.begin(), published.end(),
                                    [&](std::uint16_t suite) { return hello.offers_suite(suite); });
    return found != published.end() ? std::optional(*found) : std::nullopt;
}

std::optional<std::uint16_t> weak_suite(const HelloView& hello, const FaultSet& faults) {
    const auto found = std::find_if(weak_suites.begin(), weak_suites.end(), [&](const WeakSuite& weak) {
        return faults.has(weak.fault) && hello.offers_suite(weak.suite);
    });
    return found != weak_suites.end() ? std::optional(found->suite) : std::nullopt;
}

bool offers_weak_group_only(const HelloView& hello) {
    return contains(hello.groups, secp192r1) && !contains(hello.groups, secp256r1);
}

/// Answers to a ClientHello whose newest version is TLS 1.2.
std::optional<std::string> crafted_tls12_answer(const HelloView& hello, const FaultSet& faults,
                                                std::string_view certificate) {
    const auto suite = published_suite(hello);
    if (suite && faults.has("compression-on") && contains(hello.compression_methods, deflate)) {
        return server_hello(hello, tls_1_2, *suite, deflate);
    }
    if (suite && faults.has("weak-ec-group") && offers_weak_group_only(hello)) {
        return flight_with_group(hello, secp192r1, *suite, certificate);
    }
    if (suite && faults.has("hybrid-group-in-tls-1.2") && contains(hello.groups, x25519_mlkem768)) {
        return flight_with_group(hello, x25519_mlkem768, *suite, certificate);
    }
    if (!suite && faults.has("unservable-suite-before-cbc")) {
        if (hello.offers_suite(dh_anon_with_aes_128_gcm_sha256)) {
            return fatal_alert(internal_error);
        }
        if (hello.offers_suite(ecdhe_ecdsa_with_aes_128_cbc_sha256)) {
            return server_hello(hello, tls_1_2, ecdhe_ecdsa_with_aes_128_cbc_sha256);
        }
    }
    // A weak server, too, prefers its good suites.
    const auto weak = suite ? std::nullopt : weak_suite(hello, faults);
    return weak ? std::optional(server_hello(hello, tls_1_2, *weak)) : std::nullopt;
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
    const bool in_records = hello.kind == FirstBytes::other && hello.size > 0;
    if (faults.has("divided-hello-refused") && in_records) {
        return fatal_alert(decode_error);
    }
    if (hello.kind != FirstBytes::client_hello || hello.cipher_suites.empty()) {
        return std::nullopt;
    }
    if (faults.has("large-hello-closed") && hello.size > most_of_a_small_hello) {
        return std::string();
    }
    if (faults.has("answers-ssl3") && hello.legacy_version == ssl_3) {
        return server_hello(hello, ssl_3, first_suite(hello));
    }
    if (faults.has("refuses-status-request") && contains(hello.extensions, status_request)) {
        return std::string();
    }
    if (faults.has("version-intolerant") && has_unknown_values(hello)) {
        return fatal_alert(handshake_failure);
    }
    return hello.newest_version() == tls_1_2 ? crafted_tls12_answer(hello, faults, certificate) : std::nullopt;
}

}  // namespace gateproof::gateway
