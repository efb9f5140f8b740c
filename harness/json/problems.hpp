// Collects everything that is wrong with one profile, each with its place.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/json/tree.hpp"

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

/// A value of the file and the pointer that leads to it; null `node`: not given.
struct JsonField {
    const JsonNode* node = nullptr;
    std::string pointer;

    explicit operator bool() const { return node != nullptr; }
};

class Problems {
public:
    /// What the reader should look at first: a misspelt key is the cause of other problems, so it leads.
    enum class Rank { syntax, key, value, secret };
    /// More problems than this are counted but not told.
    static constexpr std::size_t most = 20;

    Problems(std::string file, const LineIndex& lines) : file_(std::move(file)), lines_(lines) {}

    void error(Rank rank, std::size_t offset, std::string pointer, std::string message);
    void error(Rank rank, const JsonField& field, std::string message);
    void warning(const JsonField& field, std::string message);

    [[nodiscard]] bool any() const { return !errors_.empty(); }
    /// Best first, at most `most`; a last one says how many more there are.
    [[nodiscard]] std::vector<ProfileProblem> errors() const;
    [[nodiscard]] const std::vector<ProfileProblem>& warnings() const { return warnings_; }

private:
    struct Ranked {
        Rank rank;
        std::size_t offset;
        ProfileProblem problem;
    };
    [[nodiscard]] ProfileProblem place(std::size_t offset, std::string pointer, std::string message) const;

    std::string file_;
    const LineIndex& lines_;
    std::vector<Ranked> errors_;
    std::vector<ProfileProblem> warnings_;
};

/// parse_json_tree(), its faults told among the problems.
JsonTree parse_json_tree(std::string_view text, Problems& problems);

}  // namespace gateproof
