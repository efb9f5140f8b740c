#include "suites/gateway/rotation/fitness.hpp"

#include <fmt/chrono.h>
#include <fmt/ranges.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

#include "harness/text/ascii.hpp"
#include "suites/shared/certificate_words.hpp"

namespace gateproof::suites {
namespace {

std::vector<std::string> values_of(const X509_NAME* name, int nid) {
    std::vector<std::string> values;
    int at = -1;
    while ((at = X509_NAME_get_index_by_NID(const_cast<X509_NAME*>(name), nid, at)) >= 0) {
        unsigned char* bytes = nullptr;
        const int size = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
        if (size >= 0) {
            values.emplace_back(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
            OPENSSL_free(bytes);
        }
    }
    ERR_clear_error();
    return values;
}

/// RFC 5280 4.2.1.12; IA, mutual authentication. Public CAs leave clientAuth out since 2026 (Chrome Root Program).
Finding client_auth(const Certificate& leaf) {
    constexpr std::string_view remedy =
        "ask for a certificate with clientAuth in its extended key usage. This is today's commonest rotation failure: "
        "public CAs stopped putting clientAuth into TLS certificates between October 2025 and June 2026 (Chrome Root "
        "Program), and a renewal from the same CA silently lost it. Order a client or mutual TLS certificate, from a "
        "CA of the approved list that still issues it, perhaps under another root";
    const std::uint32_t flags = X509_get_extension_flags(leaf.get());
    if ((flags & EXFLAG_XKUSAGE) == 0) {
        return {"client_auth", Outcome::warning,
                "it has no extended key usage at all, which some servers take for any use and others for none", remedy};
    }
    const std::uint32_t usage = X509_get_extended_key_usage(leaf.get());
    if ((usage & XKU_SSL_CLIENT) == 0) {
        return {"client_auth", Outcome::fail,
                (usage & XKU_ANYEKU) != 0 ? "its extended key usage names anyExtendedKeyUsage and not clientAuth"
                                          : "its extended key usage does not hold clientAuth",
                remedy};
    }
    const std::uint32_t key_usage = X509_get_key_usage(leaf.get());
    if ((flags & EXFLAG_KUSAGE) != 0 && (key_usage & KU_DIGITAL_SIGNATURE) == 0) {
        return {"client_auth", Outcome::fail, "its key usage does not allow digitalSignature",
                "ask for a certificate with digitalSignature in its key usage: TLS clients prove their key by signing"};
    }
    if (X509_check_ca(leaf.get()) != 0) {
        return {"client_auth", Outcome::fail, "it is a CA certificate", "ask for an end entity certificate"};
    }
    return {"client_auth", Outcome::pass, "clientAuth is among its extended key usages"};
}

/// Access: "must match exactly".
Finding common_name(const Rotation& rotation) {
    const std::vector<std::string> names = values_of(X509_get_subject_name(rotation.fresh.leaf.get()), NID_commonName);
    const std::string& declared = rotation.expectations.common_name;
    const std::string expected = declared.empty() ? rotation.old.leaf.common_name() : declared;
    constexpr std::string_view remedy =
        "order the certificate for the common name that was assigned to you, letter by letter, or have the new name "
        "enrolled before you use it";
    if (names.size() != 1) {
        return {"common_name", Outcome::fail, fmt::format("it has {} common names instead of one", names.size()),
                remedy};
    }
    if (names.front() == expected) {
        return {"common_name", Outcome::pass, fmt::format("its common name is the enrolled one, {}", expected)};
    }
    const bool same_letters = same_ignoring_case(names.front(), expected);
    return {"common_name", Outcome::fail,
            fmt::format("its common name is '{}', and '{}' is enrolled{}", names.front(), expected,
                        same_letters ? " (they differ in case alone)" : ""),
            remedy};
}

Finding validity(const Rotation& rotation) {
    const std::optional<Validity> period = validity_of(rotation.fresh.leaf);
    if (!period) {
        return {"validity", Outcome::fail, "its dates cannot be read", "ask the CA for a sound certificate"};
    }
    if (rotation.now > period->not_after) {
        return {"validity", Outcome::fail, fmt::format("it expired on {}", day_of(period->not_after)),
                "renew the certificate"};
    }
    if (rotation.now < period->not_before) {
        const bool time_left = rotation.expectations.moment == RotationMoment::before;
        return {"validity", time_left ? Outcome::warning : Outcome::fail,
                fmt::format("it is not valid before {}", day_of(period->not_before)),
                "do not use it before that moment, and check this machine's clock"};
    }
    const std::int64_t left = days_between(rotation.now, period->not_after);
    if (left < rotation.warning_days) {
        return {"validity", Outcome::warning,
                fmt::format("it expires in {} days, on {}", left, day_of(period->not_after)),
                "ask for a certificate that lasts; the next rotation is due already"};
    }
    const std::optional<Validity> before = validity_of(rotation.old.leaf);
    if (before && days_between(period->not_after, before->not_after) > 0) {
        return {"validity", Outcome::warning,
                fmt::format("it expires on {}, before the old one does", day_of(period->not_after)),
                "check that old and new certificate are not mixed up"};
    }
    return {"validity", Outcome::pass, fmt::format("it is valid for another {} days", left)};
}

/// The private key makes a signature that the certificate's key verifies: also where it stays in a token.
bool key_proves_itself(const Identity& identity) {
    constexpr std::array<unsigned char, 32> message{'g', 'a', 't', 'e', 'p', 'r', 'o', 'o', 'f'};
    using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
    const bool no_digest =
        EVP_PKEY_is_a(identity.key.get(), "ED25519") == 1 || EVP_PKEY_is_a(identity.key.get(), "ED448") == 1;
    const char* const digest = no_digest ? nullptr : "SHA256";
    std::vector<unsigned char> signature(static_cast<std::size_t>(std::max(EVP_PKEY_get_size(identity.key.get()), 64)));
    std::size_t size = signature.size();
    const DigestContext signing(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const DigestContext verifying(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const EVP_MD* const algorithm = digest == nullptr ? nullptr : EVP_sha256();
    const bool proved = signing && verifying &&
                        EVP_DigestSignInit(signing.get(), nullptr, algorithm, nullptr, identity.key.get()) == 1 &&
                        EVP_DigestSign(signing.get(), signature.data(), &size, message.data(), message.size()) == 1 &&
                        EVP_DigestVerifyInit(verifying.get(), nullptr, algorithm, nullptr,
                                             X509_get0_pubkey(identity.leaf.get())) == 1 &&
                        EVP_DigestVerify(verifying.get(), signature.data(), size, message.data(), message.size()) == 1;
    ERR_clear_error();
    return proved;
}

Finding key_matches(const Rotation& rotation) {
    if (key_proves_itself(rotation.fresh)) {
        return {"key_matches", Outcome::pass, "the private key signs for it"};
    }
    return {"key_matches", Outcome::fail, "the private key does not sign for it",
            "find the key that the certificate request was made with; if it is lost, ask for a new certificate"};
}

Finding key_changed(const Rotation& rotation) {
    const bool same = same_public_key(rotation.fresh.leaf, rotation.old.leaf);
    if (X509_cmp(rotation.fresh.leaf.get(), rotation.old.leaf.get()) == 0) {
        return {"key_changed", Outcome::fail, "it is the old certificate itself",
                "give the new certificate, not the old one again"};
    }
    if (same) {
        return {"key_changed", Outcome::fail, "it has the old certificate's key",
                "make a new key for each certificate: whoever got hold of the old key could go on"};
    }
    return {"key_changed", Outcome::pass, "its key is a new one"};
}

bool is_issued_by_root(const Certificate& issued_one, const std::vector<Certificate>& known) {
    return std::ranges::any_of(known, [&issued_one](const Certificate& root) {
        const bool issued = is_self_signed(root) && X509_check_issued(root.get(), issued_one.get()) == X509_V_OK;
        const bool signed_by = issued && X509_verify(issued_one.get(), X509_get0_pubkey(root.get())) == 1;
        ERR_clear_error();
        return signed_by;
    });
}

/// The path of issuers as it will be sent. Its root is the endpoint's matter, and mostly not known here.
Finding chain(const Rotation& rotation) {
    std::vector<Certificate> path{rotation.fresh.leaf};
    path.insert(path.end(), rotation.fresh.chain.begin(), rotation.fresh.chain.end());
    constexpr std::string_view remedy =
        "put the CA's intermediate certificates behind the leaf, in order; the CA offers them for download";
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        const bool issued = X509_check_issued(path[i + 1].get(), path[i].get()) == X509_V_OK &&
                            X509_verify(path[i].get(), X509_get0_pubkey(path[i + 1].get())) == 1;
        ERR_clear_error();
        if (!issued) {
            return {"chain", Outcome::fail,
                    fmt::format("{} is not issued by the next certificate of its chain, {}", path[i].subject(),
                                path[i + 1].subject()),
                    remedy};
        }
        const std::optional<Validity> period = validity_of(path[i + 1]);
        if (!period || rotation.now > period->not_after || rotation.now < period->not_before) {
            return {"chain", Outcome::fail,
                    fmt::format("the CA certificate {} is not valid now", path[i + 1].subject()),
                    "get the CA's current intermediate certificates"};
        }
    }
    if (path.size() > 1) {
        return {"chain", Outcome::pass, fmt::format("its chain of {} certificates is in order", path.size())};
    }
    if (is_self_signed(path.front())) {
        return {"chain", Outcome::fail, "it is self-signed", "get a certificate from a CA of the approved list"};
    }
    // Alone it is whole only where its issuer is a root that the endpoint has, as for the old certificate.
    const bool as_before = rotation.old.chain.empty() && rotation.old.leaf.issuer() == path.front().issuer();
    const Trust machine{};
    if (as_before || is_issued_by_root(path.front(), rotation.known_authorities) ||
        verify_chain(path, machine, rotation.now).error == X509_V_OK) {
        return {"chain", Outcome::pass, "it needs no intermediate certificate"};
    }
    return {"chain", Outcome::fail, fmt::format("the certificate of its issuer, {}, is missing", path.front().issuer()),
            remedy};
}

Finding authority(const Rotation& rotation) {
    const std::string organisation = issuing_organisation(rotation.fresh.leaf);
    const auto& approved = rotation.expectations.approved_authorities;
    if (std::ranges::any_of(approved, [&](const std::string& name) { return same_organisation(organisation, name); })) {
        return {"authority", Outcome::pass, fmt::format("{} is an approved authority", organisation)};
    }
    return {
        "authority", Outcome::fail,
        fmt::format("its issuer, {}, is none of the approved authorities: {}", organisation, fmt::join(approved, ", ")),
        "order from an approved CA; for a sandbox with a CA of its own give rotation.approved_authorities"};
}

Finding strength(const Rotation& rotation) {
    std::vector<Certificate> path{rotation.fresh.leaf};
    path.insert(path.end(), rotation.fresh.chain.begin(), rotation.fresh.chain.end());
    for (const Certificate& certificate : path) {
        const std::string weakness = weakness_of(strength_of(certificate), !is_self_signed(certificate));
        if (!weakness.empty()) {
            return {"strength", Outcome::fail, fmt::format("{} has {}", certificate.subject(), weakness),
                    "use an EC key of at least 256 bits or an RSA key of at least 2048, signed with SHA-256 or better"};
        }
    }
    const KeyStrength leaf = strength_of(rotation.fresh.leaf);
    return {"strength", Outcome::pass, fmt::format("{} key of {} bits", leaf.key_type, leaf.bits)};
}

/// The words that say who it is: lower case, without punctuation and legal form.
std::string words_of(std::string_view organisation) {
    constexpr std::array<std::string_view, 15> legal{"inc", "incorporated", "ltd",  "limited", "llc",
                                                     "co",  "corp",         "gmbh", "plc",     "pty",
                                                     "ca",  "corporation",  "bv",   "company", "consulting"};
    std::vector<std::string> words(1);
    for (const char c : organisation) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || byte >= 0x80) {
            words.back() += static_cast<char>(std::tolower(byte));
        } else if (c != '\'' && c != '.' && !words.back().empty()) {
            words.emplace_back();
        }
    }
    if (words.back().empty()) {
        words.pop_back();
    }
    while (words.size() > 1 && std::ranges::find(legal, words.back()) != legal.end()) {
        words.pop_back();
    }
    return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace

bool same_public_key(const Certificate& one, const Certificate& other) {
    const bool same = EVP_PKEY_eq(X509_get0_pubkey(one.get()), X509_get0_pubkey(other.get())) == 1;
    ERR_clear_error();
    return same;
}

bool same_organisation(std::string_view one, std::string_view other) {
    const std::string words = words_of(one);
    return !words.empty() && words == words_of(other);
}

std::string issuing_organisation(const Certificate& leaf) {
    const X509_NAME* const issuer = X509_get_issuer_name(leaf.get());
    for (const int nid : {NID_organizationName, NID_commonName}) {
        const std::vector<std::string> values = values_of(issuer, nid);
        if (!values.empty()) {
            return values.front();
        }
    }
    return leaf.issuer();
}

std::vector<Finding> examine_new_certificate(const Rotation& rotation) {
    return {client_auth(rotation.fresh.leaf),
            common_name(rotation),
            key_changed(rotation),
            validity(rotation),
            key_matches(rotation),
            chain(rotation),
            authority(rotation),
            strength(rotation)};
}

Verdict judge_fitness(const std::vector<Finding>& findings, const Certificate& leaf) {
    const Finding* worst = &findings.front();
    for (const Finding& finding : findings) {
        worst = finding.outcome > worst->outcome ? &finding : worst;
    }
    if (worst->outcome == Outcome::pass) {
        return Verdict::pass(
            "the new certificate of {} is fit: clientAuth, common name, new key, period, chain, "
            "authority and strength",
            leaf.common_name());
    }
    std::string sentence = fmt::format("the new certificate is not fit: {}", worst->text);
    if (worst->outcome == Outcome::warning) {
        sentence = fmt::format("the new certificate: {}", worst->text);
    }
    for (const Finding& finding : findings) {
        if (&finding != worst && finding.outcome != Outcome::pass) {
            sentence += fmt::format("; also: {}", finding.text);
        }
    }
    return Verdict(worst->outcome, std::move(sentence)).remedy(std::string(worst->remedy));
}

}  // namespace gateproof::suites
