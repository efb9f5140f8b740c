// Envelopes beside compiled schemas.
#include "harness/message/xsd_answer.hpp"

#include <fmt/format.h>
#include <libxml/xmlschemas.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "harness/message/xml_tree.hpp"

namespace gateproof {
namespace {

using Result = SchemaFinding::Result;

constexpr std::string_view instance_namespace = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::string_view type_namespace = "http://www.w3.org/2001/XMLSchema";
constexpr std::size_t longest_told_step = 60;
constexpr std::size_t longest_told_list = 200;

std::string told(std::string_view name) {
    return std::string(name.substr(0, longest_told_step));
}

/// "filingObligation[2]": which of several of its name; the first needs no number.
std::string step_to(const xmlNode& node) {
    std::size_t nth = 1;
    for (const xmlNode* other = node.prev; other != nullptr; other = other->prev) {
        nth += other->type == XML_ELEMENT_NODE && local_name_of(*other) == local_name_of(node) ? 1U : 0U;
    }
    return nth == 1 ? told(local_name_of(node)) : fmt::format("{}[{}]", told(local_name_of(node)), nth);
}

/// From the element that is judged.
std::string path_of(const xmlNode* node, const xmlNode& judged) {
    std::string path;
    while (node != nullptr && (node->type == XML_ELEMENT_NODE || node->type == XML_ATTRIBUTE_NODE)) {
        const bool attribute = node->type == XML_ATTRIBUTE_NODE;
        path = (attribute ? "/@" + told(local_name_of(*node)) : "/" + step_to(*node)) + path;
        if (node == &judged) {
            break;
        }
        node = node->parent;
    }
    return path;
}

constexpr std::array<std::pair<int, std::string_view>, 26> meanings{{
    {XML_SCHEMAV_CVC_LENGTH_VALID, "against the facet length of its type"},
    {XML_SCHEMAV_CVC_MINLENGTH_VALID, "against the facet minLength of its type"},
    {XML_SCHEMAV_CVC_MAXLENGTH_VALID, "against the facet maxLength of its type"},
    {XML_SCHEMAV_CVC_MININCLUSIVE_VALID, "against the facet minInclusive of its type"},
    {XML_SCHEMAV_CVC_MAXINCLUSIVE_VALID, "against the facet maxInclusive of its type"},
    {XML_SCHEMAV_CVC_MINEXCLUSIVE_VALID, "against the facet minExclusive of its type"},
    {XML_SCHEMAV_CVC_MAXEXCLUSIVE_VALID, "against the facet maxExclusive of its type"},
    {XML_SCHEMAV_CVC_TOTALDIGITS_VALID, "against the facet totalDigits of its type"},
    {XML_SCHEMAV_CVC_FRACTIONDIGITS_VALID, "against the facet fractionDigits of its type"},
    {XML_SCHEMAV_CVC_PATTERN_VALID, "against the pattern of its type"},
    {XML_SCHEMAV_CVC_ENUMERATION_VALID, "none of the values of its type"},
    {XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1, "no value of its type"},
    {XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_2, "no list of values of its type"},
    {XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_3, "no value of any type that it may have"},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1, "not empty, as its type has it"},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_2_2, "elements, where its type has a text"},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3, "a text, where its type has elements"},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1, "an attribute that its type does not have"},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_2, "an attribute that its type does not have"},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_4, "lacks an attribute that its type requires"},
    {XML_SCHEMAV_CVC_ELT_2, "an abstract element"},
    {XML_SCHEMAV_CVC_ELT_3_1, "xsi:nil, which the schema does not allow it"},
    {XML_SCHEMAV_CVC_ELT_4_2, "a type in xsi:type that is none"},
    {XML_SCHEMAV_CVC_ELT_4_3, "a type in xsi:type that is not derived from its own"},
    {XML_SCHEMAV_CVC_TYPE_2, "of an abstract type"},
    {XML_SCHEMAV_CVC_TYPE_3_1_1, "an attribute, where its type has none"},
}};

/// The elements that libxml2 would have taken, which are the schema's.
std::string expected_there(std::string_view message) {
    const std::size_t at = message.find("Expected is ");
    if (at == message.npos) {
        return {};
    }
    std::string_view list = message.substr(at);
    list = list.substr(0, list.find_last_not_of(" .\n") + 1);
    return list.size() > longest_told_list ? fmt::format("; {}...", list.substr(0, longest_told_list))
                                           : fmt::format("; {}", list);
}

