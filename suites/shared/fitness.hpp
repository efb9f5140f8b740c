// Whether a client certificate is fit for use, judged on this machine with nothing sent: one judgement for the enrolled
// certificate and for the new one of a rotation.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/identity/identity.hpp"
#include "harness/model/verdict.hpp"
#include "harness/probe/tls/trust.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {
class Context;
}

namespace gateproof::suites {

/// One property of a certificate, and how it stands.
struct Finding {
    std::string_view about;  ///< "client_auth", "common_name" ...: stable
    Outcome outcome = Outcome::pass;
    std::string text;  ///< "it expired on ...": the certificate is "it"
    std::string remedy = {};
    std::string fact = {};  ///< by which it is recognised on another day; empty: the text
};

/// RFC 5280 4.2.1.12, 4.2.1.3, 4.2.1.9: it may authenticate a TLS client.
Finding examine_client_auth(const Certificate& leaf);
/// Current, and for so many days to come; without a number 30 days, or a third of its life where that is less.
Finding examine_validity(const Certificate& leaf, SystemTime now, std::optional<int> warning_days);
/// It has one common name, and that fits the pattern of ClientCertificateRules::common_name.
Finding examine_name_pattern(const Certificate& leaf, const std::string& pattern);
/// Its one common name is this, letter by letter.
Finding examine_exact_name(const Certificate& leaf, const std::string& expected);
/// The private key signs for it, also where it stays in a token.
Finding examine_key_matches(const Identity& identity);
/// Its issuer is one of these organisations.
Finding examine_authority(const Certificate& leaf, const std::vector<std::string>& approved);
/// Its authority still issues clientAuth when it has to be renewed (certificate_authorities()).
Finding examine_renewal(const Certificate& leaf, SystemTime now);
/// Key and signatures of the leaf's path are strong, curves are named, and its own is one of `curves` (empty: any).
Finding examine_strength(const Identity& identity, const std::vector<std::string>& curves, SystemTime now);

/// What is known of the issuers beside the file itself.
struct KnownIssuers {
    const std::vector<Certificate>& known;  ///< of the profile, beside the machine's own store
    bool served_alone_before = false;       ///< a leaf of this issuer was served without it
    Outcome alone = Outcome::fail;          ///< what it is when the issuer of a leaf that comes alone is not known
    bool self_signed_allowed = false;
};
/// The path of issuers as it will be sent (client_path). Its root is the endpoint's matter, and mostly not known here.
/// What the file holds beside a sound path is a warning at most: TLS 1.3 takes it (RFC 8446 4.4.2), strict servers of
/// TLS 1.2 do not (RFC 5246 7.4.2).
Finding examine_chain(const Identity& identity, const KnownIssuers& issuers, SystemTime now);

/// Every property of the enrolled certificate that the profile has a rule for, in the order of how often it goes wrong.
std::vector<Finding> examine_enrolled(const Profile& profile, const Identity& identity, SystemTime now);
/// The certificate for TDS: fit as the enrolled one, and another than that, with another key. Warnings at most, for
/// CERT-TDS-SEPARATE is a "should" (one document requires it, one recommends it). Precondition: the profile has both.
std::vector<Finding> examine_tds(const Profile& profile, SystemTime now);

/// The worst finding leads; the sentence names every other that is not a pass. `which`: "the new certificate".
Verdict judge_fitness(const std::vector<Finding>& findings, std::string_view which, const std::string& fit);

/// Adds the property to the evidence.
void note_finding(Context& ctx, const Finding& finding);

bool same_public_key(const Certificate& one, const Certificate& other);
/// Organisations are compared by their words, without case and legal form: "DigiCert, Inc." is DigiCert, "DigiCertain"
/// is not.
bool same_organisation(std::string_view one, std::string_view other);
/// organizationName of the issuer, or its common name where it has none (a private CA).
std::string issuing_organisation(const Certificate& leaf);
/// Certificates of CAs that the profile knows: trust anchors, the issuer it lends, chains of its identities.
std::vector<Certificate> known_issuers(const Profile& profile);
/// Those of them that issued `leaf`, a root first.
std::vector<Certificate> issuers_among(const std::vector<Certificate>& known, const Certificate& leaf);

}  // namespace gateproof::suites
