// Certificates that a run speaks of, and when they expire: those that the servers showed and those of the profiles.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/journal/record.hpp"

namespace gateproof::reports {

struct CertificateFact {
    std::string target;
    std::string role;  ///< "server", or the role of a client identity
    std::string subject;
    std::string issuer;
    std::string sha256;
    std::chrono::system_clock::time_point not_after;
    /// Whole days from the end of the run, rounded down; negative once expired.
    std::int64_t days_left = 0;

    /// False for an identity that is meant to be refused (expired, revoked ...): its dates alarm nobody.
    [[nodiscard]] bool in_use() const;
};

/// By target: the leaves that its server showed (each once), then the client identities.
std::vector<CertificateFact> certificates_of(const RunRecord& run);

/// The field's text; null when there is none of that name or it is no text.
const std::string* text_field(const Observation& observation, std::string_view name);
/// The field's whole number; `fallback` when there is none.
std::int64_t number_field(const Observation& observation, std::string_view name, std::int64_t fallback = 0);

}  // namespace gateproof::reports
