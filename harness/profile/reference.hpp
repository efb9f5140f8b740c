// Values that a profile names instead of holding: env:NAME, file:PATH, embedded:NAME.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/problems.hpp"

namespace gateproof {

/// Gives the text behind a reference scheme that only the caller knows ("embedded:cloud-url"); empty: unknown name.
using ReferenceResolver = std::function<std::optional<std::string>(std::string_view reference)>;

struct LoadOptions {
    ReferenceResolver embedded;  ///< for "embedded:NAME"; without it such a reference is a problem
    /// false: structure alone is judged; secrets and certificate files are not read (profile validate --no-secrets).
    bool read_secrets = true;
};

/// A text that a reference led to.
struct ResolvedText {
    std::string text;
    std::string source;          ///< the reference itself, for messages
    std::filesystem::path file;  ///< for file: references
};

/// True when the text starts with "env:", "env-file:", "file:" or "embedded:".
bool is_reference(std::string_view text);

/// What is wrong with the spelling of a reference; empty: nothing.
std::string reference_fault(std::string_view text);

/// Follows the references of one profile; every failure becomes a problem at the field that holds the reference.
class References {
public:
    References(Problems& problems, std::filesystem::path directory, const LoadOptions& options,
               std::vector<std::string>& secrets)
        : problems_(problems), directory_(std::move(directory)), options_(options), secrets_(secrets) {}

    /// A field that must be a reference (key, passphrase, certificate). Nothing when secrets are not to be read.
    std::optional<ResolvedText> follow(const JsonField& field, std::string_view what);
    /// The same for what may also stay in a token: a PKCS#11 URI is given as its own text.
    std::optional<ResolvedText> follow_or_token(const JsonField& field, std::string_view what);
    /// A field that may be a literal or a reference: the literal, or what the reference leads to. Nothing when it is
    /// a reference and secrets are not to be read.
    std::optional<ResolvedText> literal_or_follow(const JsonField& field, std::string_view expected);

    /// Remembers a value that must never appear in any output.
    void keep_secret(std::string_view value);
    /// False: references are judged by their spelling alone.
    [[nodiscard]] bool reads() const { return options_.read_secrets; }
    [[nodiscard]] Problems& problems() { return problems_; }
    /// A path as the profile means it: relative to the folder that the profile is in.
    [[nodiscard]] std::filesystem::path in_folder(const std::filesystem::path& path) const { return directory_ / path; }

private:
    std::optional<ResolvedText> resolve(const JsonField& field, const std::string& reference);
    /// `name`: of the file, relative to the profile.
    std::optional<ResolvedText> read_file(const JsonField& field, const std::string& reference,
                                          const std::string& name);

    Problems& problems_;
    std::filesystem::path directory_;
    const LoadOptions& options_;
    std::vector<std::string>& secrets_;
};

/// Without the line end that an editor leaves at the end of a file.
std::string without_line_end(std::string text);

}  // namespace gateproof
