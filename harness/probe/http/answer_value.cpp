#include "harness/probe/http/answer_value.hpp"

#include <nlohmann/json.hpp>
#include <pugixml.hpp>

namespace gateproof {
namespace {

using nlohmann::json;

constexpr int deepest = 64;

bool has_doctype(const pugi::xml_document& document) {
    for (const pugi::xml_node& node : document) {
        if (node.type() == pugi::node_doctype) {
            return true;
        }
    }
    return false;
}

/// Counts without recursion: how deep it goes is what is in doubt.
bool is_too_deep(const pugi::xml_document& document) {
    pugi::xml_node node = document;
    for (int depth = 0; depth <= deepest;) {
        if (node.first_child()) {
            node = node.first_child();
            ++depth;
            continue;
        }
        while (node != document && !node.next_sibling()) {
            node = node.parent();
            --depth;
        }
        if (node == document) {
            return false;
        }
        node = node.next_sibling();
    }
    return true;
}

}  // namespace

std::optional<std::string> json_value(std::string_view body, const std::string& pointer) {
    if (body.size() > max_answer_bytes) {
        return std::nullopt;
    }
    const json answer = json::parse(body, nullptr, false);
    if (answer.is_discarded()) {
        return std::nullopt;
    }
    try {
        const json& value = answer.at(json::json_pointer(pointer));
        if (value.is_null() || value.is_structured()) {
            return std::nullopt;
        }
        return value.is_string() ? value.get<std::string>()
                                 : value.dump(-1, ' ', false, json::error_handler_t::replace);
    } catch (const json::exception&) {
        return std::nullopt;  // no such place in this answer
    }
}

bool is_ascending(std::string_view body, const std::string& list, const std::string& by) {
    const json answer = body.size() > max_answer_bytes ? json() : json::parse(body, nullptr, false);
    try {
        std::string before;
        for (const json& item : answer.at(json::json_pointer(list)).get_ref<const json::array_t&>()) {
            const std::string& one = item.at(json::json_pointer(by)).get_ref<const std::string&>();
            if (one < before) {
                return false;
            }
            before = one;
        }
        return true;
    } catch (const json::exception&) {
        return false;  // no such list, or an item without that text
    }
}

std::optional<std::string> xml_value(std::string_view body, const std::string& expression) {
    pugi::xml_document document;
    constexpr unsigned how = pugi::parse_default | pugi::parse_doctype;
    if (body.size() > max_answer_bytes || !document.load_buffer(body.data(), body.size(), how) ||
        has_doctype(document) || is_too_deep(document)) {
        return std::nullopt;
    }
    try {
        std::string text = pugi::xpath_query(expression.c_str()).evaluate_string(document);
        return text.empty() ? std::nullopt : std::optional(std::move(text));
    } catch (const pugi::xpath_exception&) {
        return std::nullopt;
    }
}

std::optional<std::string> value_at(std::string_view body, const std::string& pointer, const std::string& xpath) {
    return pointer.empty() ? xml_value(body, xpath) : json_value(body, pointer);
}

}  // namespace gateproof
