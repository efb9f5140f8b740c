#include "gateway/services/soap_xml.hpp"

namespace gateproof::gateway {

std::string_view local_name(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

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

bool is_element(const pugi::xml_node& node, std::string_view uri, std::string_view name) {
    return node.type() == pugi::node_element && local_name(node) == name && namespace_of(node) == uri;
}

pugi::xml_node child_of(const pugi::xml_node& parent, std::string_view uri, std::string_view name) {
    return parent.find_child([=](const pugi::xml_node& child) { return is_element(child, uri, name); });
}

pugi::xml_node only_child(const pugi::xml_node& parent) {
    const pugi::xml_node first = parent.first_child();
    return first.type() == pugi::node_element && !first.next_sibling() ? first : pugi::xml_node();
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

}  // namespace gateproof::gateway
