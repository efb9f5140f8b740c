#include "client/machine.hpp"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "client/base/encoding.hpp"
#include "client/base/io.hpp"

namespace gateproof::client {
namespace {

using nlohmann::ordered_json;
using std::chrono::system_clock;

constexpr std::chrono::hours longest_lifetime{8};

/// RFC 7518 3.4: the curve goes with the hash.
std::string fitting_algorithm(EVP_PKEY* key) {
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
        return "RS256";
    }
    switch (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC ? EVP_PKEY_get_bits(key) : 0) {
        case 256: return "ES256";
        case 384: return "ES384";
        case 521: return "ES512";
        default: throw Unusable{"the machine's key is neither RSA nor on P-256, P-384 or P-521"};
    }
}

const EVP_MD* digest_of(const std::string& algorithm) {
    return algorithm.ends_with("256") ? EVP_sha256() : algorithm.ends_with("384") ? EVP_sha384() : EVP_sha512();
}

/// JWS has r and s, each of the curve's size, one behind the other (RFC
/// 7518 3.4), where OpenSSL has DER.
std::string joined_halves(const std::string& der, EVP_PKEY* key) {
    const auto size = static_cast<std::size_t>((EVP_PKEY_get_bits(key) + 7) / 8);
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
    std::string halves(2 * size, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(halves.data());
    if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, static_cast<int>(size)) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + size, static_cast<int>(size)) < 0) {
        throw Unusable{"the machine's key does not sign"};
    }
    return halves;
}

std::string sign(const std::string& text, EVP_PKEY* key, const EVP_MD* digest) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    std::string signature;
    bool good = EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
                EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1;
    signature.resize(size);
    good = good && EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                                  text.size()) == 1;
    signature.resize(size);
    ERR_clear_error();
    if (!good) {
        throw Unusable{"the machine's key does not sign"};
    }
    return signature;
}

std::string thumbprint_of(X509* certificate, Thumbprint form) {
    const bool sha1 = form == Thumbprint::sha1_upper || form == Thumbprint::sha1_lower;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    X509_digest(certificate, sha1 ? EVP_sha1() : EVP_sha256(), digest, &size);
    return hex({reinterpret_cast<const char*>(digest), size},
               form == Thumbprint::sha256_upper || form == Thumbprint::sha1_upper);
}

std::time_t not_before(X509* certificate) {
    std::tm parts{};
    return ASN1_TIME_to_tm(X509_get0_notBefore(certificate), &parts) == 1 ? timegm(&parts) : 0;
}

}  // namespace

std::string machine_token(const MachineSettings& settings, const Identity& signer, const FaultSet& faults,
                          system_clock::time_point now, X509* named) {
    EVP_PKEY* const key = signer.key.get();
    const std::string fitting = fitting_algorithm(key);
    const std::string algorithm = settings.algorithm.empty() ? fitting : settings.algorithm;
    const bool rsa = fitting == "RS256" && (algorithm == "RS256" || algorithm == "RS384" || algorithm == "RS512");
    if (!rsa && algorithm != fitting) {
        throw Unusable{"the machine's key cannot sign by " + algorithm + ": it is one for " + fitting};
    }
    if (settings.lifetime <= std::chrono::seconds(0) || settings.lifetime > longest_lifetime) {
        throw Unusable{"a machine's JWT may last eight hours, and no longer"};
    }
    const std::time_t issued = std::max(system_clock::to_time_t(now), not_before(signer.certificate.get())) +
                               (faults.has("iat-ahead") ? 3600 : 0);
    const long lasts = faults.has("nine-hours") ? 9 * 3600 : settings.lifetime.count();
    const bool unsigned_token = faults.has("alg-none");
    ordered_json header{{"alg", unsigned_token ? "none" : algorithm}, {"typ", "JWT"}, {"kid", "M2M"}};
    if (faults.has("no-kid")) {
        header.erase("kid");
    }
    const std::string subject = thumbprint_of(named == nullptr ? signer.certificate.get() : named, settings.thumbprint);
    ordered_json claims{{"sub", faults.has("lower-case-thumbprint") ? lower_case(subject) : subject},
                        {"iss", settings.issuer},
                        {"iat", issued},
                        {"exp", issued + lasts}};
    if (settings.start_logon) {
        claims["startLogon"] = *settings.start_logon;
    } else if (settings.start_logon_null) {
        claims["startLogon"] = nullptr;
    }
    const auto part = [&faults](const std::string& bytes) {
        std::string text = base64url(bytes);
        if (faults.has("padded")) {
            text.append((4 - text.size() % 4) % 4, '=');
        }
        return text;
    };
    const std::string text = part(header.dump()) + '.' + part(claims.dump());
    if (unsigned_token) {
        return text + '.';
    }
    const std::string signature = sign(text, key, digest_of(algorithm));
    return text + '.' + part(rsa || faults.has("der-signature") ? signature : joined_halves(signature, key));
}

}  // namespace gateproof::client
