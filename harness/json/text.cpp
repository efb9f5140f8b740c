// Positions, pointers and quoting: the parts of tree.hpp that need no parser.
#include <fmt/format.h>

#include <algorithm>

#include "harness/json/tree.hpp"

namespace gateproof {

namespace {

/// The longest prefix of at most `limit` bytes that ends between two UTF-8 characters.
std::string_view cut(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) {
        return text;
    }
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) {
        --limit;
    }
    return text.substr(0, limit);
}

std::string escape_controls(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (byte < 0x20 || byte == 0x7F) {
            out += fmt::format("\\x{:02x}", byte);
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace

std::string in_quotes(std::string_view text, std::size_t limit) {
    const bool whole = text.size() <= limit;
    return fmt::format("\"{}\"{}", escape_controls(cut(text, limit)), whole ? "" : "...");
}

bool is_json_pointer(std::string_view text) {
    if (!text.empty() && text.front() != '/') {
        return false;
    }
    for (std::size_t at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
        if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) {
            return false;
        }
    }
    return true;
}

std::string pointer_join(std::string_view pointer, std::string_view component) {
    constexpr std::size_t limit = 100;
    std::string out(pointer);
    out += '/';
    for (const char c : escape_controls(cut(component, limit))) {
        if (c == '~') {
            out += "~0";
        } else if (c == '/') {
            out += "~1";
        } else {
            out += c;
        }
    }
    if (component.size() > limit) {
        out += "...";
    }
    return out;
}

std::string JsonNode::describe_kind() const {
    switch (kind) {
        case Kind::null: return "null";
        case Kind::boolean: return boolean ? "true" : "false";
        case Kind::integer:
        case Kind::number: return "a number";
        case Kind::string: return text.empty() ? "an empty string" : "a string";
        case Kind::array: return children.empty() ? "an empty list" : "a list";
        case Kind::object: return "an object";
    }
    return "a value";
}

std::string JsonNode::describe() const {
    switch (kind) {
        case Kind::integer: return fmt::format("the number {}", integer);
        case Kind::number: return fmt::format("the number {}", number);
        case Kind::string: return text.empty() ? "an empty string" : in_quotes(text);
        default: return describe_kind();
    }
}

LineIndex::LineIndex(std::string_view text) : starts_{0}, size_(text.size()) {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
        starts_.push_back(at + 1);
    }
}

LineIndex::Position LineIndex::position(std::size_t offset) const {
    offset = std::min(offset, size_);
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const auto line = static_cast<std::size_t>(next - starts_.begin());
    return {static_cast<int>(line), static_cast<int>(offset - starts_[line - 1] + 1)};
}

}  // namespace gateproof
