#include "harness/message/xml_tree.hpp"

#include <libxml/parser.h>

#include <limits>

namespace gateproof {
namespace {

std::string_view text_of(const xmlChar* text) {
    return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

}  // namespace

XmlTree read_xml_tree(std::string_view text) {
    constexpr int how = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        return nullptr;
    }
    return XmlTree(xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr, how));
}

bool has_document_type(const xmlDoc& document) {
    return document.intSubset != nullptr || document.extSubset != nullptr;
}

std::string_view local_name_of(const xmlNode& node) {
    return text_of(node.name);
}

std::string_view namespace_of(const xmlNode& node) {
    return node.ns == nullptr ? std::string_view() : text_of(node.ns->href);
}

bool is_element_of(const xmlNode* node, std::string_view uri, std::string_view name) {
    return node != nullptr && node->type == XML_ELEMENT_NODE && local_name_of(*node) == name &&
           namespace_of(*node) == uri;
}

xmlNode* this_or_next_element(xmlNode* node) {
    while (node != nullptr && node->type != XML_ELEMENT_NODE) {
        node = node->next;
    }
    return node;
}

std::string attribute_of(xmlNode& element, const char* name) {
    xmlChar* const value = xmlGetNoNsProp(&element, reinterpret_cast<const xmlChar*>(name));
    std::string text(text_of(value));
    xmlFree(value);
    return text;
}

}  // namespace gateproof
