// How a server's certificate is judged: chain, name, period, key, usage and OCSP, each by itself, so that one fault
// fails one check.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/probe/tls/session.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {

using SystemTime = std::chrono::system_clock::time_point;

/// The machine's CA store, loaded at the first call; never null. Everybody shares it, so nothing is added to it.
X509_STORE* machine_store();

/// Path validation (RFC 5280 section 6) of a chain exactly as the server sent it: no AIA fetching, no intermediates
/// from elsewhere but the anchors of `trust`. The leaf's own period, its extended key usage, host name and key
/// strength are not part of it; an intermediate's period is. `now` is the time to judge at.
/// The machine's store is loaded at the first call that needs it and shared; safe from several threads.
ChainVerdict verify_chain(const std::vector<Certificate>& chain, const Trust& trust, SystemTime now);

/// RFC 9525: `host` is a DNS name matched against SAN dNSName (a wildcard is the whole left-most label; the common
/// name never counts) or an IP literal matched against SAN iPAddress.
bool matches_host(const Certificate& leaf, const std::string& host);
/// Names of the subjectAltName for messages: "DNS:a.example, IP:192.0.2.1"; bounded.
std::string subject_alt_names(const Certificate& leaf);

struct Validity {
    SystemTime not_before;
    SystemTime not_after;
};
/// Empty: the dates do not parse.
std::optional<Validity> validity_of(const Certificate& certificate);

struct KeyStrength {
    std::string key_type;  ///< "RSA", "EC", "ED25519" ...
    int bits = 0;
    std::string curve;             ///< of EC keys: "prime256v1"
    std::string signature_digest;  ///< "SHA256"; empty where the scheme has none of its own (EdDSA)
    bool explicit_curve = false;   ///< an EC key spells its curve out instead of naming it (RFC 5480 2.1.1)
};
KeyStrength strength_of(const Certificate& certificate);
/// What is weak (CA/Browser Forum baseline 6.1.5: RSA below 2048 bits, EC below 256; 7.1.3: MD5 and SHA-1
/// signatures); empty: nothing. `judge_signature` is false for a root, whose signature nobody relies on.
std::string weakness_of(const KeyStrength& strength, bool judge_signature);
bool is_self_signed(const Certificate& certificate);

enum class ServerUsage {
    allowed,  ///< serverAuth or anyExtendedKeyUsage, or no such extension
    no_server_auth,
    key_usage,  ///< keyUsage does not allow digitalSignature (RFC 8446 4.4.2.2, RFC 5246 7.4.2)
    ca,         ///< basicConstraints says that it is a CA
};
/// RFC 5280 4.2.1.12: may this certificate name a TLS server?
ServerUsage server_usage(const Certificate& leaf);

enum class OcspVerdict {
    good,
    revoked,
    unknown,
    not_current,
    unsuccessful,
    malformed,
    wrong_certificate,
    bad_signature
};
struct OcspResult {
    OcspVerdict verdict = OcspVerdict::malformed;
    std::string text;  ///< what was found, one phrase
};
/// Judges a stapled response (RFC 6066 8, RFC 6960): parses, is successful, speaks of chain[0], is signed by its
/// issuer or a responder that the issuer named, is current at `now` (5 minutes of clock difference allowed). Where the
/// issuer is neither in the chain nor an anchor the signature stays unchecked, and `text` says so.
OcspResult judge_ocsp(std::string_view der, const std::vector<Certificate>& chain, const Trust& trust, SystemTime now);

}  // namespace gateproof
