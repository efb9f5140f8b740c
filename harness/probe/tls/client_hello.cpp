#include "harness/probe/tls/client_hello.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/probe/socket/literal.hpp"
#include "harness/probe/socket/wire.hpp"
#include "harness/probe/tls/cipher_suites.hpp"

namespace gateproof {
namespace {

using wire::Bytes;
using wire::put;
using wire::put_vector;

constexpr std::size_t max_record = 1 << 14;  // RFC 8446 section 5.1

// Uncompressed generator points (SEC 2): valid public keys whose private key is 1.
constexpr std::string_view p256_generator =
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33"
    "576b315ececbb6406837bf51f5";
constexpr std::string_view p384_generator =
    "04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab73617de"
    "4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f";
constexpr std::string_view p521_generator =
    "0400c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de33"
    "48b3c1856a429bf97e7e31c2e5bd66011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72"
    "995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650";

std::uint8_t nibble(char digit) {
    return static_cast<std::uint8_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

Bytes from_hex(std::string_view hex) {
    Bytes out;
    out.reserve(hex.size() / 2);
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        out.push_back(static_cast<std::uint8_t>(nibble(hex[i]) << 4 | nibble(hex[i + 1])));
    }
    return out;
}

/// RFC 7748: the little-endian u-coordinate of the base point.
Bytes montgomery_base_point(std::size_t size, std::uint8_t u) {
    Bytes out(size, 0);
    out.front() = u;
    return out;
}

Bytes public_key(NamedGroup group) {
    switch (group) {
        case NamedGroup::secp256r1: return from_hex(p256_generator);
        case NamedGroup::secp384r1: return from_hex(p384_generator);
        case NamedGroup::secp521r1: return from_hex(p521_generator);
        case NamedGroup::x25519: return montgomery_base_point(32, 9);
        case NamedGroup::x448: return montgomery_base_point(56, 5);
    }
    return {0};
}

constexpr std::array usual_groups{NamedGroup::x25519, NamedGroup::secp256r1, NamedGroup::secp384r1,
                                  NamedGroup::secp521r1, NamedGroup::x448};
// brainpoolP256r1, P384r1 and P512r1, secp256k1, secp224r1
constexpr std::uint16_t unusual_curves[] = {26, 27, 28, 22, 21};
// X25519MLKEM768, SecP256r1MLKEM768, SecP384r1MLKEM1024; ffdhe2048 to ffdhe8192; the brainpool curves of TLS 1.3;
// MLKEM512, 768 and 1024; curveSM2; X25519Kyber768Draft00
constexpr std::uint16_t groups_of_tls_1_3[] = {0x11ec, 0x11eb, 0x11ed, 0x0100, 0x0101, 0x0102, 0x0103, 0x0104,
                                               31,     32,     33,     0x0200, 0x0201, 0x0202, 41,     0x6399};

template <class Range>
Bytes list_of_u16(const Range& values, std::size_t prefix) {
    Bytes inner;
    for (const auto value : values) {
        put(inner, static_cast<std::uint16_t>(value), 2);
    }
    Bytes out;
    put_vector(out, inner, prefix);
    return out;
}

/// Every scheme that a certificate of any kind could need, so that the choice of certificate never decides a probe. The
/// brainpool curves of TLS 1.3 (RFC 8734) and ML-DSA (0x0904 to 0x0906) are among them.
constexpr std::uint16_t signature_schemes[] = {0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809,
                                               0x080a, 0x080b, 0x0401, 0x0501, 0x0601, 0x081a, 0x081b, 0x081c, 0x0904,
                                               0x0905, 0x0906, 0x0303, 0x0301, 0x0203, 0x0201, 0x0402, 0x0202};

bool is_old_mac(std::string_view name) {
    return name.ends_with("_SHA") || name.ends_with("_MD5");
}

/// Left out to keep the hello short: they need certificates of kinds that are issued no more, or have a plainer
/// sibling.
bool is_exotic(std::string_view name) {
    return name.starts_with("TLS_DH_DSS_") || name.starts_with("TLS_DH_RSA_") || name.starts_with("TLS_DHE_DSS_") ||
           name.find("_SEED_") != std::string_view::npos ||
           (name.starts_with("TLS_ECDH_") && name.find("_CAMELLIA_") != std::string_view::npos);
}

std::vector<TlsVersion> versions_between(TlsVersion oldest, TlsVersion newest) {
    std::vector<TlsVersion> versions{newest};
    for (const TlsVersion version :
         {TlsVersion::tls_1_2, TlsVersion::tls_1_1, TlsVersion::tls_1_0, TlsVersion::ssl_3}) {
        if (version < newest && version >= oldest) {
            versions.push_back(version);
        }
    }
    return versions;
}

std::vector<std::uint16_t> choose_suites(TlsVersion version) {
    std::vector<const CipherSuite*> chosen;
    for (const CipherSuite& suite : all_cipher_suites()) {
        if (version == TlsVersion::tls_1_3) {
            if (suite.value >= 0x1301 && suite.value <= 0x1305) {
                chosen.push_back(&suite);
            }
            continue;
        }
        if (suite.tls13 || suite.weakness == CipherWeakness::psk_or_other) {
            continue;
        }
        if (suite.name.find("PSK") != std::string_view::npos || suite.name.find("_KRB5_") != std::string_view::npos ||
            suite.name.find("_ARIA_") != std::string_view::npos) {
            continue;
        }
        if (version < TlsVersion::tls_1_2 ? is_old_mac(suite.name) : !is_exotic(suite.name)) {
            chosen.push_back(&suite);
        }
    }
    // Those that today's certificates serve come first, the weakest last.
    std::stable_sort(chosen.begin(), chosen.end(), [](const CipherSuite* left, const CipherSuite* right) {
        return (left->weakness == CipherWeakness::none) > (right->weakness == CipherWeakness::none);
    });
    std::vector<std::uint16_t> values;
    values.reserve(chosen.size());
    for (const CipherSuite* suite : chosen) {
        values.push_back(suite->value);
    }
    return values;
}

}  // namespace

std::string to_string(TlsVersion version) {
    switch (version) {
        case TlsVersion::ssl_2: return "SSL 2";
        case TlsVersion::ssl_3: return "SSL 3";
        case TlsVersion::tls_1_0: return "TLS 1.0";
        case TlsVersion::tls_1_1: return "TLS 1.1";
        case TlsVersion::tls_1_2: return "TLS 1.2";
        case TlsVersion::tls_1_3: return "TLS 1.3";
    }
    return fmt::format("0x{:04x}", static_cast<std::uint16_t>(version));
}

const std::vector<std::uint16_t>& offerable_suites(TlsVersion version) {
    // Chosen by the names of the whole registry, so once for each of the three kinds.
    static const std::vector<std::uint16_t> tls13 = choose_suites(TlsVersion::tls_1_3);
    static const std::vector<std::uint16_t> tls12 = choose_suites(TlsVersion::tls_1_2);
    static const std::vector<std::uint16_t> older = choose_suites(TlsVersion::tls_1_1);
    if (version == TlsVersion::tls_1_3) {
        return tls13;
    }
    return version == TlsVersion::tls_1_2 ? tls12 : older;
}

const std::vector<NamedGroup>& offerable_groups(TlsVersion newest) {
    static const std::vector<NamedGroup> tls13 = [] {
        std::vector<NamedGroup> groups(usual_groups.begin(), usual_groups.end());
        for (const std::uint16_t group : groups_of_tls_1_3) {
            groups.push_back(NamedGroup{group});
        }
        for (const std::uint16_t group : unusual_curves) {  // where the hello offers TLS 1.2 too
            groups.push_back(NamedGroup{group});
        }
        return groups;
    }();
    static const std::vector<NamedGroup> older = [] {
        std::vector<NamedGroup> groups(usual_groups.begin(), usual_groups.end());
        for (const std::uint16_t group : unusual_curves) {
            groups.push_back(NamedGroup{group});
        }
        return groups;
    }();
    return newest == TlsVersion::tls_1_3 ? tls13 : older;
}

std::vector<std::uint8_t> server_name_body(std::string_view name) {
    if (name.empty() || is_ip_literal(name)) {
        return {};
    }
    Bytes entry{0};  // NameType host_name
    put_vector(entry, {reinterpret_cast<const std::uint8_t*>(name.data()), name.size()}, 2);
    Bytes body;
    put_vector(body, entry, 2);
    return body;
}

ClientHello ClientHello::offering(TlsVersion newest, std::string_view server_name, TlsVersion oldest) {
    ClientHello hello;
    const bool with_1_3 = newest == TlsVersion::tls_1_3;
    hello.record_version = newest == TlsVersion::ssl_3 ? TlsVersion::ssl_3 : TlsVersion::tls_1_0;
    hello.legacy_version = with_1_3 ? TlsVersion::tls_1_2 : newest;
    hello.cipher_suites = offerable_suites(newest);
    if (with_1_3 && oldest < newest) {
        const auto& older = offerable_suites(TlsVersion::tls_1_2);
        hello.cipher_suites.insert(hello.cipher_suites.end(), older.begin(), older.end());
    }
    if (newest == TlsVersion::ssl_3) {
        hello.cipher_suites.push_back(tls_empty_renegotiation_scsv);
        return hello;
    }
    if (Bytes name = server_name_body(server_name); !name.empty()) {
        hello.set(ExtensionType::server_name, std::move(name));
    }
    hello.set(ExtensionType::extended_master_secret, {});
    hello.set(ExtensionType::renegotiation_info, {0});
    hello.set_groups(offerable_groups(newest));
    hello.set(ExtensionType::ec_point_formats, {1, 0});
    if (newest >= TlsVersion::tls_1_2) {
        hello.set(ExtensionType::signature_algorithms, list_of_u16(signature_schemes, 2));
    }
    if (with_1_3) {
        // 32 bytes of legacy_session_id: middlebox compatibility mode (RFC 8446 appendix D.4)
        hello.session_id.assign(32, 0x5a);
        hello.set_supported_versions(versions_between(oldest, newest));
        hello.set(ExtensionType::psk_key_exchange_modes, {1, 1});
        hello.set_key_shares(std::array{NamedGroup::x25519, NamedGroup::secp256r1});
    }
    return hello;
}

ClientHello& ClientHello::set(ExtensionType type, std::vector<std::uint8_t> body) {
    const auto value = static_cast<std::uint16_t>(type);
    const auto found = std::find_if(extensions.begin(), extensions.end(),
                                    [&](const Extension& extension) { return extension.type == value; });
    if (found != extensions.end()) {
        found->body = std::move(body);
    } else {
        extensions.push_back({value, std::move(body)});
    }
    return *this;
}

ClientHello& ClientHello::remove(ExtensionType type) {
    std::erase_if(extensions,
                  [&](const Extension& extension) { return extension.type == static_cast<std::uint16_t>(type); });
    return *this;
}

ClientHello& ClientHello::set_groups(std::span<const NamedGroup> groups) {
    return set(ExtensionType::supported_groups, list_of_u16(groups, 2));
}

ClientHello& ClientHello::set_key_shares(std::span<const NamedGroup> groups) {
    Bytes shares;
    for (const NamedGroup group : groups) {
        put(shares, static_cast<std::uint16_t>(group), 2);
        put_vector(shares, public_key(group), 2);
    }
    Bytes body;
    put_vector(body, shares, 2);
    return set(ExtensionType::key_share, std::move(body));
}

ClientHello& ClientHello::set_supported_versions(std::span<const TlsVersion> versions) {
    return set(ExtensionType::supported_versions, list_of_u16(versions, 1));
}

ClientHello& ClientHello::set_alpn(std::span<const std::string_view> protocols) {
    Bytes names;
    for (const std::string_view protocol : protocols) {
        put_vector(names, {reinterpret_cast<const std::uint8_t*>(protocol.data()), protocol.size()}, 1);
    }
    Bytes body;
    put_vector(body, names, 2);
    return set(ExtensionType::alpn, std::move(body));
}

ClientHello& ClientHello::pad_to(std::size_t size) {
    set(ExtensionType::padding, {});
    const std::size_t empty = encode().size() - record_header;  // as long as it is in one record
    return set(ExtensionType::padding, std::vector<std::uint8_t>(size > empty ? size - empty : 0));
}

std::vector<std::uint8_t> ClientHello::encode() const {
    Bytes body;
    put(body, static_cast<std::uint16_t>(legacy_version), 2);
    body.insert(body.end(), random.begin(), random.end());
    put_vector(body, session_id, 1);
    const Bytes suites = list_of_u16(cipher_suites, 2);
    body.insert(body.end(), suites.begin(), suites.end());
    put_vector(body, compression_methods, 1);
    if (!extensions.empty()) {
        Bytes all;
        for (const Extension& extension : extensions) {
            put(all, extension.type, 2);
            put_vector(all, extension.body, 2);
        }
        put_vector(body, all, 2);
    }
    Bytes message{1};  // HandshakeType client_hello
    put_vector(message, body, 3);

    Bytes out;
    out.reserve(message.size() + record_header * (message.size() / max_record + 1));
    for (std::size_t at = 0; at < message.size(); at += max_record) {
        const auto fragment = wire::View(message).subspan(at, std::min(max_record, message.size() - at));
        out.push_back(22);  // ContentType handshake
        put(out, static_cast<std::uint16_t>(record_version), 2);
        put_vector(out, fragment, 2);
    }
    return out;
}

Ssl2ClientHello Ssl2ClientHello::offering_all() {
    Ssl2ClientHello hello;
    // RC4, RC2, IDEA, DES and 3DES of the SSL 2 specification, with the export variants
    hello.cipher_specs = {0x0700c0, 0x050080, 0x030080, 0x010080, 0x080080, 0x060040, 0x040080, 0x020080};
    hello.challenge.fill(0x5a);
    return hello;
}

std::vector<std::uint8_t> Ssl2ClientHello::encode() const {
    Bytes message{1};  // MSG-CLIENT-HELLO
    put(message, static_cast<std::uint16_t>(newest), 2);
    put(message, cipher_specs.size() * 3, 2);
    put(message, 0, 2);  // no session id
    put(message, challenge.size(), 2);
    for (const std::uint32_t spec : cipher_specs) {
        put(message, spec, 3);
    }
    message.insert(message.end(), challenge.begin(), challenge.end());
    if (message.size() > 0x7fff) {
        throw std::length_error("an SSL 2 record holds at most 32767 bytes");
    }
    Bytes out;
    put(out, 0x8000 | message.size(), 2);
    out.insert(out.end(), message.begin(), message.end());
    return out;
}

}  // namespace gateproof
