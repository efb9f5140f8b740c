// What a client certificate has to be, as published or as a profile says, and who may issue it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/requirement.hpp"

namespace gateproof {

/// A public authority that may issue client certificates, and until when it does: days as 2027-03-01, each empty where
/// nothing is known. The table stands in certificate_authorities.json.
struct CertificateAuthority {
    std::string_view name;            ///< its organisation, without legal form
    std::string_view left_out_since;  ///< clientAuth is left out of certificates since then, unless it is asked for
    std::string_view ends;            ///< no certificate with clientAuth is issued from then on
    std::string_view source;          ///< who says so, and where
};

/// The authorities that Inland Revenue publishes as approved (Mutual Authentication and Cipher Support).
std::span<const CertificateAuthority> certificate_authorities();
/// Their names.
const std::vector<std::string>& published_authorities();

/// Whether summary and batch of TDS are served under their own certificate alone: one text requires it, another
/// recommends it.
enum class TdsCertificate { required, recommended };

/// The rules that the enrolled certificate is judged by; what is empty is not judged.
struct ClientCertificateRules {
    /// {hex32} stands for 32 hexadecimal digits, {domain} for a domain name of two labels or more.
    std::string common_name;
    std::vector<std::string> approved_authorities;  ///< organisations
    std::vector<std::string> curves;                ///< of EC keys, by their NIST names: "P-384"
    TdsCertificate tds = TdsCertificate::required;
};

/// As published for the environments of the gateway itself (Access, 2024-06-18: Mutual Authentication and Cipher
/// Support; Identity and Access 3.2). None for an embedded gateway, a sandbox or the mock: they have rules of their
/// own.
ClientCertificateRules published_rules(Environment environment);

/// The name as a whole fits the pattern of ClientCertificateRules::common_name.
bool fits_pattern(std::string_view name, std::string_view pattern);
/// What is wrong with the pattern ("{hex} is ..."); empty: nothing.
std::string pattern_fault(std::string_view pattern);

/// The names that `curves` may hold.
const std::vector<std::string>& known_curves();
/// "P-384" of OpenSSL's "secp384r1"; any other name as it is.
std::string curve_name(std::string_view openssl_name);

}  // namespace gateproof
