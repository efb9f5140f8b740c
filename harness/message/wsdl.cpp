#include "harness/message/wsdl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/message/xml_tree.hpp"

namespace gateproof {
namespace {

using Result = SchemaFinding::Result;

constexpr std::string_view wsdl_namespace = "http://schemas.xmlsoap.org/wsdl/";
constexpr std::size_t longest_told_action = 100;

/// The value of an attribute of this name, whatever its namespace: Action is in one of several, by its version.
std::string any_attribute(const xmlNode& element, std::string_view name) {
    for (const xmlAttr* one = element.properties; one != nullptr; one = one->next) {
        if (name == reinterpret_cast<const char*>(one->name)) {
            xmlChar* const value = xmlNodeListGetString(element.doc, one->children, 1);
            std::string text = value == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(value));
            xmlFree(value);
            return text;
        }
    }
    return {};
}

void add_operation(const xmlNode& operation, std::vector<WsdlOperation>& all) {
    WsdlOperation found{any_attribute(operation, "name"), {}};
    for (const xmlNode* part = this_or_next_element(operation.children); part != nullptr;
         part = this_or_next_element(part->next)) {
        const std::string_view kind = local_name_of(*part);
        std::string action = kind == "operation" ? any_attribute(*part, "soapAction")
                             : kind == "input"   ? any_attribute(*part, "Action")
                                                 : std::string();
        if (!action.empty()) {
            found.action = std::move(action);
            all.push_back(found);
        }
    }
    if (found.action.empty()) {
        all.push_back(std::move(found));
    }
}

/// Of a binding and of its port type, which name the same.
std::vector<std::string> actions_of(const Wsdl& wsdl, const std::string& name) {
    std::vector<std::string> actions;
    for (const WsdlOperation& one : wsdl.operations) {
        if (one.name == name && !one.action.empty()) {
            actions.push_back(one.action);
        }
    }
    return actions;
}

}  // namespace

LoadedWsdl read_wsdl(std::string_view text) {
    const XmlTree tree = read_xml_tree(text);
    if (tree == nullptr) {
        return {{}, "it is no XML that can be read"};
    }
    if (has_document_type(*tree)) {
        return {{}, "it has a document type declaration, which is not read"};
    }
    const xmlNode* const root = xmlDocGetRootElement(tree.get());
    if (!is_element_of(root, wsdl_namespace, "definitions")) {
        return {{}, "it is no WSDL 1.1: its root is not wsdl:definitions"};
    }
    Wsdl wsdl;
    for (const xmlNode* part = this_or_next_element(root->children); part != nullptr;
         part = this_or_next_element(part->next)) {
        if (is_element_of(part, wsdl_namespace, "import")) {
            wsdl.is_whole = false;
        }
        if (!is_element_of(part, wsdl_namespace, "binding") && !is_element_of(part, wsdl_namespace, "portType")) {
            continue;
        }
        for (const xmlNode* one = this_or_next_element(part->children); one != nullptr;
             one = this_or_next_element(one->next)) {
            if (is_element_of(one, wsdl_namespace, "operation")) {
                add_operation(*one, wsdl.operations);
            }
        }
    }
    return {std::move(wsdl), {}};
}

AnswerFinding judge_served_wsdl(const Wsdl& published, std::string_view served) {
    const LoadedWsdl loaded = read_wsdl(served);
    if (!loaded.problem.empty()) {
        return {{Result::breaks, {loaded.problem}, {}}, {}};
    }
    const Wsdl& own = loaded.wsdl;
    SchemaFinding finding;
    for (const WsdlOperation& wanted : published.operations) {
        const bool known =
            std::ranges::any_of(own.operations, [&](const WsdlOperation& one) { return one.name == wanted.name; });
        if (!known) {
            std::string lacks = fmt::format("it does not describe the operation {}", wanted.name);
            note(own.is_whole ? finding.problems : finding.open,
                 own.is_whole ? std::move(lacks) : lacks + ", which may be in a document that it imports");
            continue;
        }
        const std::vector<std::string> actions = actions_of(own, wanted.name);
        if (wanted.action.empty() || std::ranges::find(actions, wanted.action) != actions.end()) {
            continue;
        }
        if (actions.empty() && !own.is_whole) {
            note(finding.open, fmt::format("the Action of {} may be in a document that it imports", wanted.name));
        } else {
            note(finding.problems,
                 actions.empty()
                     ? fmt::format("it names no Action for {}, where {} is published", wanted.name, wanted.action)
                     : fmt::format("it names the Action {} for {}, where {} is published",
                                   actions.front().substr(0, longest_told_action), wanted.name, wanted.action));
        }
    }
    finding.result = !finding.problems.empty() ? Result::breaks
                     : !finding.open.empty()   ? Result::unknown
                                               : Result::fits;
    return {std::move(finding), {}};
}

}  // namespace gateproof
