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
    KnownList list = {};  ///< empty when there is any problem; `judged` is left to the caller
    std::vector<ProfileProblem> problems = {};
};

/// {"known_failures": [{"check": GLOB, "target": GLOB, "reason": TEXT, "expires": "2026-12-31", "outcomes": [...],
///                      "found": [TEXT, ...] or "sha256:..."}],
///  "expected_skips": [{"check": GLOB, "target": GLOB, "reason": TEXT}]}
LoadedKnownFailures load_known_failures(const std::filesystem::path& file);
LoadedKnownFailures load_known_failures_text(std::string_view text, const std::string& name);

}  // namespace gateproof
