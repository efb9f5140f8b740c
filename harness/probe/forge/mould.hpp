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

    /// Every CN of the subject gives way to these, in order, as UTF8String; none: the subject has no CN.
    void set_common_names(const std::vector<std::string>& names);
    /// Further attributes, as UTF8String: some in front of all that the subject has, in order, some behind it.
    void surround_subject(const std::vector<NameAttribute>& before, const std::vector<NameAttribute>& behind);
    /// As dNSName and as a directoryName with that CN.
    void set_subject_alt_name(std::string_view name);
    void remove(int extension);
    /// OpenSSL's words: "critical,CA:TRUE". Replaces one of that kind.
    void set(int extension, const std::string& value);
    /// From now.
    void set_lifetime(int from_days, int to_days);
    /// notAfter, from now.
    void set_end(std::chrono::seconds from_now);

    /// Null `issuer`: signed by itself with `key`. Subject and authority key identifiers are made to fit.
    std::optional<Certificate> sign(EVP_PKEY* key, const Certificate* issuer, EVP_PKEY* issuer_key);

private:
    explicit Mould(CertificateHandle handle);

    void need(bool done) { good_ = good_ && done; }
    void add(int extension, const std::string& value, X509* issuer);

    CertificateHandle made_;
    bool good_;
};

}  // namespace gateproof::forge
