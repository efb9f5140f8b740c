#include "suites/shared/fitness.hpp"

#include <fmt/chrono.h>
#include <fmt/ranges.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <iterator>
#include <memory>

#include "harness/run/context.hpp"
#include "harness/text/ascii.hpp"
#include "suites/shared/certificate_words.hpp"
#include "suites/shared/client_path.hpp"

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

/// Midnight UTC of a day such as 2027-03-01, as the table of authorities holds it.
SystemTime start_of(std::string_view day) {
    const auto number = [day](std::size_t at, std::size_t size) {
        int value = 0;
        std::from_chars(day.data() + at, day.data() + at + size, value);
        return value;
    };
    const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                           std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                           std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    return std::chrono::sys_days(date);
}

/// Who still issues clientAuth and until when, from the table of authorities.
std::string dates_of_authorities() {
    std::vector<std::string> dates;
    for (const CertificateAuthority& authority : certificate_authorities()) {
        if (!authority.ends.empty()) {
            dates.push_back(fmt::format("{} {}", authority.name, authority.ends));
        }
    }
    return fmt::format("{}", fmt::join(dates, ", "));
}

/// Public CAs take clientAuth out of what they issue, for the Chrome Root Program wants serverAuth alone.
std::string client_auth_remedy() {
    return fmt::format(
        "ask for a certificate with clientAuth in its extended key usage. This is today's commonest failure of "
        "renewals: public CAs leave clientAuth out of TLS certificates, first unless it is asked for and then for good "
        "({}), so a renewal from the same CA silently loses it. Order a client or mutual TLS certificate from a CA of "
        "the approved list that still issues it, perhaps under another root",
        dates_of_authorities());
}

