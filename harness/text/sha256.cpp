#include "harness/text/sha256.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

namespace gateproof {

std::string sha256_of(std::string_view bytes) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    std::string text;
    for (const unsigned char byte : digest) {
        text += fmt::format("{:02x}", byte);
    }
    return text;
}

}  // namespace gateproof
