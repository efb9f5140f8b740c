#include "harness/message/json_reference.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "harness/text/escapes.hpp"

namespace gateproof {
namespace {

/// %XX alone: the other escapes mean nothing in a URI.
std::string fragment_decoded(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const Escape escape = text.front() == '%' ? escape_at(text) : Escape{};
        out += escape.size == 0 ? text.substr(0, 1) : escape.text();
        text.remove_prefix(escape.size == 0 ? 1 : escape.size);
    }
    return out;
}

}  // namespace

const nlohmann::json* follow_reference(const nlohmann::json& document, const nlohmann::json& from) {
    const nlohmann::json& reference = from.at("$ref");
    if (!reference.is_string()) {
        return nullptr;
    }
    const std::string_view text = reference.get_ref<const std::string&>();
    if (text.substr(0, 1) != "#") {
        return nullptr;
    }
    try {
        return &document.at(nlohmann::json::json_pointer(fragment_decoded(text.substr(1))));
    } catch (const nlohmann::json::exception&) {
        return nullptr;
    }
}

}  // namespace gateproof
