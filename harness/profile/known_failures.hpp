// Reads a list of accepted failures as strictly as a profile: what is accepted must not be accepted by a typing error.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/problems.hpp"
#include "harness/model/known_failure.hpp"

namespace gateproof {

struct LoadedKnownFailures {
    std::vector<KnownFailure> entries;  ///< empty when there is any problem
    std::vector<ProfileProblem> problems;
};

/// {"known_failures": [{"check": GLOB, "target": GLOB, "reason": TEXT, "expires": "2026-12-31", "outcomes": [...]}]}
LoadedKnownFailures load_known_failures(const std::filesystem::path& file);
LoadedKnownFailures load_known_failures_text(std::string_view text, const std::string& name);

}  // namespace gateproof
