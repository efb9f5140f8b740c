// Identities that must not be served, made in memory: what an attacker could make from our certificate alone, and
// what the profile's own test CA can truly issue.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/identity/identity.hpp"

namespace gateproof::forge {

/// One attribute of a name, such as an organisation.
struct NameAttribute {
    int nid = 0;  ///< OpenSSL's number of its type: NID_organizationName
    std::string value;
};

/// What a made certificate says; everything else is copied from the genuine one (algorithm, extensions, lifetime).
struct Spec {
    std::string role;  ///< for evidence: "cn-with-suffix"
    /// May hold any byte, NUL too; empty: as the genuine one. With it the copied subjectAltName goes, so that nothing
    /// else names the genuine client.
    std::optional<std::string> common_name;
    std::vector<std::string> extra_common_names;
    /// Further attributes of the subject, in front of everything that it has and behind it.
    std::vector<NameAttribute> before;
    std::vector<NameAttribute> behind;
    bool common_name_in_san_only = false;  ///< the name stands in subjectAltName alone (dNSName and directoryName)
    std::string extended_key_usage = "clientAuth";  ///< OpenSSL words; empty: no extension
    /// From now. A month, so that a clock that is off by less finds the same dates past and to come.
    int valid_from_days = -30;
    int valid_to_days = 30;
    std::optional<std::chrono::seconds> valid_for = {};  ///< from now, instead of valid_to_days
    bool authority = false;  ///< a CA certificate as CAs have them: CA:TRUE, key usage keyCertSign and cRLSign alone
    bool signs_handshakes = false;  ///< an authority's key usage has digitalSignature as well
};

// From the genuine identity alone; serial numbers and key identifiers are new, and fit the signer. Null only when the
// genuine certificate cannot be copied (an unknown key type).

/// Same subject, signed by its own new key.
IdentityPtr self_signed_twin(const Identity& genuine);
/// Same subject and issuer name, from a CA that only looks like the genuine one; its certificate is sent along.
IdentityPtr look_alike_ca_twin(const Identity& genuine);
/// A new leaf of the same subject signed with the genuine leaf's key: leaf under leaf.
IdentityPtr signed_by_leaf(const Identity& genuine);
/// The genuine certificate and chain with another key, so that CertificateVerify cannot be right. The made EVP_PKEY
/// holds the genuine public part, which is all that OpenSSL compares, and another private part.
IdentityPtr stolen_certificate(const Identity& genuine);
/// The genuine certificate with one bit of its signature changed, and the genuine key.
IdentityPtr tampered(const Identity& genuine);

/// Truly issued by the profile's test CA, with a new key.
IdentityPtr issued(const Issuer& issuer, const Identity& genuine, const Spec& spec);

/// Names that are not `cn` but that a careless comparison takes for it: cn-with-prefix, cn-with-suffix, cn-cut-short,
/// cn-in-other-case, cn-with-nul, cn-with-blank, cn-with-dot, cn-with-host (as of a mail address), cn-wildcard,
/// cn-second (of two), cn-first-of-two, cn-in-organisation (where a name written in one line reads as if it had it),
/// cn-in-other-attributes, cn-in-san-only. Those that a name does not have are left out (no letters: no other case; no
/// domain: no wildcard).
std::vector<Spec> common_name_variants(std::string_view cn);

}  // namespace gateproof::forge
