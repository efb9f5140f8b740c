// Detached CMS signatures (RFC 5652), as `openssl cms` makes and verifies them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/identity/identity.hpp"

namespace gateproof::evidence {

/// PEM ("-----BEGIN CMS-----"), with the signer's certificate and intermediates in it; the key may stay in a token.
/// Throws std::runtime_error when the key cannot sign.
std::string sign_detached(const Identity& identity, std::string_view content);

struct SignatureResult {
    bool good = false;     ///< the signature is the signer's, over exactly these bytes
    bool trusted = false;  ///< and the signer's chain leads to one of the authorities
    std::string signer;    ///< RFC 2253; empty when there is none
    std::string problem;   ///< why it is not good, or not trusted
};
/// `authorities` empty: whether the signer is trusted is not judged. Any purpose will do: the signer is a client of the
/// gateway, not a sender of mail.
SignatureResult verify_detached(std::string_view cms_pem, std::string_view content,
                                const std::vector<Certificate>& authorities);

}  // namespace gateproof::evidence
