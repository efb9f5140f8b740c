#include "suites/shared/server_chain.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace gateproof::suites {
namespace {

constexpr std::string_view any_chain_remedy = "install a certificate chain that leads to a root in the profile's trust";

/// The certificate at which the path ended; null: the server sent none.
const Certificate* last_of(const ChainVerdict& verdict, const std::vector<Certificate>& sent) {
    const auto depth = static_cast<std::size_t>(std::max(verdict.depth, 0));
    if (depth < verdict.path.size()) {
        return &verdict.path[depth];
    }
    return sent.empty() ? nullptr : &sent.front();
}

bool has_same_key(const Certificate& left, const Certificate& right) {
    const bool same = EVP_PKEY_eq(X509_get0_pubkey(left.get()), X509_get0_pubkey(right.get())) == 1;
    ERR_clear_error();
    return same;
}

/// What cannot be found, or has another key than its name lets expect.
bool is_about_issuer(int error) {
    return error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY || error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
           error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
}

/// The trust holds an authority of the name that issued `last`, with another key.
Verdict judge_namesake(const std::string& what, const Certificate& last) {
    return Verdict::fail("{}: the profile's trust holds a {}, but not the one that issued {}", what, last.issuer(),
                         last.subject())
        .remedy("give the CA file of the authority that is in use now, or renew the chain if that one was replaced");
}

/// The path ends at `last`, whose issuer is neither sent nor trusted: by what is there instead.
Verdict judge_missing_issuer(const std::string& what, const Certificate& last, const std::vector<Certificate>& sent) {
    const std::string issuer = last.issuer();
    const bool twin = std::ranges::any_of(sent, [&](const Certificate& other) {
        return !is_same(other, last) && other.subject() == last.subject() && has_same_key(other, last);
    });
    if (twin) {
        return Verdict::fail("{}: {} is sent twice, and the first one was issued by {}, which nobody trusts any more",
                             what, last.subject(), issuer)
            .remedy("send the certificate that leads to a trusted root first, and leave the cross-signed one out");
    }
    if (sent.size() == 1) {
        return Verdict::fail("{}: it was sent alone, and its issuer {} is not trusted", what, issuer)
            .remedy(
                "see whose name that is. An intermediate of the gateway's authority: send its certificate with the "
                "leaf. A proxy or virus scanner on the way: it opens TLS, so connect past it");
    }
    return Verdict::fail("{}: it ends at {}, whose issuer {} is neither sent nor trusted", what, last.subject(), issuer)
        .remedy(
            "send every intermediate certificate with the leaf, and check that the profile's trust names the right "
            "root");
}

}  // namespace

bool is_same(const Certificate& left, const Certificate& right) {
    return left.sha256_fingerprint() == right.sha256_fingerprint();
}

Verdict judge_chain(const ChainVerdict& verdict, const std::vector<Certificate>& sent,
                    const std::vector<Certificate>& anchors) {
    if (verdict.error == X509_V_OK) {
        return Verdict::pass("the chain as sent ({} certificate{}) leads to a trusted root", sent.size(),
                             sent.size() == 1 ? "" : "s");
    }
    const std::string what = fmt::format("the chain as sent ({} certificate{}) does not verify: {}", sent.size(),
                                         sent.size() == 1 ? "" : "s", verdict.text);
    const Certificate* const last = last_of(verdict, sent);
    if (last == nullptr) {
        return Verdict::fail("{}", what).remedy(std::string(any_chain_remedy));
    }
    const bool namesake =
        std::ranges::any_of(anchors, [last](const Certificate& anchor) { return anchor.subject() == last->issuer(); });
    if (namesake && (is_about_issuer(verdict.error) || verdict.error == X509_V_ERR_CERT_SIGNATURE_FAILURE)) {
        return judge_namesake(what, *last);
    }
    if (is_about_issuer(verdict.error)) {
        return judge_missing_issuer(what, *last, sent);
    }
    switch (verdict.error) {
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return Verdict::fail("{}: {} signed itself", what, last->subject())
                .remedy("install a certificate that a trusted authority has issued");
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return Verdict::fail("{}: it leads to the root {}, which the profile's trust does not hold", what,
                                 last->subject())
                .remedy(
                    "see whose root that is. The gateway's own authority: the profile's CA file is another's. A proxy "
                    "or virus scanner on the way: it opens TLS, so connect past it");
        default:
            return Verdict::fail("{} (certificate {}, {}, issued by {})", what, verdict.depth, last->subject(),
                                 last->issuer())
                .remedy(std::string(any_chain_remedy));
    }
}

}  // namespace gateproof::suites
