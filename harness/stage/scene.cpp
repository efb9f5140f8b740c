#include "harness/stage/scene.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <tuple>

#include "harness/text/ascii.hpp"

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

bool can_refuse_with(std::uint8_t alert, const VersionRange& versions) {
    constexpr std::uint8_t possible[] = {40, 42, 43, 44, 45, 46, 48, 51, 80};
    constexpr std::uint8_t certificate_required = 116;
    return std::find(std::begin(possible), std::end(possible), alert) != std::end(possible) ||
           (alert == certificate_required && versions.oldest == TlsVersion::tls_1_3);
}

bool belongs(const Request& request, Callers callers) {
    switch (callers) {
        case Callers::all: return true;
        case Callers::writers: return request.changes;
        case Callers::fresh_writers: return request.changes && request.earlier == 0;
        case Callers::reused_writers: return request.changes && request.earlier > 0;
        case Callers::rest:
        case Callers::soap: break;
    }
    const std::string* const type = find_field(request.fields, "Content-Type");
    const bool soap = type != nullptr && (lower_case(*type).starts_with("application/soap+xml") ||
                                          lower_case(*type).starts_with("text/xml"));
    return (callers == Callers::soap) == soap;
}

std::vector<std::string> differences(const Scene& one, const Scene& other) {
    std::vector<std::string> found;
    const auto compare = [&](const char* name, const auto& left, const auto& right) {
        if (!(left == right)) {
            found.emplace_back(name);
        }
    };
    // All of them by name: a member that nobody compares does not compile.
    const auto& [shown, versions, cipher_suites, groups, asked, alpn, tickets, early_data, handshake, extensions, after,
                 answers, every_answer] = one;
    compare("shown", shown, other.shown);
    compare("versions", versions, other.versions);
    compare("cipher_suites", cipher_suites, other.cipher_suites);
    compare("groups", groups, other.groups);
    compare("asked", asked, other.asked);
    compare("alpn", alpn, other.alpn);
    compare("tickets", tickets, other.tickets);
    compare("early_data", early_data, other.early_data);
    compare("handshake", handshake, other.handshake);
    compare("extensions", extensions, other.extensions);
    compare("after", after, other.after);
    compare("answers", std::tie(answers, every_answer), std::tie(other.answers, other.every_answer));
    return found;
}

}  // namespace gateproof::stage
