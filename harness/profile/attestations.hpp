// Reads a list of attestations as strictly as a profile: what is said of a check that does not exist is said of
// nothing.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/problems.hpp"
#include "harness/model/attestation.hpp"

namespace gateproof {

/// What attestations may speak of.
struct AttestationNames {
    std::vector<std::string> checks = {};  ///< full ids, and the bare ones of checks with cases
    std::vector<std::string> requirements = {};
    std::vector<std::string> targets = {};
};

struct LoadedAttestations {
    std::vector<Attestation> entries;  ///< empty when there is any problem
    std::vector<ProfileProblem> problems;
};

/// {"attestations": [{"check" or "requirement" or "scenario": ID, "target": NAME, "who": TEXT, "when": "2026-11-26",
/// "text": TEXT, "verdict": "pass" or "fail" of a scenario, "file": PATH, "sha256": HEX}]}. A path starts at the list's
/// own folder. Unknown ids, a day after `today` and an attached file that is not there, too large or not the one of its
/// SHA-256 are problems.
LoadedAttestations load_attestations(const std::filesystem::path& file, const AttestationNames& names,
                                     std::chrono::sys_days today);
/// The same for a text in memory; `name` stands for the file in messages, `directory` is where relative paths start.
LoadedAttestations load_attestations_text(std::string_view text, const std::string& name,
                                          const std::filesystem::path& directory, const AttestationNames& names,
                                          std::chrono::sys_days today);

/// An attached file as it is now.
struct AttachedBytes {
    std::string bytes = {};
    std::string problem = {};  ///< empty: it was read
};
AttachedBytes read_attached(const std::filesystem::path& file);

}  // namespace gateproof