std::string meaning_of(const xmlError& error) {
    const std::string_view message = error.message == nullptr ? "" : error.message;
    if (error.code == XML_SCHEMAV_ELEMENT_CONTENT) {
        const bool lacks = message.find("Missing child element") != message.npos;
        return fmt::format("{}{}", lacks ? "lacks an element" : "not expected there", expected_there(message));
    }
    const auto* const found = std::ranges::find(meanings, error.code, &std::pair<int, std::string_view>::first);
    return found != meanings.end() ? std::string(found->second)
                                   : fmt::format("does not fit ({} of libxml2)", error.code);
}

/// The namespace of the type that xsi:type names; nothing where it names none.
std::string type_namespace_of(xmlNode& element) {
    xmlChar* const value = xmlGetNsProp(&element, reinterpret_cast<const xmlChar*>("type"),
                                        reinterpret_cast<const xmlChar*>(instance_namespace.data()));
    if (value == nullptr) {
        return std::string(type_namespace);
    }
    const std::string name(reinterpret_cast<const char*>(value));
    xmlFree(value);
    const std::size_t colon = name.find(':');
    const std::string prefix = colon == name.npos ? std::string() : name.substr(0, colon);
    const xmlNs* const space =
        xmlSearchNs(element.doc, &element, prefix.empty() ? nullptr : reinterpret_cast<const xmlChar*>(prefix.c_str()));
    return space == nullptr || space->href == nullptr ? std::string()
                                                      : std::string(reinterpret_cast<const char*>(space->href));
}

/// One element and all in it.
class ElementJudge {
public:
    ElementJudge(xmlSchema* schema, const std::set<std::string>& namespaces)
        : schema_(schema), namespaces_(namespaces) {}

    SchemaFinding judge(xmlNode& element) {
        judged_ = &element;
        set_aside_types(element);
        xmlSchemaValidCtxt* const context = xmlSchemaNewValidCtxt(schema_);
        xmlSchemaSetValidStructuredErrors(
            context, [](void* data, auto* error) { static_cast<ElementJudge*>(data)->add(*error); }, this);
        const int result = xmlSchemaValidateOneElement(context, &element);
        xmlSchemaFreeValidCtxt(context);
        if (result < 0) {
            note(finding_.open, path_of(&element, element) + ": libxml2 came to no end with it");
        } else if (result > 0 && finding_.problems.empty() && finding_.open.empty()) {
            finding_.problems.push_back(path_of(&element, element) + ": does not fit");
        }
        finding_.result = !finding_.problems.empty() ? Result::breaks
                          : !finding_.open.empty()   ? Result::unknown
                                                     : Result::fits;
        return std::move(finding_);
    }

private:
    /// Elements whose type nobody named a schema for: nothing can be said of what is in them.
    void set_aside_types(xmlNode& element) {
        const std::string type = type_namespace_of(element);
        if (type != type_namespace && !namespaces_.contains(type)) {
            without_schema_.push_back(&element);
            note(finding_.open, fmt::format("{}: of a type in the namespace {}, of which no schema is named",
                                            path_of(&element, *judged_), type));
        }
        for (xmlNode* part = this_or_next_element(element.children); part != nullptr;
             part = this_or_next_element(part->next)) {
            set_aside_types(*part);
        }
    }

    [[nodiscard]] bool is_set_aside(const xmlNode* node) const {
        for (; node != nullptr; node = node->parent) {
            if (std::ranges::find(without_schema_, node) != without_schema_.end()) {
                return true;
            }
        }
        return false;
    }

    void add(const xmlError& error) {
        const auto* const node = static_cast<const xmlNode*>(error.node);
        if (error.level < XML_ERR_ERROR || is_set_aside(node)) {
            return;
        }
        const std::string path = path_of(node, *judged_);
        if (error.code == XML_SCHEMAV_CVC_WILDCARD || error.code == XML_SCHEMAV_INTERNAL) {
            note(finding_.open, path + ": any element, of which no schema is named");
            return;
        }
        // Behind a facet comes that it is no value of the type.
        const bool again = error.code == XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1 && !finding_.problems.empty() &&
                           finding_.problems.back().starts_with(path + ": ");
        if (!again) {
            note(finding_.problems, path + ": " + meaning_of(error));
        }
    }

