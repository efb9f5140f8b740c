#include "gateway/services/jws.hpp"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {
namespace {

using nlohmann::json;

constexpr std::size_t longest_token = std::size_t{16} * 1024;
constexpr int deepest = 8;

/// A JSON object, refused when it is too deep or has a name twice: which of the two counts is anybody's guess.
json object_of(std::string_view part) {
    const std::optional<std::string> text = from_base64url(part);
    if (!text) {
        return {};
    }
    bool refused = false;
    std::vector<std::set<std::string>> names;
    const json value = json::parse(
        *text,
        [&](int depth, json::parse_event_t event, json& parsed) {
            if (event == json::parse_event_t::object_start) {
                names.emplace_back();
            } else if (event == json::parse_event_t::object_end) {
                names.pop_back();
            } else if (event == json::parse_event_t::key && !names.empty()) {
                refused = refused || !names.back().insert(parsed.get<std::string>()).second;
            }
            refused = refused || depth > deepest;
            return true;
        },
        false);
    return !refused && value.is_object() ? value : json();
}

const EVP_MD* digest_of(std::string_view algorithm) {
    const std::string_view size = algorithm.substr(std::min<std::size_t>(2, algorithm.size()));
    return size == "256" ? EVP_sha256() : size == "384" ? EVP_sha384() : size == "512" ? EVP_sha512() : nullptr;
}

/// Bytes of r, and of s, for the algorithm's own curve; 0: the key is on another one.
std::size_t number_size(std::string_view algorithm, EVP_PKEY* key) {
    char name[64] = {};
    std::size_t length = 0;
    if (EVP_PKEY_is_a(key, "EC") != 1 || EVP_PKEY_get_group_name(key, name, sizeof name, &length) != 1) {
        return 0;
    }
    const int curve = OBJ_txt2nid(name);
    if (algorithm == "ES256") {
        return curve == NID_X9_62_prime256v1 ? 32 : 0;
    }
    if (algorithm == "ES384") {
        return curve == NID_secp384r1 ? 48 : 0;
    }
    return algorithm == "ES512" && curve == NID_secp521r1 ? 66 : 0;
}

std::string der_of(std::string_view signature, std::size_t size) {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(signature.data());
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(), ECDSA_SIG_free);
    BIGNUM* const r = BN_bin2bn(bytes, static_cast<int>(size), nullptr);
    BIGNUM* const s = BN_bin2bn(bytes + size, static_cast<int>(size), nullptr);
    if (!pair || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return {};
    }
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(pair.get(), &der);
    std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(std::max(length, 0)));
    OPENSSL_free(der);
    return out;
}

}  // namespace

std::string Jws::header_text(const char* name) const {
    const auto found = header.find(name);
    return found != header.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<Jws> read_jws(std::string_view token) {
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (token.size() > longest_token || second == std::string_view::npos) {
        return std::nullopt;
    }
    Jws jws;
    jws.header = object_of(token.substr(0, first));
    jws.claims = object_of(token.substr(first + 1, second - first - 1));
    jws.signed_text = token.substr(0, second);
    std::optional<std::string> signature = from_base64url(token.substr(second + 1));
    if (!jws.header.is_object() || !jws.claims.is_object() || !signature) {
        return std::nullopt;
    }
    jws.signature = std::move(*signature);
    return jws;
}

bool verify_jws(const std::string& algorithm, EVP_PKEY* key, std::string_view signed_text, std::string_view signature) {
    const EVP_MD* const digest = digest_of(algorithm);
    std::string wire(signature);
    if (algorithm.starts_with("ES")) {
        const std::size_t size = number_size(algorithm, key);
        wire = size > 0 && signature.size() == 2 * size ? der_of(signature, size) : std::string();
    } else if (!algorithm.starts_with("RS") || EVP_PKEY_is_a(key, "RSA") != 1) {
        return false;
    }
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const bool good =
        digest != nullptr && !wire.empty() && context &&
        EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
        EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(wire.data()), wire.size(),
                         reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size()) == 1;
    ERR_clear_error();
    return good;
}

}  // namespace gateproof::gateway
