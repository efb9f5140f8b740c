// Reads a profile file strictly: unknown keys, wrong types and missing secrets are errors that say where and what.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/problems.hpp"
#include "harness/profile/profile.hpp"
#include "harness/profile/reference.hpp"

namespace gateproof {

struct LoadedProfile {
    std::optional<Profile> profile;  ///< empty when there is any problem
    std::vector<ProfileProblem> problems;
    std::vector<ProfileProblem> warnings;  ///< for instance a private key file that others can read
    std::vector<std::string> secrets;      ///< values that must never appear in any output; for the Redactor
    std::string digest;  ///< SHA-256 of the text without its secrets and of the certificates it refers to
};

LoadedProfile load_profile(const std::filesystem::path& file, const LoadOptions& options = {});

/// The same for a text in memory; `name` stands for the file in messages, `directory` is where relative paths start.
LoadedProfile load_profile_text(std::string_view text, const std::string& name, const std::filesystem::path& directory,
                                const LoadOptions& options = {});

}  // namespace gateproof
