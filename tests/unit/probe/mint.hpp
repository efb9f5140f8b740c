// Certificates made in memory for tests.
#pragma once

#include <openssl/ssl.h>

#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/identity/identity.hpp"

namespace gateproof::test {

/// A certificate with its key, shared as the product shares them.
struct Minted {
    Certificate certificate;
    std::shared_ptr<EVP_PKEY> key;
};

struct MintOptions {
    std::string common_name = "localhost";
    std::string subject_alt_name = "DNS:localhost,IP:127.0.0.1";  ///< OpenSSL configuration syntax; empty: none
    std::string extended_key_usage = "serverAuth";                ///< empty: none
    std::string basic_constraints = {};                           ///< empty: none
    long not_before = -3600;                                      ///< seconds from now
    long not_after = 90L * 24 * 3600;
    std::string digest = "SHA256";
    int rsa_bits = 0;  ///< 0: EC with this curve
    std::string curve = "P-256";
    bool explicit_curve = false;             ///< the EC key spells its curve out
    std::string organisation = {};           ///< O of the subject; empty: none
    std::shared_ptr<EVP_PKEY> key = {};      ///< null: a new one
    std::string key_usage = {};              ///< empty: none
    std::string authority_information = {};  ///< "OCSP;URI:http://ocsp.test/"; empty: none
    std::string tls_feature = {};            ///< "status_request"; empty: none
    std::string name_constraints = {};       ///< "critical,permitted;DNS:localhost"; empty: none
    std::function<void(X509*)> last = {};    ///< before it is signed
};

/// Signed by `issuer`, or by itself without one.
Minted mint(const MintOptions& options, const Minted* issuer = nullptr);
Minted mint_ca(const std::string& common_name, const Minted* issuer = nullptr);
std::shared_ptr<const Identity> identity_of(const Minted& leaf, std::vector<Certificate> chain = {});

/// An authority, with a certificate for each side of a connection.
struct Pki {
    Minted ca = mint_ca("test CA");
    Minted server = mint({}, &ca);
    Minted client = mint({.common_name = "dsp", .extended_key_usage = "clientAuth"}, &ca);
};
/// The same for every test of a program.
const Pki& pki();

}  // namespace gateproof::test
