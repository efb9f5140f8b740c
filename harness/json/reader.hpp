// Reads the members of an object into types; what does not fit becomes a problem.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/problems.hpp"

namespace gateproof {

/// One object of the profile. Every key is asked for by name; finish() then reports the keys that nobody asked for
/// and the required ones that are missing. A value that is no object is reported at once and has no members.
class ObjectReader {
public:
    ObjectReader(const JsonField& field, Problems& problems, std::string_view expected = "an object");

    [[nodiscard]] bool usable() const { return usable_; }
    [[nodiscard]] const JsonField& field() const { return field_; }
    /// Null field when the key is absent.
    JsonField optional(std::string_view key);
    /// The same; an absent key is reported by finish() with what it is for.
    JsonField required(std::string_view key, std::string_view purpose);
    /// Every member, for objects whose keys are free names.
    std::vector<JsonField> members();
    void finish();

private:
    struct Missing {
        std::string key;
        std::string purpose;
    };
    JsonField field_;
    Problems& problems_;
    bool usable_ = false;
    std::vector<std::string> known_;
    std::vector<Missing> missing_;
};

/// Text that is a template's placeholder ("FILL IN: ..."): reported once for the whole file, skipped by every reader.
bool is_placeholder(const JsonNode& node);

/// Each reader gives a value, or reports what was found and what was expected. A null field gives nothing.
std::optional<std::string> read_text(const JsonField& field, Problems& problems, std::string_view expected = "text");
/// Empty, and reported where the field is there, for text of white space alone.
std::string read_filled_text(const JsonField& field, Problems& problems, std::string_view expected);
/// A day such as 2026-12-31, not before 1970.
std::optional<std::chrono::sys_days> read_day(const JsonField& field, Problems& problems);
std::optional<bool> read_bool(const JsonField& field, Problems& problems);
std::optional<std::int64_t> read_integer(const JsonField& field, Problems& problems, std::int64_t least,
                                         std::int64_t most);
std::optional<double> read_number(const JsonField& field, Problems& problems, double least, double most);
/// One of the words; a near match is named.
std::optional<std::string> read_choice(const JsonField& field, Problems& problems,
                                       const std::vector<std::string>& words);
/// The items of a list of at least one item without repetition.
std::vector<JsonField> read_list(const JsonField& field, Problems& problems, std::string_view expected);

}  // namespace gateproof
