// A certificate on the way to being made: a copy of a genuine one, changed and signed anew.
#pragma once

#include <openssl/x509.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/identity/identity.hpp"
#include "harness/probe/forge/forge.hpp"

namespace gateproof::forge {

/// Starts as a copy with a random serial number; a step that fails makes sign() give nothing.
class Mould {
public:
    explicit Mould(const Certificate& model);
    /// A CA certificate of this subject, with the lifetime of `model`, made from nothing.
    static Mould authority(const X509_NAME* subject, const Certificate& model);

    /// From nothing, with that CN alone; a lifetime has to be set.
    static Mould blank(std::string_view common_name);

    /// Every CN of the subject gives way to these, in order, as UTF8String; none: the subject has no CN.
    void set_common_names(const std::vector<std::string>& names);
    /// Further attributes, as UTF8String: some in front of all that the subject has, in order, some behind it.
    void surround_subject(const std::vector<NameAttribute>& before, const std::vector<NameAttribute>& behind);
    /// subjectAltName of these dNSNames, byte for byte: NUL too.
    void set_dns_names(const std::vector<std::string>& names);
    /// As dNSName and as a directoryName with that CN.
    void set_subject_alt_name(std::string_view name);
    void remove(int extension);
    /// OpenSSL's words: "critical,CA:TRUE". Replaces one of that kind.
    void set(int extension, const std::string& value);
    /// From now.
    void set_lifetime(int from_days, int to_days);
    /// notAfter, from now.
    void set_end(std::chrono::seconds from_now);

    /// Both ends from now.
    void set_period(std::chrono::seconds from, std::chrono::seconds to);
    /// A critical extension of a type that nobody knows (RFC 5280 4.2).
    void add_unknown_critical();
    /// What sign() signs with instead of digest_for.
    void set_digest(const EVP_MD* digest) { digest_ = digest; }
    /// sign() leaves subject and authority key identifiers as the model has them, whatever the keys are.
    void keep_key_identifiers() { keeps_key_identifiers_ = true; }

    /// Null `issuer`: signed by itself with `key`. Subject and authority key identifiers are made to fit.
    std::optional<Certificate> sign(EVP_PKEY* key, const Certificate* issuer, EVP_PKEY* issuer_key);

private:
    explicit Mould(CertificateHandle handle);

    void need(bool done) { good_ = good_ && done; }
    void add(int extension, const std::string& value, X509* issuer);

    CertificateHandle made_;
    bool good_;
    bool keeps_key_identifiers_ = false;
    const EVP_MD* digest_ = nullptr;  ///< null: digest_for
};

}  // namespace gateproof::forge
