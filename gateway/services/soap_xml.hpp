// Foreign XML by namespaces, and elements in the order that a schema has.
#pragma once

#include <pugixml.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace gateproof::gateway {

inline constexpr std::size_t longest_argument = 50;

/// The name without its prefix.
std::string_view local_name(const pugi::xml_node& node);
/// The namespace that the node's prefix is bound to, as the node itself or an ancestor declares it.
std::string_view namespace_of(pugi::xml_node node);
bool is_element(const pugi::xml_node& node, std::string_view uri, std::string_view name);
pugi::xml_node child_of(const pugi::xml_node& parent, std::string_view uri, std::string_view name);
/// The one element inside it; null: there is none, or another beside it.
pugi::xml_node only_child(const pugi::xml_node& parent);
bool is_deeper_than(pugi::xml_node node, int levels);

/// The elements of a node in the order that the schema has.
class Elements {
public:
    explicit Elements(const pugi::xml_node& parent) : next_(parent.first_child()), fits_(parent) {}

    /// The next element if it is this one; null otherwise.
    pugi::xml_node optional(std::string_view uri, std::string_view name) {
        const pugi::xml_node found = is_element(next_, uri, name) ? next_ : pugi::xml_node();
        if (found) {
            next_ = next_.next_sibling();
        }
        return found;
    }
    pugi::xml_node required(std::string_view uri, std::string_view name) {
        const pugi::xml_node found = optional(uri, name);
        fits_ = fits_ && found;
        return found;
    }
    /// A text of 1 to `most` printable characters.
    std::string text(std::string_view uri, std::string_view name, std::size_t most = longest_argument) {
        std::string found = required(uri, name).child_value();
        require(!found.empty() && found.size() <= most &&
                std::ranges::all_of(found, [](char c) { return c >= ' ' && c < 0x7f; }));
        return found;
    }
    void require(bool good) { fits_ = fits_ && good; }
    /// Everything was as demanded, and nothing is left.
    [[nodiscard]] bool ended() const { return fits_ && !next_; }
    [[nodiscard]] bool fits() const { return fits_; }

private:
    pugi::xml_node next_;
    bool fits_;
};

}  // namespace gateproof::gateway
