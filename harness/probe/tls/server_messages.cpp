#include "harness/probe/tls/server_messages.hpp"

#include <algorithm>
#include <bit>

#include "harness/probe/socket/wire.hpp"
#include "harness/probe/tls/cipher_suites.hpp"

namespace gateproof {
namespace {

using wire::Reader;
using wire::View;

constexpr std::size_t max_extensions = 256;  // more are a flood: no registry knows as many

// SHA-256 of "HelloRetryRequest" (RFC 8446 4.1.3)
constexpr std::array<std::uint8_t, 32> retry_random = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                                       0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                                       0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

enum HandshakeType : std::uint8_t {
    certificate = 11,
    server_key_exchange = 12,
    certificate_request = 13,
    certificate_status = 22,
    supplemental_data = 23,
};

std::string as_string(View bytes) {
    return {bytes.begin(), bytes.end()};
}

bool read_certificates(View body, ServerAnswer& answer) {
    Reader in(body);
    Reader list(in.vector(3));
    if (!in.finished() || !answer.certificates.empty()) {
        return false;
    }
    while (list.ok() && !list.empty()) {
        const View der = list.vector(3);
        if (der.empty()) {
            return false;
        }
        answer.certificates.push_back(as_string(der));
    }
    return list.ok();
}

bool read_certificate_status(View body, ServerAnswer& answer) {
    Reader in(body);
    const std::uint8_t type = in.u8();
    const View response = in.vector(3);
    if (!in.finished()) {
        return false;
    }
    answer.ocsp_stapled = (type == 1 || type == 2) && !response.empty();  // ocsp, ocsp_multi
    return true;
}

bool read_certificate_request(View body, ServerAnswer& answer) {
    Reader in(body);
    in.vector(1);  // certificate_types
    if (answer.server_hello->version >= TlsVersion::tls_1_2) {
        in.vector(2);  // supported_signature_algorithms
    }
    Reader names(in.vector(2));
    if (!in.finished() || answer.certificate_requested) {
        return false;
    }
    answer.certificate_requested = true;
    while (names.ok() && !names.empty()) {
        const View name = names.vector(2);
        if (name.empty()) {
            return false;
        }
        answer.acceptable_cas.push_back(as_string(name));
    }
    return names.ok();
}

std::uint32_t bit_length(View number) {
    const auto first = std::find_if(number.begin(), number.end(), [](std::uint8_t byte) { return byte != 0; });
    if (first == number.end()) {
        return 0;
    }
    return static_cast<std::uint32_t>(8 * (number.end() - first - 1)) +
           static_cast<std::uint32_t>(std::bit_width(*first));
}

bool read_ecdhe(Reader& in, ServerAnswer& answer) {
    if (in.u8() != 3) {
        return false;  // named_curve is the only type since RFC 8422
    }
    answer.key_exchange_group = static_cast<NamedGroup>(in.u16());
    in.vector(1);
    return in.ok();
}

bool read_dhe(Reader& in, ServerAnswer& answer) {
    answer.dh_bits = bit_length(in.vector(2));
    in.vector(2);
    in.vector(2);
    return in.ok();
}

/// RFC 5246 7.4.3, RFC 8422 5.4. Key exchanges that the probes do not ask about (PSK, SRP) are passed over.
bool read_key_exchange(View body, ServerAnswer& answer) {
    const CipherSuite* suite = find_cipher_suite(answer.server_hello->cipher_suite);
    const std::string_view name = suite != nullptr ? suite->name : std::string_view{};
    const bool elliptic = name.starts_with("TLS_ECDH");
    const bool finite_field = name.starts_with("TLS_DH");
    if ((!elliptic && !finite_field) || name.find("PSK") != std::string_view::npos) {
        return true;
    }
    if (answer.key_exchange_group || answer.dh_bits) {
        return false;
    }
    Reader in(body);
    if (!(elliptic ? read_ecdhe(in, answer) : read_dhe(in, answer))) {
        return false;
    }
    if (name.find("_anon_") == std::string_view::npos) {
        if (answer.server_hello->version >= TlsVersion::tls_1_2) {
            answer.key_exchange_signature = in.u16();
        } else if (answer.server_hello->version == TlsVersion::ssl_3) {
            return true;  // RFC 6101 5.6.3: MD5 and SHA hashes without a length
        }
        in.vector(2);
    }
    return in.finished();
}

}  // namespace

std::string_view alert_name(std::uint8_t description) {
    switch (description) {
        case 0: return "close_notify";
        case 10: return "unexpected_message";
        case 20: return "bad_record_mac";
        case 21: return "decryption_failed";
        case 22: return "record_overflow";
        case 30: return "decompression_failure";
        case 40: return "handshake_failure";
        case 41: return "no_certificate";
        case 42: return "bad_certificate";
        case 43: return "unsupported_certificate";
        case 44: return "certificate_revoked";
        case 45: return "certificate_expired";
        case 46: return "certificate_unknown";
        case 47: return "illegal_parameter";
        case 48: return "unknown_ca";
        case 49: return "access_denied";
        case 50: return "decode_error";
        case 51: return "decrypt_error";
        case 52: return "too_many_cids_requested";
        case 60: return "export_restriction";
        case 70: return "protocol_version";
        case 71: return "insufficient_security";
        case 80: return "internal_error";
        case 86: return "inappropriate_fallback";
        case 90: return "user_canceled";
        case 100: return "no_renegotiation";
        case 109: return "missing_extension";
        case 110: return "unsupported_extension";
        case 111: return "certificate_unobtainable";
        case 112: return "unrecognized_name";
        case 113: return "bad_certificate_status_response";
        case 114: return "bad_certificate_hash_value";
        case 115: return "unknown_psk_identity";
        case 116: return "certificate_required";
        case 117: return "general_error";
        case 120: return "no_application_protocol";
        case 121: return "ech_required";
        default: return {};
    }
}

bool read_extensions(std::span<const std::uint8_t> bytes, std::vector<Extension>& out) {
    Reader in(bytes);
    while (in.ok() && !in.empty()) {
        const std::uint16_t type = in.u16();
        const View body = in.vector(2);
        const bool twice = std::any_of(out.begin(), out.end(), [&](const Extension& e) { return e.type == type; });
        if (twice || out.size() == max_extensions) {
            return false;
        }
        out.push_back({type, {body.begin(), body.end()}});
    }
    return in.ok();
}

std::optional<ServerHello> parse_server_hello(std::span<const std::uint8_t> body) {
    Reader in(body);
    ServerHello hello;
    hello.legacy_version = static_cast<TlsVersion>(in.u16());
    hello.version = hello.legacy_version;
    const View random = in.take(hello.random.size());
    std::copy(random.begin(), random.end(), hello.random.begin());
    const View session_id = in.vector(1);
    hello.session_id.assign(session_id.begin(), session_id.end());
    hello.cipher_suite = in.u16();
    hello.compression_method = in.u8();
    if (!in.ok() || session_id.size() > 32) {
        return std::nullopt;
    }
    if (!in.empty()) {
        const View extensions = in.vector(2);
        if (!in.finished() || !read_extensions(extensions, hello.extensions)) {
            return std::nullopt;
        }
    }
    if (const Extension* selected = hello.extension(ExtensionType::supported_versions)) {
        if (selected->body.size() != 2) {
            return std::nullopt;
        }
        hello.version = static_cast<TlsVersion>(selected->body[0] << 8 | selected->body[1]);
        hello.hello_retry_request = hello.random == retry_random;
    }
    return hello;
}

std::optional<ServerHello> parse_ssl2_server_hello(std::span<const std::uint8_t> message,
                                                   std::string& certificate_der) {
    Reader in(message);
    in.take(3);  // message type, SESSION-ID-HIT, CERTIFICATE-TYPE
    ServerHello hello;
    hello.version = TlsVersion::ssl_2;
    hello.legacy_version = static_cast<TlsVersion>(in.u16());
    const std::size_t certificate_length = in.u16();
    const std::size_t specs_length = in.u16();
    const std::size_t connection_id_length = in.u16();
    certificate_der = as_string(in.take(certificate_length));
    Reader specs(in.take(specs_length));
    const View connection_id = in.take(connection_id_length);
    if (!in.finished() || specs_length % 3 != 0) {
        return std::nullopt;
    }
    while (!specs.empty()) {
        hello.ssl2_cipher_specs.push_back(specs.number(3));
    }
    hello.session_id.assign(connection_id.begin(), connection_id.end());
    return hello;
}

bool parse_flight_message(std::uint8_t type, std::span<const std::uint8_t> body, ServerAnswer& answer) {
    switch (type) {
        case certificate: return read_certificates(body, answer);
        case certificate_status: return read_certificate_status(body, answer);
        case server_key_exchange: return read_key_exchange(body, answer);
        case certificate_request: return read_certificate_request(body, answer);
        case supplemental_data: return true;  // RFC 4680
        default: return false;
    }
}

}  // namespace gateproof
