#include "harness/stage/raw_flight.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <stdexcept>

#include "harness/identity/openssl_errors.hpp"
#include "harness/identity/openssl_handles.hpp"
#include "harness/probe/forge/keys.hpp"
#include "harness/probe/socket/wire.hpp"
#include "harness/probe/tls/cipher_suites.hpp"
#include "harness/probe/tls/server_messages.hpp"

namespace gateproof::stage {
namespace {

using wire::Bytes;
using wire::put;
using wire::put_vector;
using wire::View;

struct MessageDigestDeleter {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

[[noreturn]] void no_flight(const char* what) {
    throw std::invalid_argument(std::string("no first flight can be made: ") + what);
}

Bytes random_of(std::size_t size) {
    Bytes bytes(size);
    if (RAND_bytes(bytes.data(), static_cast<int>(size)) != 1) {
        no_flight("OpenSSL has no random numbers");
    }
    return bytes;
}

struct KeyExchange {
    enum class Kind { static_rsa, export_rsa, finite, elliptic } kind = Kind::static_rsa;
    bool anonymous = false;
};

/// By the suite's name, as the registry spells it.
std::optional<KeyExchange> exchange_of(std::uint16_t value) {
    const CipherSuite* suite = find_cipher_suite(value);
    const std::string_view name = suite == nullptr || suite->tls13 ? std::string_view() : suite->name;
    if (name.find("PSK") != std::string_view::npos) {
        return std::nullopt;
    }
    using Kind = KeyExchange::Kind;
    struct Row {
        std::string_view prefix;
        KeyExchange exchange;
    };
    constexpr Row rows[] = {{"TLS_RSA_EXPORT_", {Kind::export_rsa, false}}, {"TLS_RSA_", {Kind::static_rsa, false}},
                            {"TLS_ECDHE_", {Kind::elliptic, false}},        {"TLS_DHE_", {Kind::finite, false}},
                            {"TLS_ECDH_anon_", {Kind::elliptic, true}},     {"TLS_DH_anon_", {Kind::finite, true}}};
    const auto* const row =
        std::find_if(std::begin(rows), std::end(rows), [&](const Row& one) { return name.starts_with(one.prefix); });
    return row != std::end(rows) ? std::optional(row->exchange) : std::nullopt;
}

Bytes number(const BIGNUM* value) {
    Bytes out(static_cast<std::size_t>(BN_num_bytes(value)));
    BN_bn2bin(value, out.data());
    return out;
}

/// RFC 5246 7.4.3: p, g and a public value of a group that everybody knows (RFC 2409 6.2, RFC 3526 3).
Bytes finite_parameters(int bits) {
    const BignumHandle prime(bits <= 1024 ? BN_get_rfc2409_prime_1024(nullptr) : BN_get_rfc3526_prime_2048(nullptr));
    const BignumHandle base(BN_new());
    const BignumHandle secret(BN_new());
    const BignumHandle open(BN_new());
    const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> scratch(BN_CTX_new(), &BN_CTX_free);
    constexpr int secret_bits = 256;
    if (!prime || !base || !secret || !open || !scratch || BN_set_word(base.get(), 2) != 1 ||
        BN_rand(secret.get(), secret_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) != 1 ||
        BN_mod_exp(open.get(), base.get(), secret.get(), prime.get(), scratch.get()) != 1) {
        no_flight("its finite group");
    }
    Bytes out;
    put_vector(out, number(prime.get()), 2);
    put_vector(out, number(base.get()), 2);
    put_vector(out, number(open.get()), 2);
    return out;
}

/// RFC 8422 5.4, over the first group of the client's that is made here.
Bytes elliptic_parameters(const ClientHelloSeen& hello) {
    NamedGroup group = NamedGroup::secp256r1;
    for (const NamedGroup offered : hello.groups()) {
        if (offered == NamedGroup::x25519 || offered == NamedGroup::secp256r1 || offered == NamedGroup::secp384r1) {
            group = offered;
            break;
        }
    }
    const forge::KeyPtr key(group == NamedGroup::x25519      ? EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")
                            : group == NamedGroup::secp384r1 ? EVP_EC_gen("P-384")
                                                             : EVP_EC_gen("P-256"),
                            &EVP_PKEY_free);
    unsigned char* point = nullptr;
    const std::size_t size = key ? EVP_PKEY_get1_encoded_public_key(key.get(), &point) : 0;
    if (size == 0) {
        no_flight("its elliptic group");
    }
    Bytes out{3};  // named_curve
    put(out, static_cast<std::uint16_t>(group), 2);
    put_vector(out, View(point, size), 1);
    OPENSSL_free(point);
    return out;
}

/// RFC 2246 7.4.3: the 512 bits that export suites had.
Bytes export_parameters() {
    constexpr std::size_t bits = 512;
    const forge::KeyPtr key(EVP_RSA_gen(bits), &EVP_PKEY_free);
    BIGNUM* modulus = nullptr;
    BIGNUM* exponent = nullptr;
    if (key) {
        EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_N, &modulus);
        EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_E, &exponent);
    }
    const BignumHandle n(modulus);
    const BignumHandle e(exponent);
    if (!n || !e) {
        no_flight("a key of export grade");
    }
    Bytes out;
    put_vector(out, number(n.get()), 2);
    put_vector(out, number(e.get()), 2);
    return out;
}

struct Scheme {
    std::uint16_t value = 0;  ///< 0: of TLS 1.1 and older, which have none
    const EVP_MD* digest = nullptr;
    bool pss = false;
};

/// The first one of the client's that fits the key; where none does, the usual one of the key.
Scheme scheme_for(EVP_PKEY* key, TlsVersion version, const ClientHelloSeen& hello) {
    const bool elliptic = EVP_PKEY_is_a(key, "EC") == 1;
    if (version < TlsVersion::tls_1_2) {
        return {0, elliptic ? EVP_sha1() : EVP_md5_sha1(), false};
    }
    const std::array<Scheme, 3> of_ec{
        {{0x0403, EVP_sha256(), false}, {0x0503, EVP_sha384(), false}, {0x0603, EVP_sha512(), false}}};
    const std::array<Scheme, 3> of_rsa{
        {{0x0401, EVP_sha256(), false}, {0x0804, EVP_sha256(), true}, {0x0501, EVP_sha384(), false}}};
    const std::array<Scheme, 3>& known = elliptic ? of_ec : of_rsa;
    const std::vector<std::uint16_t> offered = hello.signature_schemes();
    const auto* const found = std::find_if(known.begin(), known.end(), [&](const Scheme& scheme) {
        return std::find(offered.begin(), offered.end(), scheme.value) != offered.end();
    });
    return found != known.end() ? *found : known.front();
}

Bytes signed_by(EVP_PKEY* key, const Scheme& scheme, const Bytes& content) {
    const std::unique_ptr<EVP_MD_CTX, MessageDigestDeleter> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* details = nullptr;
    std::size_t size = 0;
    Bytes signature;
    bool good = context && EVP_DigestSignInit(context.get(), &details, scheme.digest, nullptr, key) == 1;
    if (good && scheme.pss) {
        good = EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    good = good && EVP_DigestSign(context.get(), nullptr, &size, content.data(), content.size()) == 1;
    signature.resize(size);
    if (!good || EVP_DigestSign(context.get(), signature.data(), &size, content.data(), content.size()) != 1) {
        no_flight("the shown key cannot sign it");
    }
    signature.resize(size);
    return signature;
}

Bytes message(std::uint8_t type, const Bytes& body) {
    Bytes out{type};
    put_vector(out, body, 3);
    return out;
}

/// RFC 5246 7.4.1.3, RFC 8446 4.1.3 for the sentinel.
Bytes server_hello(const RawFlight& flight, const ClientHelloSeen& hello, const Bytes& random) {
    Bytes body;
    put(body, static_cast<std::uint16_t>(flight.version), 2);
    body.insert(body.end(), random.begin(), random.end());
    put_vector(body, {}, 1);
    put(body, flight.cipher_suite, 2);
    put(body, flight.compression, 1);
    Bytes extensions;
    const auto add = [&extensions](std::uint16_t type, const Bytes& content) {
        put(extensions, type, 2);
        put_vector(extensions, content, 2);
    };
    if (flight.version > TlsVersion::ssl_3) {
        if (hello.has(ExtensionType::renegotiation_info) || hello.offers_suite(tls_empty_renegotiation_scsv)) {
            add(static_cast<std::uint16_t>(ExtensionType::renegotiation_info), {0});
        }
        for (const Extension& extension : flight.extensions) {
            add(extension.type, extension.body);
        }
    }
    if (!extensions.empty()) {
        put_vector(body, extensions, 2);
    }
    constexpr std::uint8_t type = 2;
    return message(type, body);
}

Bytes server_random(const RawFlight& flight) {
    Bytes random = random_of(32);
    if (flight.downgrade_sentinel) {
        const std::string_view sentinel("DOWNGRD");
        std::copy(sentinel.begin(), sentinel.end(), random.end() - 8);
        random.back() = flight.version == TlsVersion::tls_1_2 ? 1 : 0;
    }
    return random;
}

Bytes key_exchange(const Scene& scene, const ClientHelloSeen& hello, const KeyExchange& exchange, const Bytes& random) {
    const RawFlight& flight = scene.handshake.flight;
    Bytes body = exchange.kind == KeyExchange::Kind::elliptic ? elliptic_parameters(hello)
                 : exchange.kind == KeyExchange::Kind::finite ? finite_parameters(flight.dh_bits)
                                                              : export_parameters();
    if (exchange.anonymous) {
        return body;
    }
    Bytes content(hello.hello.random.begin(), hello.hello.random.end());
    content.insert(content.end(), random.begin(), random.end());
    content.insert(content.end(), body.begin(), body.end());
    const Scheme scheme = scheme_for(scene.shown.key.get(), flight.version, hello);
    if (scheme.value != 0) {
        put(body, scheme.value, 2);
    }
    put_vector(body, signed_by(scene.shown.key.get(), scheme, content), 2);
    return body;
}

}  // namespace

std::string raw_flight_fault(const Scene& scene) {
    if (!exchange_of(scene.handshake.flight.cipher_suite)) {
        return "no first flight is made for the cipher suite " + cipher_suite_name(scene.handshake.flight.cipher_suite);
    }
    return scene.shown.chain.empty() || !scene.shown.key ? "a first flight shows no certificate" : "";
}

std::string raw_flight(const Scene& scene, const ClientHelloSeen& hello) {
    const OpensslErrorScope errors;
    const RawFlight& flight = scene.handshake.flight;
    const std::optional<KeyExchange> exchange = exchange_of(flight.cipher_suite);
    if (!exchange) {
        no_flight("its cipher suite");
    }
    enum : std::uint8_t { certificate = 11, server_key_exchange = 12, server_hello_done = 14 };
    const Bytes random = server_random(flight);
    Bytes messages = server_hello(flight, hello, random);
    const auto add = [&messages](std::uint8_t type, const Bytes& body) {
        const Bytes one = message(type, body);
        messages.insert(messages.end(), one.begin(), one.end());
    };
    if (!exchange->anonymous) {
        Bytes chain;
        for (const Certificate& one : scene.shown.chain) {
            const std::string der = one.der();
            put_vector(chain, View(reinterpret_cast<const std::uint8_t*>(der.data()), der.size()), 3);
        }
        Bytes body;
        put_vector(body, chain, 3);
        add(certificate, body);
    }
    if (exchange->kind != KeyExchange::Kind::static_rsa) {
        add(server_key_exchange, key_exchange(scene, hello, *exchange, random));
    }
    add(server_hello_done, {});
    const std::size_t size = scene.handshake.record_size == 0 ? max_plaintext : scene.handshake.record_size;
    Bytes out;
    for (std::size_t at = 0; at < messages.size(); at += size) {
        put(out, handshake_record, 1);
        put(out, static_cast<std::uint16_t>(flight.version), 2);
        put_vector(out, View(messages).subspan(at, std::min(size, messages.size() - at)), 2);
    }
    return {out.begin(), out.end()};
}

std::string fatal_alert(std::uint8_t description) {
    return {'\x15', '\x03', '\x03', '\0', '\x02', '\x02', static_cast<char>(description)};
}

bool hear_in_clear(std::string_view bytes, Visit& visit) {
    while (!bytes.empty()) {
        const auto* head = reinterpret_cast<const std::uint8_t*>(bytes.data());
        if (head[0] != alert_record) {
            // A record of the handshake, of ChangeCipherSpec or of data: whoever refuses has nothing but an alert to
            // say.
            visit.went_on = head[0] >= change_cipher_spec && head[0] <= heartbeat;
            return true;
        }
        const std::size_t size = bytes.size() < record_header
                                     ? record_header
                                     : record_header + static_cast<std::size_t>(head[3] << 8 | head[4]);
        if (bytes.size() < size) {
            return false;
        }
        constexpr std::uint8_t fatal = 2;
        constexpr std::uint8_t close_notify = 0;
        if (size == record_header + 2 && head[record_header + 1] == close_notify) {
            visit.close_notify = true;
        } else if (size == record_header + 2 && head[record_header] == fatal) {
            visit.alert = Alert{head[record_header], head[record_header + 1]};
            visit.alert_at = std::chrono::steady_clock::now();
            return true;
        }
        bytes.remove_prefix(size);
    }
    return false;
}

}  // namespace gateproof::stage
