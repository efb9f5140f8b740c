#include "gateway/services/soap.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace gateproof::gateway {
namespace {

constexpr std::string_view envelope_namespace = "http://www.w3.org/2003/05/soap-envelope";
constexpr std::string_view addressing_namespace = "http://www.w3.org/2005/08/addressing";
constexpr std::string_view types_root = "urn:www.ird.govt.nz/GWS:types/";
constexpr std::size_t longest_argument = 50;

constexpr std::array<ReturnsOperation, 5> known_operations{{
    {"File", "ReturnFileRequestMsg", "fileRequest", true},
    {"Prepop", "ReturnPrepopRequestMsg", "retrieveFormInfoRequest"},
    {"RetrieveStatus", "ReturnStatusRequestMsg", "retrieveFormInfoRequest"},
    {"RetrieveReturn", "RetrieveReturnRequestMsg", "retrieveFormInfoRequest"},
    {"RetrieveFilingObligations", "FilingObligationsRequestMsg", "retrieveFilingObligationsRequest"},
}};

const ReturnsOperation* operation_named(std::string_view name) {
    const auto* const found = std::ranges::find(known_operations, name, &ReturnsOperation::name);
    return found == known_operations.end() ? nullptr : found;
}

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

bool is_element(const pugi::xml_node& node, std::string_view uri, std::string_view name) {
    return node.type() == pugi::node_element && local_name(node) == name && namespace_of(node) == uri;
}

pugi::xml_node child_of(const pugi::xml_node& parent, std::string_view uri, std::string_view name) {
    return parent.find_child([=](const pugi::xml_node& child) { return is_element(child, uri, name); });
}

/// The one element inside it; null: there is none, or another beside it.
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

bool is_date(std::string_view text) {
    constexpr std::string_view shape = "0000-00-00";
    return std::ranges::equal(text, shape,
                              [](char c, char like) { return like == '-' ? c == '-' : c >= '0' && c <= '9'; }) &&
           text > "1850-01-01";
}

bool is_account_type(std::string_view text) {
    return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string versioned(std::string_view name, unsigned version) {
    return std::string(types_root) + std::string(name) + ".v" + std::to_string(version);
}

/// What every request begins with: softwareProviderData, identifier, accountType.
void read_header(Elements& elements, SoapCall& call) {
    const std::string common = versioned("Common", call.version);
    Elements software(elements.required(common, "softwareProviderData"));
    call.provider = software.text(common, "softwareProvider");
    call.platform = software.text(common, "softwarePlatform");
    software.text(common, "softwareRelease");
    elements.require(software.ended());
    const pugi::xml_node identifier = elements.required(common, "identifier");
    call.identifier = identifier.child_value();
    call.identifier_type = identifier.attribute("IdentifierValueType").value();
    constexpr std::size_t longest_identifier = 30;
    constexpr std::array<std::string_view, 4> kinds{"IRD", "ACCIRD", "ACC", "CST"};
    elements.require(!call.identifier.empty() && call.identifier.size() <= longest_identifier &&
                     std::ranges::find(kinds, call.identifier_type) != kinds.end());
    if (const pugi::xml_node type = elements.optional(common, "accountType")) {
        call.account_type = type.child_value();
        elements.require(is_account_type(call.account_type));
    }
}

void read_form(Elements& elements, SoapCall& call, bool with_period, std::string_view uri) {
    if (with_period) {
        call.period = elements.text(uri, "periodEndDate");
        elements.require(is_date(call.period));
    }
    call.form = elements.text(uri, "majorFormType", 3);
    elements.require((call.form == "GST") == (call.version == 1));
}

bool is_nil_or_not(const pugi::xml_node& flag) {
    const std::string_view text = flag.child_value();
    return text == "true" || text == "false";
}

/// The body of a return as far as every form has it: what stands in formFields is the form's own.
bool is_file_body(const pugi::xml_node& body, std::string_view uri, unsigned version) {
    Elements elements(body);
    Elements standard(elements.required(uri, "standardFields"));
    const pugi::xml_node nil =
        version == 1 ? standard.required(uri, "isNilReturn") : standard.optional(uri, "isNilReturn");
    standard.require(!nil || is_nil_or_not(nil));
    standard.optional(uri, "isFinalReturn");
    Elements amendment(standard.required(uri, "amendmentRequest"));
    amendment.require(is_nil_or_not(amendment.required(uri, "isAmended")));
    amendment.required(uri, "amendReason");
    amendment.required(uri, "amendDetails");
    while (standard.optional(uri, "creditTransferRequest")) {
    }
    elements.require(standard.ended() && amendment.ended());
    const pugi::xml_node form = elements.required(uri, "formFields");
    elements.require(std::string_view(form.attribute("xsi:type").value()).ends_with("FormFieldsType"));
    return elements.ended();
}

/// A return of a form: ReturnGST.v1 and the common types v1, or any other and v2.
bool read_return(const pugi::xml_node& payload, SoapCall& call) {
    const std::string_view uri = namespace_of(payload);
    const std::string form_root = std::string(types_root) + "Return";
    if (local_name(payload) != "fileRequest" || !uri.starts_with(form_root) || uri.starts_with(form_root + "Common")) {
        return false;
    }
    call.version = uri == versioned("ReturnGST", 1) ? 1 : 2;
    const std::string common = versioned("ReturnCommon", call.version);
    Elements elements(payload);
    Elements header(elements.required(common, "fileHeader"));
    read_header(header, call);
    read_form(header, call, true, common);
    if (call.version == 1) {
        header.text(common, "minorFormType", 4);
    } else {
        header.optional(common, "minorFormType");
    }
    const pugi::xml_node body = elements.required(common, "fileBody");
    return header.ended() && elements.ended() && is_file_body(body, common, call.version);
}

/// Everything that only reads.
bool read_question(const pugi::xml_node& payload, const ReturnsOperation& operation, SoapCall& call) {
    const std::string_view uri = namespace_of(payload);
    call.version = uri == versioned("ReturnCommon", 1) ? 1 : 2;
    const std::string common = versioned("ReturnCommon", call.version);
    if (!is_element(payload, common, operation.payload)) {
        return false;
    }
    Elements elements(payload);
    read_header(elements, call);
    read_form(elements, call, operation.name != "RetrieveFilingObligations", common);
    if (call.version == 2) {
        elements.optional(common, "minorFormType");
        elements.optional(common, "submissionKey");
    }
    return elements.ended();
}

/// Whether the operation's element holds its message, that its wrapper, and that what was asked.
bool read_operation(const pugi::xml_node& element, const ReturnsOperation& operation, SoapCall& call) {
    const pugi::xml_node message = only_child(element);
    const pugi::xml_node wrapper = only_child(message);
    const std::string name(operation.name);
    const std::string wrapper_namespace = std::string(returns_namespace) + ":types/" + name + "Request";
    if (namespace_of(element) != returns_namespace || !is_element(message, returns_namespace, operation.message) ||
        !is_element(wrapper, wrapper_namespace, name + "RequestWrapper")) {
        return false;
    }
    const pugi::xml_node payload = only_child(wrapper);
    return payload && (operation.files ? read_return(payload, call) : read_question(payload, operation, call));
}

void read_body(const pugi::xml_node& body, SoapCall& call) {
    const pugi::xml_node element = only_child(body);
    const ReturnsOperation* const named = operation_named(call.operation);
    const ReturnsOperation* const held = operation_named(local_name(element));
    if (named != nullptr && held != nullptr && named != held) {
        call.envelope = SoapCall::Envelope::other_action;
    } else if (named != nullptr && named == held) {
        call.files = named->files;
        call.fault = read_operation(element, *named, call) ? SoapStatus::success : SoapStatus::failed_validation;
    }
}

}  // namespace

std::span<const ReturnsOperation> returns_operations() {
    return known_operations;
}

SoapCall read_soap_call(std::string_view body) {
    SoapCall call;
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
    const pugi::xml_node content = child_of(envelope, envelope_namespace, "Body");
    if (!is_element(envelope, envelope_namespace, "Envelope") || !content) {
        return call;
    }
    call.operation = "Return";
    call.action =
        child_of(child_of(envelope, envelope_namespace, "Header"), addressing_namespace, "Action").child_value();
    if (call.action.empty()) {
        call.envelope = SoapCall::Envelope::no_action;
        return call;
    }
    call.envelope = SoapCall::Envelope::good;
    const std::string_view action = call.action;
    if (action.starts_with(returns_action_root) &&
        operation_named(action.substr(returns_action_root.size())) != nullptr) {
        call.operation = action.substr(returns_action_root.size());
    }
    read_body(content, call);
    return call;
}

}  // namespace gateproof::gateway
