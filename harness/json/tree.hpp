// A JSON text as a tree in which every value knows where it was written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateproof {

/// A value and its place. Members of an object are kept in the order of the file.
struct JsonNode {
    enum class Kind { null, boolean, integer, number, string, array, object };

    Kind kind = Kind::null;
    std::size_t at = 0;      ///< byte offset of the value's first character
    std::string key;         ///< name under which the parent object holds it
    std::size_t key_at = 0;  ///< byte offset of the key's opening quote
    bool boolean = false;
    std::int64_t integer = 0;  ///< for Kind::integer; out of range numbers are Kind::number
    double number = 0;         ///< for Kind::integer and Kind::number
    std::string text;
    std::vector<JsonNode> children;  ///< items of an array, members of an object

    /// What stands there, for messages: `"abc"`, `the number 5`, `an object`. Text is cut and escaped.
    [[nodiscard]] std::string describe() const;
    /// The same without the content, for places that may hold a secret: `a string`.
    [[nodiscard]] std::string describe_kind() const;
};

/// A fault of the text itself: syntax, a duplicate key, a bound.
struct JsonFault {
    std::size_t offset = 0;
    std::string pointer;
    std::string message;
};

/// `root` is empty when a fault made the text unreadable; duplicate keys leave it readable (the first one counts).
struct JsonTree {
    std::optional<JsonNode> root;
    std::vector<JsonFault> faults;
};

/// Larger texts and deeper nesting are refused.
inline constexpr std::size_t max_json_bytes = std::size_t{1} << 20;
inline constexpr std::size_t max_json_depth = 32;

/// Parses strict JSON (RFC 8259): no comments, no trailing commas, valid UTF-8, no duplicate keys.
JsonTree parse_json_tree(std::string_view text);

/// RFC 6901, section 3: empty, or components that each begin with '/', in which '~' stands before 0 or 1.
bool is_json_pointer(std::string_view text);

/// Appends a component to a JSON pointer, escaped (RFC 6901, section 3); overlong ones are cut.
std::string pointer_join(std::string_view pointer, std::string_view component);

/// Text for a message: quoted, control characters escaped, cut after `limit` bytes.
std::string in_quotes(std::string_view text, std::size_t limit = 60);

/// Lines and columns of byte offsets.
class LineIndex {
public:
    struct Position {
        int line = 1;    ///< 1-based
        int column = 1;  ///< 1-based, in bytes
    };
    explicit LineIndex(std::string_view text);
    [[nodiscard]] Position position(std::size_t offset) const;

private:
    std::vector<std::size_t> starts_;
    std::size_t size_;
};

}  // namespace gateproof
