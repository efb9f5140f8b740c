#include "harness/message/xsd.hpp"

#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/uri.h>
#include <libxml/xmlschemas.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "harness/message/xml_tree.hpp"
#include "harness/message/xsd_answer.hpp"

namespace gateproof {
namespace {

constexpr std::string_view schema_namespace = "http://www.w3.org/2001/XMLSchema";

/// What libxml2 opens for xs:import and xs:include, by a name of ours; nothing else is opened in this program.
thread_local const std::vector<std::string>* offered = nullptr;
constexpr std::string_view offered_scheme = "gateproof:/";

std::string offered_name(std::size_t index) {
    return fmt::format("{}{}.xsd", offered_scheme, index);
}

xmlParserInput* open_offered(const char* url, const char* /*id*/, xmlParserCtxt* context) {
    if (url == nullptr || offered == nullptr) {
        return nullptr;
    }
    for (std::size_t i = 0; i < offered->size(); ++i) {
        if (url == offered_name(i)) {
            const std::string& text = offered->at(i);
            xmlParserInputBuffer* const buffer =
                xmlParserInputBufferCreateMem(text.data(), static_cast<int>(text.size()), XML_CHAR_ENCODING_NONE);
            return buffer == nullptr ? nullptr : xmlNewIOInputStream(context, buffer, XML_CHAR_ENCODING_NONE);
        }
    }
    return nullptr;
}

/// A file as it is worked on.
struct Source {
    std::string name;
    XmlTree tree;
    std::string target;                 ///< namespace
    std::vector<std::string> imported;  ///< namespaces
    std::vector<std::size_t> included;  ///< others
};

/// Of a path or of a reference such as file:Common.v2.xsd.
std::string_view last_part(std::string_view path) {
    return path.substr(path.find_last_of("/\\:") + 1);
}

std::string unescaped(const std::string& url) {
    char* const plain = xmlURIUnescapeString(url.c_str(), 0, nullptr);
    std::string text = plain == nullptr ? url : std::string(plain);
    xmlFree(plain);
    return text;
}

void set_attribute(xmlNode& element, const char* name, const std::string& value) {
    xmlSetProp(&element, reinterpret_cast<const xmlChar*>(name), reinterpret_cast<const xmlChar*>(value.c_str()));
}

/// Imports lead nowhere, for every file is imported anyway; what is included is one of ours. Empty: so it is.
std::string point_to_ours(Source& source, const std::vector<Source>& all) {
    for (xmlNode* part = this_or_next_element(xmlDocGetRootElement(source.tree.get())->children); part != nullptr;
         part = this_or_next_element(part->next)) {
        if (is_element_of(part, schema_namespace, "import")) {
            xmlUnsetProp(part, reinterpret_cast<const xmlChar*>("schemaLocation"));
            source.imported.push_back(attribute_of(*part, "namespace"));
        }
        if (!is_element_of(part, schema_namespace, "include") && !is_element_of(part, schema_namespace, "redefine")) {
            continue;
        }
        const std::string location = unescaped(attribute_of(*part, "schemaLocation"));
        const auto found =
            std::ranges::find_if(all, [&](const Source& one) { return last_part(one.name) == last_part(location); });
        if (found == all.end()) {
            return fmt::format("{} includes {}, which is not among the files; name that too", source.name, location);
        }
        const auto index = static_cast<std::size_t>(found - all.begin());
        source.included.push_back(index);
        set_attribute(*part, "schemaLocation", offered_name(index));
    }
    return {};
}

/// Empty: all of them are schemas.
std::string read_sources(const std::vector<XsdFile>& files, std::vector<Source>& sources) {
    for (const XsdFile& file : files) {
        Source source{file.name, read_xml_tree(file.text), {}, {}, {}};
        if (source.tree == nullptr) {
            return fmt::format("{} is no XML that can be read", file.name);
        }
        if (has_document_type(*source.tree)) {
            return fmt::format("{} has a document type declaration, which is not read", file.name);
        }
        xmlNode* const root = xmlDocGetRootElement(source.tree.get());
        if (!is_element_of(root, schema_namespace, "schema")) {
            return fmt::format("{} is no XML Schema: its root is not xs:schema", file.name);
        }
        source.target = attribute_of(*root, "targetNamespace");
        for (const Source& other : sources) {
            if (last_part(other.name) == last_part(source.name)) {
                return fmt::format("{} and {} have the same name", other.name, source.name);
            }
        }
        sources.push_back(std::move(source));
    }
    for (Source& source : sources) {
        if (std::string problem = point_to_ours(source, sources); !problem.empty()) {
            return problem;
        }
    }
    return {};
}

std::string written(xmlDoc& document) {
    xmlChar* text = nullptr;
    int size = 0;
    xmlDocDumpMemoryEnc(&document, &text, &size, "UTF-8");
    std::string all(reinterpret_cast<const char*>(text), static_cast<std::size_t>(std::max(size, 0)));
    xmlFree(text);
    return all;
}

/// Those that no other includes.
std::vector<std::size_t> whole_schemas(const std::vector<Source>& sources) {
    std::vector<std::size_t> whole;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const bool part = std::ranges::any_of(
            sources, [i](const Source& one) { return std::ranges::find(one.included, i) != one.included.end(); });
        if (!part) {
            whole.push_back(i);
        }
    }
    return whole;
}

/// A schema that imports the others; its own namespace is nobody's.
std::string importing(const std::vector<Source>& sources, const std::vector<std::size_t>& whole) {
    XmlTree tree(xmlNewDoc(nullptr));
    const auto* const uri = reinterpret_cast<const xmlChar*>(schema_namespace.data());
    xmlNode* const root = xmlNewNode(nullptr, reinterpret_cast<const xmlChar*>("schema"));
    xmlDocSetRootElement(tree.get(), root);
    xmlNs* const space = xmlNewNs(root, uri, reinterpret_cast<const xmlChar*>("xs"));
    xmlSetNs(root, space);
    set_attribute(*root, "targetNamespace", "urn:gateproof:every-schema");
    for (const std::size_t index : whole) {
        xmlNode* const import = xmlNewChild(root, space, reinterpret_cast<const xmlChar*>("import"), nullptr);
        if (const std::string& target = sources[index].target; !target.empty()) {
            set_attribute(*import, "namespace", target);
        }
        set_attribute(*import, "schemaLocation", offered_name(index));
    }
    return written(*tree);
}

struct CompileProblem {
    const std::vector<Source>* sources;
    std::string text;
};

void keep_first_problem(CompileProblem& problem, const xmlError& error) {
    if (!problem.text.empty() || error.level < XML_ERR_ERROR) {
        return;
    }
    constexpr std::size_t longest = 300;
    std::string message = error.message == nullptr ? "unknown" : std::string(error.message).substr(0, longest);
    std::ranges::replace(message, '\n', ' ');
    while (message.ends_with(' ')) {
        message.pop_back();
    }
    const std::string_view file = error.file == nullptr ? "" : error.file;
    std::string where = "the files together";
    for (std::size_t i = 0; i < problem.sources->size(); ++i) {
        if (file == offered_name(i)) {
            where = fmt::format("{}, about line {}", problem.sources->at(i).name, error.line);
        }
    }
    problem.text = fmt::format("{}: {}", where, message);
}

xmlSchema* compiled_of(const std::vector<Source>& sources, const std::string& wrapper, std::string& problem) {
    std::vector<std::string> texts;
    for (const Source& source : sources) {
        texts.push_back(written(*source.tree));
    }
    static const bool installed = (xmlSetExternalEntityLoader(open_offered), true);
    static_cast<void>(installed);
    xmlSchemaParserCtxt* const context = xmlSchemaNewMemParserCtxt(wrapper.data(), static_cast<int>(wrapper.size()));
    CompileProblem first{&sources, {}};
    xmlSchemaSetParserStructuredErrors(
        context, [](void* data, auto* error) { keep_first_problem(*static_cast<CompileProblem*>(data), *error); },
        &first);
    offered = &texts;
    xmlSchema* const schema = xmlSchemaParse(context);
    offered = nullptr;
    xmlSchemaFreeParserCtxt(context);
    problem = schema == nullptr && first.text.empty() ? "the files together are no schema" : first.text;
    return schema;
}

/// Of a whole schema and of what it includes; files may include each other.
void add_global_elements(std::size_t whole, const std::vector<Source>& all, std::set<XmlSchemas::Name>& elements) {
    std::set<std::size_t> found{whole};
    for (std::vector<std::size_t> left{whole}; !left.empty();) {
        const Source& source = all[left.back()];
        left.pop_back();
        for (xmlNode* part = this_or_next_element(xmlDocGetRootElement(source.tree.get())->children); part != nullptr;
             part = this_or_next_element(part->next)) {
            if (is_element_of(part, schema_namespace, "element")) {
                elements.emplace(all[whole].target, attribute_of(*part, "name"));
            }
        }
        std::ranges::copy_if(source.included, std::back_inserter(left),
                             [&found](std::size_t index) { return found.insert(index).second; });
    }
}

/// What may be why files are no whole schema; empty: nothing is missing.
std::string missing_import(const std::vector<Source>& sources, const std::set<std::string>& namespaces) {
    for (const Source& source : sources) {
        for (const std::string& uri : source.imported) {
            if (!namespaces.contains(uri)) {
                return fmt::format("; {} imports the namespace {}, and no file of it is named", source.name, uri);
            }
        }
    }
    return {};
}

}  // namespace

