// The words of `gateproof rotate-check` that say which certificates are meant.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/profile/profile.hpp"

namespace gateproof::cli {

/// A certificate on the command line, with its key.
struct CertificateWords {
    std::string_view option;     ///< "--old", for messages
    std::string certificate;     ///< a role of the profile, or a file: PEM, or PKCS#12 by its name (.p12, .pfx)
    std::string key;             ///< file or PKCS#11 URI; empty: in the certificate's file, or NAME.key beside NAME.pem
    std::string passphrase_env;  ///< environment variable with the passphrase or PIN; empty: none
};

/// The identity, and what of it must never appear in any output. Throws Unusable.
std::shared_ptr<const Identity> load_certificate(const CertificateWords& words, const Profile& profile,
                                                 const std::string& role, std::vector<std::string>& secrets);

}  // namespace gateproof::cli
