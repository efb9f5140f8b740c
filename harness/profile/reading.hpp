// Where published documents contradict each other: the named readings of them, and which one judges an endpoint.
#pragma once

#include <optional>
#include <string_view>

#include "harness/model/requirement.hpp"

namespace gateproof {

struct Profile;

/// What a profile follows wherever it says nothing else (key `reading`).
enum class NamedReading {
    packs_2024,  ///< the build packs of 2023 and 2024
    se_2021,     ///< the page "Service endpoints" of 28 April 2021
};
/// "packs-2024"
std::string_view to_string(NamedReading reading);
/// Inverse of to_string; empty for an unknown word.
std::optional<NamedReading> reading_from(std::string_view word);

/// What of a client certificate is enrolled.
enum class CertificateTrust {
    by_name,         ///< its common name: any certificate of an approved authority with it is good until it expires or
                     ///< is revoked
    by_certificate,  ///< itself: another is unknown until it is exchanged, and gone once it is cut over
};

/// Which source addresses an endpoint lets in.
enum class SourceRule {
    open,          ///< all of them; on the cloud channel the certificate alone decides
    allow_listed,  ///< those that are allow-listed
};

/// rotation.trust, or what the profile's reading says.
CertificateTrust certificate_trust(const Profile& profile);
/// firewall, or what the profile's reading says of its channel and environment.
SourceRule source_rule(const Profile& profile);

/// The name of the reading (RequirementReading::name) that judges this endpoint in the matter, its own values
/// considered; "profile" where they are those of no reading.
std::string_view reading_in_force(const Profile& profile, Contradiction matter);

}  // namespace gateproof
