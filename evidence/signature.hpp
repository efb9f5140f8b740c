// Detached CMS signatures (RFC 5652), as `openssl cms` makes and verifies them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/identity/identity.hpp"

namespace gateproof::evidence {

/// PEM ("-----BEGIN CMS-----"), with the signer's certificate and intermediates in it; the key may stay in a token.
/// Throws std::runtime_error when the identity cannot sign, or signs what verify_detached() would refuse.
std::string sign_detached(const Identity& identity, std::string_view content);

/// Who must have signed. Nothing of it given: whoever signed is shown and not judged.
struct SignerDemand {
    std::vector<Certificate> authorities = {};  ///< one of them issued the signer's certificate, perhaps indirectly
    std::string subject =
        {};  ///< RFC 2253, as Certificate::subject() writes it; says something beside authorities alone
    std::string sha256 = {};  ///< of the signer's certificate, upper-case hex; empty: any
    std::optional<std::chrono::system_clock::time_point> at = {};  ///< when certificates must be valid; empty: now

    [[nodiscard]] bool names_signer() const { return !subject.empty() || !sha256.empty(); }
    [[nodiscard]] bool is_made() const { return !authorities.empty() || names_signer(); }
};

struct SignatureResult {
    bool good = false;     ///< the signature is the signer's, over exactly these bytes, and strong enough to prove it
    bool trusted = false;  ///< and the signer is whom the demand asks for
    bool expired = false;  ///< nothing but the end of a certificate's time keeps it from being trusted
    std::string signer;    ///< RFC 2253; empty when there is none
    std::string problem;   ///< why it is not good, or not trusted
};
/// Any extended key usage will do: the signer is a client of the gateway, not a sender of mail. RFC 5280 4.2.1.3: a key
/// usage that is there must hold digitalSignature. Digests below SHA-256, and keys and certificates below 112 bits
/// (OpenSSL's level 2), prove nothing.
SignatureResult verify_detached(std::string_view cms_pem, std::string_view content, const SignerDemand& demand);

}  // namespace gateproof::evidence