/// The private key makes a signature that the certificate's key verifies.
bool key_proves_itself(const Identity& identity) {
    constexpr std::array<unsigned char, 32> message{'g', 'a', 't', 'e', 'p', 'r', 'o', 'o', 'f'};
    using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
    const bool no_digest =
        EVP_PKEY_is_a(identity.key.get(), "ED25519") == 1 || EVP_PKEY_is_a(identity.key.get(), "ED448") == 1;
    std::vector<unsigned char> signature(static_cast<std::size_t>(std::max(EVP_PKEY_get_size(identity.key.get()), 64)));
    std::size_t size = signature.size();
    const DigestContext signing(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const DigestContext verifying(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const EVP_MD* const algorithm = no_digest ? nullptr : EVP_sha256();
    const bool proved = signing && verifying &&
                        EVP_DigestSignInit(signing.get(), nullptr, algorithm, nullptr, identity.key.get()) == 1 &&
                        EVP_DigestSign(signing.get(), signature.data(), &size, message.data(), message.size()) == 1 &&
                        EVP_DigestVerifyInit(verifying.get(), nullptr, algorithm, nullptr,
                                             X509_get0_pubkey(identity.leaf.get())) == 1 &&
                        EVP_DigestVerify(verifying.get(), signature.data(), size, message.data(), message.size()) == 1;
    ERR_clear_error();
    return proved;
}

/// The first certificate of the file that spells out its curve: who reads it at all may fail. Null: none.
const Certificate* spelt_out_curve(const Identity& identity) {
    const auto spelt_out = [](const Certificate& one) { return strength_of(one).explicit_curve; };
    if (spelt_out(identity.leaf)) {
        return &identity.leaf;
    }
    const auto found = std::ranges::find_if(identity.chain, spelt_out);
    return found == identity.chain.end() ? nullptr : &*found;
}

/// The words that say who it is: lower case, without punctuation and legal form.
std::string organisation_words(std::string_view organisation) {
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

Finding separate_from(const Identity& enrolled, const Identity& tds) {
    constexpr std::string_view remedy =
        "order a certificate of its own, with a key of its own, for the summary and batch requests of TDS";
    if (X509_cmp(tds.leaf.get(), enrolled.leaf.get()) == 0) {
        return {"tds_separate", Outcome::warning, "it is the certificate for everything else too", std::string(remedy)};
    }
    if (same_public_key(tds.leaf, enrolled.leaf)) {
        return {"tds_separate", Outcome::warning, "it has the key of the certificate for everything else",
                std::string(remedy)};
    }
    return {"tds_separate", Outcome::pass, "it is another certificate than the one for everything else"};
}

Finding several_names(std::size_t count) {
    return {"common_name", Outcome::fail, fmt::format("it has {} common names instead of one", count),
            "order the certificate for the one common name that was assigned to you"};
}

}  // namespace

Finding examine_client_auth(const Certificate& leaf) {
    const std::uint32_t flags = X509_get_extension_flags(leaf.get());
    if ((flags & EXFLAG_XKUSAGE) == 0) {
        return {"client_auth", Outcome::warning,
                "it has no extended key usage at all, which some servers take for any use and others for none",
                client_auth_remedy()};
    }
    const std::uint32_t usage = X509_get_extended_key_usage(leaf.get());
    if ((usage & XKU_SSL_CLIENT) == 0) {
        return {"client_auth", Outcome::fail,
                fmt::format("its extended key usage {}, so that .NET and Windows (SChannel) send no certificate at all "
                            "where they are given this one; OpenSSL, and with it this program, sends it all the same",
                            (usage & XKU_ANYEKU) != 0 ? "names anyExtendedKeyUsage and not clientAuth"
                                                      : "does not hold clientAuth"),
                client_auth_remedy()};
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

Finding examine_validity(const Certificate& leaf, SystemTime now, std::optional<int> warning_days) {
    const std::optional<Validity> period = validity_of(leaf);
    if (!period) {
        return {"validity", Outcome::fail, "its dates cannot be read", "ask the CA for a sound certificate"};
    }
    if (now > period->not_after) {
        return {"validity", Outcome::fail, fmt::format("it expired on {}", day_of(period->not_after)),
                "renew the certificate; where the day is wrong, set this machine's clock"};
    }
    if (now < period->not_before) {
        return {"validity", Outcome::fail, fmt::format("it is not valid before {}", day_of(period->not_before)),
                "do not use it before that moment, and check this machine's clock"};
    }
    const std::int64_t left = days_between(now, period->not_after);
    if (left < days_of_warning(*period, warning_days)) {
        return {"validity", Outcome::warning,
                fmt::format("it expires in {} days, on {}", left, day_of(period->not_after)),
                "renew the certificate now, or ask for one that lasts: the next rotation is due",
                fmt::format("it expires on {}", day_of(period->not_after))};
    }
    return {"validity", Outcome::pass, fmt::format("it is valid for another {} days", left)};
}

Finding examine_name_pattern(const Certificate& leaf, const std::string& pattern) {
    const std::vector<std::string> names = values_of(X509_get_subject_name(leaf.get()), NID_commonName);
    if (names.size() != 1) {
        return several_names(names.size());
    }
    if (fits_pattern(names.front(), pattern)) {
        return {"common_name", Outcome::pass, fmt::format("its common name is of the assigned form, {}", pattern)};
    }
    return {
        "common_name", Outcome::fail,
        fmt::format("its common name, '{}', is not of the form that the gateway assigns, {}", names.front(), pattern),
        "order the certificate for the common name that was assigned to you at onboarding, letter by letter; where "
        "this gateway assigns others, say so in client_certificate.common_name"};
}

Finding examine_exact_name(const Certificate& leaf, const std::string& expected) {
    const std::vector<std::string> names = values_of(X509_get_subject_name(leaf.get()), NID_commonName);
    if (names.size() != 1) {
        return several_names(names.size());
    }
    if (names.front() == expected) {
        return {"common_name", Outcome::pass, fmt::format("its common name is the enrolled one, {}", expected)};
    }
    return {"common_name", Outcome::fail,
            fmt::format("its common name is '{}', and '{}' is enrolled{}", names.front(), expected,
                        same_ignoring_case(names.front(), expected) ? " (they differ in case alone)" : ""),
            "order the certificate for the common name that was assigned to you, letter by letter, or have the new "
            "name enrolled before you use it"};
}

Finding examine_key_matches(const Identity& identity) {
    if (key_proves_itself(identity)) {
        return {"key_matches", Outcome::pass, "the private key signs for it"};
    }
    return {"key_matches", Outcome::fail, "the private key does not sign for it",
            "find the key that the certificate request was made with; if it is lost, ask for a new certificate"};
}

Finding examine_authority(const Certificate& leaf, const std::vector<std::string>& approved) {
    if (is_self_signed(leaf)) {
        return {"authority", Outcome::fail, "it is self-signed", "get a certificate from a CA of the approved list"};
    }
    const std::string organisation = issuing_organisation(leaf);
    if (std::ranges::any_of(approved, [&](const std::string& name) { return same_organisation(organisation, name); })) {
        return {"authority", Outcome::pass, fmt::format("{} is an approved authority", organisation)};
    }
    return {
        "authority", Outcome::fail,
        fmt::format("its issuer, {}, is none of the approved authorities: {}", organisation, fmt::join(approved, ", ")),
        "order from an approved CA; for a sandbox with a CA of its own give client_certificate.approved_authorities, or "
        "for the new certificate alone rotation.approved_authorities (gateproof rotate-check --approved-authority NAME)"};
}

Finding examine_renewal(const Certificate& leaf, SystemTime now) {
    const std::string organisation = issuing_organisation(leaf);
    const auto authorities = certificate_authorities();
    const auto found = std::ranges::find_if(
        authorities, [&](const CertificateAuthority& one) { return same_organisation(organisation, one.name); });
    const std::optional<Validity> period = validity_of(leaf);
    if (found == authorities.end() || found->ends.empty() || !period) {
        return {
            "renewal", Outcome::pass,
            fmt::format("of its authority, {}, no day is known on which it stops issuing clientAuth", organisation)};
    }
    const std::string unasked =
        fmt::format("since {} {} leaves it out unless it is asked for", found->left_out_since, found->name);
    const SystemTime ends = start_of(found->ends);
    if (period->not_after < ends) {
        return {"renewal", Outcome::pass,
                fmt::format("it is to be renewed before {}, when {} stops issuing clientAuth; {} ({})", found->ends,
                            found->name, unasked, found->source)};
    }
    return {"renewal", Outcome::warning,
            fmt::format("{} {} no certificate with clientAuth {} {} ({}), and this one is to be renewed by {}",
                        found->name, now < ends ? "issues" : "has issued", now < ends ? "from" : "since", found->ends,
                        found->source, day_of(period->not_after)),
            fmt::format("plan for the renewal now: choose an approved authority that issues clientAuth then ({})",
                        dates_of_authorities())};
}

Finding examine_strength(const Identity& identity, const std::vector<std::string>& curves, SystemTime now) {
    for (const Certificate& certificate : client_path(identity, now).path) {
        const std::string weakness = weakness_of(strength_of(certificate), !is_self_signed(certificate));
        if (!weakness.empty()) {
            return {"strength", Outcome::fail, fmt::format("{} has {}", certificate.subject(), weakness),
                    "use an EC key of at least 256 bits or an RSA key of at least 2048, signed with SHA-256 or better"};
        }
    }
    if (const Certificate* const spelt_out = spelt_out_curve(identity)) {
        return {"strength", Outcome::fail,
                fmt::format("the EC key of {} has explicit curve parameters: it spells its curve out instead of naming "
                            "it, which RFC 5480 2.1.1 rules out, and many TLS libraries refuse to read or to use such "
                            "a certificate",
                            spelt_out->subject()),
                "make a new key with a named curve (openssl ecparam -name secp384r1 -param_enc named_curve -genkey) "
                "and have a certificate issued for it"};
    }
    const KeyStrength leaf = strength_of(identity.leaf);
    const std::string curve = curve_name(leaf.curve);
    if (!curves.empty() && leaf.key_type == "EC" && std::ranges::find(curves, curve) == curves.end()) {
        return {"strength", Outcome::warning,
                fmt::format("its key is on the curve {}; {} is asked for, or an RSA key of at least 2048 bits",
                            curve.empty() ? "without a name" : curve, fmt::join(curves, " or ")),
                "make the next key on that curve, unless the gateway is known to take this one"};
    }
    return {"strength", Outcome::pass,
            curve.empty() ? fmt::format("{} key of {} bits", leaf.key_type, leaf.bits)
                          : fmt::format("EC key on {}", curve)};
}

std::vector<Finding> examine_enrolled(const Profile& profile, const Identity& identity, SystemTime now) {
    const ClientCertificateRules& rules = profile.client_certificate;
    const std::vector<Certificate> known = known_issuers(profile);
    const bool published = !rules.approved_authorities.empty();
    std::vector<Finding> findings{examine_validity(identity.leaf, now, profile.tls.expiry_warning_days),
                                  examine_client_auth(identity.leaf)};
    if (!rules.common_name.empty()) {
        findings.push_back(examine_name_pattern(identity.leaf, rules.common_name));
    }
    if (published) {
        findings.push_back(examine_authority(identity.leaf, rules.approved_authorities));
    }
    // Public authorities issue from intermediates; a CA of one's own may well be a root that the endpoint has.
    const KnownIssuers issuers{
        .known = known, .alone = published ? Outcome::warning : Outcome::pass, .self_signed_allowed = true};
    findings.push_back(examine_chain(identity, issuers, now));
    findings.push_back(examine_strength(identity, rules.curves, now));
    findings.push_back(examine_renewal(identity.leaf, now));
    return findings;
}

std::vector<Finding> examine_tds(const Profile& profile, SystemTime now) {
    const Identity& tds = *profile.identity("tds");
    std::vector<Finding> findings = examine_enrolled(profile, tds, now);
    for (Finding& finding : findings) {
        finding.outcome = std::min(finding.outcome, Outcome::warning);
    }
    findings.push_back(separate_from(*profile.identity("enrolled"), tds));
    return findings;
}

Verdict judge_fitness(const std::vector<Finding>& findings, std::string_view which, const std::string& fit) {
    const Finding* worst = &findings.front();
    for (const Finding& finding : findings) {
        worst = finding.outcome > worst->outcome ? &finding : worst;
    }
    if (worst->outcome == Outcome::pass) {
        return Verdict::pass("{}", fit);
    }
    std::string sentence =
        fmt::format("{}{}: {}", which, worst->outcome == Outcome::warning ? "" : " is not fit", worst->text);
    std::vector<std::string> facts;
    for (const Finding& finding : findings) {
        if (finding.outcome != Outcome::pass) {
            facts.push_back(finding.fact.empty() ? finding.text : finding.fact);
        }
        if (&finding != worst && finding.outcome != Outcome::pass) {
            sentence += fmt::format("; also: {}", finding.text);
        }
    }
    return Verdict(worst->outcome, std::move(sentence)).remedy(worst->remedy).found(std::move(facts));
}

void note_finding(Context& ctx, const Finding& finding) {
    ctx.evidence()
        .add("certificate_property")
        .with("property", finding.about)
        .with("outcome", to_string(finding.outcome))
        .with("text", finding.text);
}

bool same_public_key(const Certificate& one, const Certificate& other) {
    const bool same = EVP_PKEY_eq(X509_get0_pubkey(one.get()), X509_get0_pubkey(other.get())) == 1;
    ERR_clear_error();
    return same;
}

bool same_organisation(std::string_view one, std::string_view other) {
    const std::string words = organisation_words(one);
    return !words.empty() && words == organisation_words(other);
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

std::vector<Certificate> issuers_among(const std::vector<Certificate>& known, const Certificate& leaf) {
    std::vector<Certificate> issuers;
    std::ranges::copy_if(known, std::back_inserter(issuers),
                         [&leaf](const Certificate& one) { return is_issued_by(leaf, one); });
    std::stable_partition(issuers.begin(), issuers.end(), is_self_signed);
    return issuers;
}

std::vector<Certificate> known_issuers(const Profile& profile) {
    std::vector<Certificate> known = profile.trust.anchors;
    if (profile.issuer) {
        known.push_back(profile.issuer->certificate);
    }
    for (const auto& [role, identity] : profile.identities) {
        known.insert(known.end(), identity->chain.begin(), identity->chain.end());
    }
    return known;
}

}  // namespace gateproof::suites
