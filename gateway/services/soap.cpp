#include "gateway/services/soap.hpp"

#include <pugixml.hpp>

#include <algorithm>

namespace gateproof::gateway {
namespace {

constexpr std::string_view envelope_namespace = "http://www.w3.org/2003/05/soap-envelope";
constexpr std::size_t longest_argument = 64;

std::string_view local_name(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// The namespace that the node's prefix is bound to, as the node itself or an ancestor declares it.
std::string_view namespace_of(pugi::xml_node node) {
    const std::string_view name = node.name();
    const std::size_t colon = name.find(':');
    const std::string declaration =
        colon == std::string_view::npos ? "xmlns" : "xmlns:" + std::string(name.substr(0, colon));
    for (; node; node = node.parent()) {
        if (const pugi::xml_attribute bound = node.attribute(declaration.c_str())) {
            return bound.value();
        }
    }
    return {};
}

pugi::xml_node child_named(const pugi::xml_node& parent, std::string_view name) {
    return parent.find_child([name](const pugi::xml_node& child) { return local_name(child) == name; });
}

bool is_deeper_than(pugi::xml_node node, int levels) {
    // Walks without recursion: the depth is what is in doubt.
    int depth = 0;
    const pugi::xml_node root = node;
    while (true) {
        if (depth > levels) {
            return true;
        }
        if (node.first_child()) {
            node = node.first_child();
            ++depth;
            continue;
        }
        while (node != root && !node.next_sibling()) {
            node = node.parent();
            --depth;
        }
        if (node == root) {
            return false;
        }
        node = node.next_sibling();
    }
}

std::optional<std::string> argument(const pugi::xml_node& request, std::string_view name) {
    const pugi::xml_node found = child_named(request, name);
    std::string text = found.child_value();
    const bool plain = !text.empty() && text.size() <= longest_argument &&
                       std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
    return found && plain ? std::optional(std::move(text)) : std::nullopt;
}

bool is_date(std::string_view text) {
    constexpr std::string_view shape = "0000-00-00";
    return std::ranges::equal(text, shape,
                              [](char c, char like) { return like == '-' ? c == '-' : c >= '0' && c <= '9'; });
}

bool is_amount(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string_view rest = text.substr(digits);
    return digits > 0 && digits < 12 &&
           (rest.empty() ||
            (rest.size() == 3 && rest[0] == '.' && rest.find_first_not_of("0123456789", 1) == std::string_view::npos));
}

}  // namespace

SoapCall read_soap_call(std::string_view body) {
    SoapCall call;
    call.fault = SoapStatus::unrecognised_xml;
    pugi::xml_document document;
    constexpr unsigned how = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_doctype;
    if (body.size() > max_soap_bytes || !document.load_buffer(body.data(), body.size(), how, pugi::encoding_utf8) ||
        is_deeper_than(document, max_soap_depth)) {
        return call;
    }
    for (const pugi::xml_node& top : document) {
        if (top.type() == pugi::node_doctype) {
            return call;
        }
    }
    const pugi::xml_node envelope = document.document_element();
    const pugi::xml_node content = child_named(envelope, "Body");
    if (local_name(envelope) != "Envelope" || namespace_of(envelope) != envelope_namespace ||
        namespace_of(content) != envelope_namespace) {
        return call;
    }
    const pugi::xml_node request = content.first_child();
    const std::string name(local_name(request));
    if (request.next_sibling() || (name != "RetrieveStatus" && name != "FileReturn")) {
        return call;
    }
    call.operation = name;
    call.fault = SoapStatus::failed_validation;
    const auto ird = argument(request, "identifier");
    const auto type = argument(request, "accountType");
    const auto period = argument(request, "periodEndDate");
    const auto income = argument(request, "income");
    if (!ird || !type || !period || !is_date(*period) || (name == "FileReturn" && (!income || !is_amount(*income)))) {
        return call;
    }
    call.ird = *ird;
    call.account_type = *type;
    call.period = *period;
    call.income = income.value_or("");
    call.fault = SoapStatus::success;
    return call;
}

}  // namespace gateproof::gateway
