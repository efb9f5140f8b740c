#include "harness/stage/scene.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace gateproof::stage {
namespace {

bool same_key(const std::shared_ptr<EVP_PKEY>& one, const std::shared_ptr<EVP_PKEY>& other) {
    return one == other || (one && other && EVP_PKEY_eq(one.get(), other.get()) == 1);
}

}  // namespace

bool Shown::operator==(const Shown& other) const {
    const auto same = [](const Certificate& one, const Certificate& two) { return one.der() == two.der(); };
    return staple == other.staple && same_key(key, other.key) &&
           std::equal(chain.begin(), chain.end(), other.chain.begin(), other.chain.end(), same);
}

bool can_refuse_with(std::uint8_t alert) {
    constexpr std::uint8_t possible[] = {40, 42, 43, 44, 45, 46, 48, 51, 80};
    return std::find(std::begin(possible), std::end(possible), alert) != std::end(possible);
}

std::vector<std::string> differences(const Scene& one, const Scene& other) {
    std::vector<std::string> found;
    const auto compare = [&](const char* name, const auto& left, const auto& right) {
        if (!(left == right)) {
            found.emplace_back(name);
        }
    };
    compare("shown", one.shown, other.shown);
    compare("versions", one.versions, other.versions);
    compare("cipher_suites", one.cipher_suites, other.cipher_suites);
    compare("groups", one.groups, other.groups);
    compare("asked", one.asked, other.asked);
    compare("alpn", one.alpn, other.alpn);
    compare("tickets", one.tickets, other.tickets);
    compare("handshake", one.handshake, other.handshake);
    compare("after", one.after, other.after);
    compare("answers", one.answers, other.answers);
    compare("every_answer", one.every_answer, other.every_answer);
    return found;
}

}  // namespace gateproof::stage
