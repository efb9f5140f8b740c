// Trees of libxml2, read without a network, without entities of other files and without what it prints by itself.
#pragma once

#include <libxml/tree.h>

#include <memory>
#include <string>
#include <string_view>

namespace gateproof {

struct FreeXmlDoc {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using XmlTree = std::unique_ptr<xmlDoc, FreeXmlDoc>;

inline constexpr std::string_view soap_envelope_namespace = "http://www.w3.org/2003/05/soap-envelope";

/// Null for what is not well-formed, larger than libxml2 reads, or nested deeper.
XmlTree read_xml_tree(std::string_view text);
bool has_document_type(const xmlDoc& document);

std::string_view local_name_of(const xmlNode& node);
std::string_view namespace_of(const xmlNode& node);
bool is_element_of(const xmlNode* node, std::string_view uri, std::string_view name);
/// The element itself, or the next one beside it; null: there is none.
xmlNode* this_or_next_element(xmlNode* node);
/// Of no namespace; empty: there is none.
std::string attribute_of(xmlNode& element, const char* name);

}  // namespace gateproof