XmlSchemas::Compiled::~Compiled() {
    xmlSchemaFree(schema);
}

LoadedXsd read_xsd(const std::vector<XsdFile>& files) {
    std::vector<Source> sources;
    if (std::string problem = read_sources(files, sources); !problem.empty()) {
        return {nullptr, std::move(problem)};
    }
    const std::vector<std::size_t> whole = whole_schemas(sources);
    std::map<std::string, std::string> targets;
    std::set<std::string> namespaces;
    std::set<XmlSchemas::Name> elements;
    for (const std::size_t index : whole) {
        const Source& source = sources[index];
        const auto [other, is_new] = targets.emplace(source.target, source.name);
        if (!is_new) {
            return {nullptr, fmt::format("{} and {} are both of the namespace {}; name the one that is in use",
                                         other->second, source.name, source.target)};
        }
        namespaces.insert(source.target);
        add_global_elements(index, sources, elements);
    }
    if (whole.empty()) {
        return {nullptr, "the files include each other, and none is the whole"};
    }
    std::string problem;
    auto compiled = std::make_shared<XmlSchemas::Compiled>();
    compiled->schema = compiled_of(sources, importing(sources, whole), problem);
    if (!problem.empty()) {
        return {nullptr, problem + missing_import(sources, namespaces)};
    }
    return {std::make_shared<const XmlSchemas>(std::move(compiled), std::move(namespaces), std::move(elements)), {}};
}

}  // namespace gateproof
