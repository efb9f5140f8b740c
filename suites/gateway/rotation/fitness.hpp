// Whether a new client certificate is fit for use, judged on this machine before anything is sent.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/identity/identity.hpp"
#include "harness/model/verdict.hpp"
#include "harness/probe/tls/trust.hpp"
#include "harness/profile/rotation.hpp"

namespace gateproof::suites {

/// What is known about a rotation when nobody has been asked yet.
struct Rotation {
    const Identity& fresh;
    const Identity& old;
    const RotationExpectations& expectations;
    const std::vector<Certificate>& known_authorities;  ///< of the profile, beside the machine's own store
    SystemTime now;
    int warning_days = 30;
};

/// One property of the certificate, and how it stands.
struct Finding {
    std::string_view about;  ///< "client_auth", "common_name" ...: stable
    Outcome outcome = Outcome::pass;
    std::string text;
    std::string_view remedy = {};
};

/// Every property, in the order of how often it goes wrong.
std::vector<Finding> examine_new_certificate(const Rotation& rotation);
/// The worst finding leads; the sentence names every other that is not a pass.
Verdict judge_fitness(const std::vector<Finding>& findings, const Certificate& leaf);

bool same_public_key(const Certificate& one, const Certificate& other);
/// Organisations are compared by their words, without case and legal form: "DigiCert, Inc." is DigiCert, "DigiCertain"
/// is not.
bool same_organisation(std::string_view one, std::string_view other);
/// organizationName of the issuer, or its common name where it has none (a private CA).
std::string issuing_organisation(const Certificate& leaf);

}  // namespace gateproof::suites