    xmlSchema* schema_;
    const std::set<std::string>& namespaces_;
    const xmlNode* judged_ = nullptr;
    std::vector<const xmlNode*> without_schema_;
    SchemaFinding finding_;
};

/// Hints where schemas are, which libxml2 would follow.
void remove_hints(xmlNode& element) {
    for (const char* const name : {"schemaLocation", "noNamespaceSchemaLocation"}) {
        xmlUnsetNsProp(&element, nullptr, reinterpret_cast<const xmlChar*>(name));
        while (xmlAttr* const hint = xmlHasNsProp(&element, reinterpret_cast<const xmlChar*>(name),
                                                  reinterpret_cast<const xmlChar*>(instance_namespace.data()))) {
            xmlRemoveProp(hint);
        }
    }
    for (xmlNode* part = this_or_next_element(element.children); part != nullptr;
         part = this_or_next_element(part->next)) {
        remove_hints(*part);
    }
}

void add_to(SchemaFinding& whole, const SchemaFinding& part) {
    if (part.breaks() || whole.fits()) {
        whole.result = part.fits() ? whole.result : part.result;
    }
    for (const std::string& one : part.problems) {
        note(whole.problems, one);
    }
    for (const std::string& one : part.open) {
        note(whole.open, one);
    }
}

SchemaFinding open_finding(std::string what) {
    return {Result::unknown, {}, {std::move(what)}};
}

AnswerFinding broken_envelope(std::string what) {
    return {{Result::breaks, {std::move(what)}, {}}, {}};
}

}  // namespace

XmlSchemas::XmlSchemas(std::shared_ptr<const Compiled> compiled, std::set<std::string> namespaces,
                       std::set<Name> elements)
    : compiled_(std::move(compiled)), namespaces_(std::move(namespaces)), elements_(std::move(elements)) {}

AnswerFinding XmlSchemas::judge_envelope(std::string_view envelope) const {
    const XmlTree tree = read_xml_tree(envelope);
    xmlNode* const root = tree == nullptr ? nullptr : xmlDocGetRootElement(tree.get());
    if (tree == nullptr && envelope.find(soap_envelope_namespace) != envelope.npos) {
        return broken_envelope("the whole: it is not well-formed XML");
    }
    if (!is_element_of(root, soap_envelope_namespace, "Envelope")) {
        return {{}, "it is no SOAP envelope, and schemas say nothing of what is none"};
    }
    if (has_document_type(*tree)) {
        return broken_envelope("the whole: it has a document type declaration, which SOAP forbids");
    }
    remove_hints(*root);
    xmlNode* body = this_or_next_element(root->children);
    while (body != nullptr && !is_element_of(body, soap_envelope_namespace, "Body")) {
        body = this_or_next_element(body->next);
    }
    if (body == nullptr) {
        return broken_envelope("the whole: the envelope has no body");
    }
    SchemaFinding whole;
    std::string innermost = "Body";
    bool judged = false;
    std::vector<xmlNode*> left{body};
    while (!left.empty()) {
        xmlNode& one = *left.back();
        left.pop_back();
        const Name name{std::string(namespace_of(one)), std::string(local_name_of(one))};
        const bool declared = elements_.contains(name);
        if (declared) {
            add_to(whole, ElementJudge(compiled_->schema, namespaces_).judge(one));
        } else if (!name.first.empty() && namespaces_.contains(name.first)) {
            add_to(whole, open_finding(fmt::format("{}: its namespace's schema does not declare it by itself",
                                                   told(name.second))));
        } else {
            innermost = told(name.second);
            for (xmlNode* part = this_or_next_element(one.children); part != nullptr;
                 part = this_or_next_element(part->next)) {
                left.push_back(part);
            }
            continue;
        }
        judged = true;
    }
    if (judged) {
        return {std::move(whole), {}};
    }
    if (is_element_of(this_or_next_element(body->children), soap_envelope_namespace, "Fault")) {
        return {{}, "it is a SOAP fault, which no schema of the service describes"};
    }
    return {open_finding(fmt::format("it holds no element that the schemas declare (down to {}); name the file of its "
                                     "namespace as well",
                                     innermost)),
            {}};
}

}  // namespace gateproof
