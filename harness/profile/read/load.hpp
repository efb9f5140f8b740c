// Reads a profile file strictly: unknown keys, wrong types and missing secrets are errors that say where and what.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/profile/profile.hpp"

namespace gateproof {

/// One thing that is wrong (or, in `warnings`, unwise) in a profile.
struct ProfileProblem {
    std::string file;
    int line = 0;         ///< 1-based; 0 when the file could not be read
    int column = 0;       ///< 1-based, in bytes
    std::string pointer;  ///< JSON pointer (RFC 6901) of the value
    std::string message;  ///< what was found, what was expected, a near match, what to do

    /// "file:line:column: /pointer: message"
    [[nodiscard]] std::string text() const;
};

struct LoadedProfile {
    std::optional<Profile> profile;  ///< empty when there is any problem
    std::vector<ProfileProblem> problems;
    std::vector<ProfileProblem> warnings;  ///< for instance a private key file that others can read
    std::vector<std::string> secrets;      ///< values that must never appear in any output; for the Redactor
    std::string digest;  ///< SHA-256 of the text without its secrets and of the certificates it refers to
};

/// Gives the text behind a reference scheme that only the caller knows ("embedded:cloud-url"); empty: unknown name.
using ReferenceResolver = std::function<std::optional<std::string>(std::string_view reference)>;

struct LoadOptions {
    ReferenceResolver embedded;  ///< for "embedded:NAME"; without it such a reference is a problem
    /// false: structure alone is judged; secrets and certificate files are not read (profile validate --no-secrets).
    bool read_secrets = true;
};

LoadedProfile load_profile(const std::filesystem::path& file, const LoadOptions& options = {});

/// The same for a text in memory; `name` stands for the file in messages, `directory` is where relative paths start.
LoadedProfile load_profile_text(std::string_view text, const std::string& name, const std::filesystem::path& directory,
                                const LoadOptions& options = {});

}  // namespace gateproof
