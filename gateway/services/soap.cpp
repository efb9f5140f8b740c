#include "gateway/services/soap.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "gateway/services/soap_payload.hpp"
#include "gateway/services/soap_rules.hpp"

namespace gateproof::gateway {
namespace {

constexpr std::string_view envelope_namespace = "http://www.w3.org/2003/05/soap-envelope";
constexpr std::string_view addressing_namespace = "http://www.w3.org/2005/08/addressing";
constexpr std::string_view types_root = "urn:www.ird.govt.nz/GWS:types/";

constexpr std::array<SoapOperation, 5> known_operations{{
    {"File", "ReturnFileRequestMsg", "fileRequest", true},
    {"Prepop", "ReturnPrepopRequestMsg", "retrieveFormInfoRequest"},
    {"RetrieveStatus", "ReturnStatusRequestMsg", "retrieveFormInfoRequest"},
    {"RetrieveReturn", "RetrieveReturnRequestMsg", "retrieveFormInfoRequest"},
    {"RetrieveFilingObligations", "FilingObligationsRequestMsg", "retrieveFilingObligationsRequest"},
}};

/// Of employers and those whom they employ (EmploymentV2DevWsdl, Employment.v2).
constexpr std::array<SoapOperation, 5> of_employment{{
    {"Create", "CreateRequestMsg", "createRequest", true},
    {"Terminate", "TerminateRequestMsg", "terminateRequest", true},
    {"Update", "UpdateRequestMsg", "updateRequest", true},
    {"RetrieveList", "RetrieveListRequestMsg", "retrieveListRequest"},
    {"Event", "EventRequestMsg", "eventRequest"},
}};

const SoapOperation* operation_named(SoapService service, std::string_view name) {
    const auto operations = operations_of(service);
    const auto found = std::ranges::find(operations, name, &SoapOperation::name);
    return found == operations.end() ? nullptr : &*found;
}

}  // namespace

std::string versioned(std::string_view name, unsigned version) {
    return std::string(types_root) + std::string(name) + ".v" + std::to_string(version);
}

bool is_date(std::string_view text) {
    constexpr std::string_view shape = "0000-00-00";
    return std::ranges::equal(text, shape,
                              [](char c, char like) { return like == '-' ? c == '-' : c >= '0' && c <= '9'; }) &&
           text > "1850-01-01";
}

bool is_ird_number(std::string_view text) {
    return text.size() == 9 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

namespace {

bool is_account_type(std::string_view text) {
    return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

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

namespace {

void read_form(Elements& elements, SoapCall& call, bool with_period, std::string_view uri) {
    if (with_period) {
        call.period = elements.text(uri, "periodEndDate");
        elements.require(is_date(call.period));
    }
    call.form = elements.text(uri, "majorFormType", 3);
    elements.require((call.form == "GST") == (call.version == 1));
}

/// A date; its text.
std::string date(Elements& elements, std::string_view uri, std::string_view name) {
    std::string text = elements.text(uri, name);
    elements.require(is_date(text));
    return text;
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

/// An employee of employment information (ReturnEI.v2); what he was paid is not looked at.
bool is_employee(const pugi::xml_node& employee, std::string_view uri) {
    Elements elements(employee);
    elements.optional(uri, "lineNumber");
    elements.optional(uri, "referenceId");
    elements.require(is_ird_number(elements.text(uri, "irdNumber")));
    elements.text(uri, "employeeName", longest_employee_name);
    elements.text(uri, "taxCode");
    date(elements, uri, "payPeriodStartDate");
    date(elements, uri, "payPeriodEndDate");
    elements.optional(uri, "employmentStartDate");
    elements.optional(uri, "employmentFinishDate");
    elements.text(uri, "employeePayFrequency");
    return elements.fits();
}

/// What employment information has of its own (ReturnEI.v2).
bool read_employment_information(const pugi::xml_node& fields, SoapCall& call) {
    const std::string uri = versioned("ReturnEI", 2);
    Elements elements(fields);
    elements.optional(uri, "submissionKey");
    elements.optional(uri, "isReverseReplace");
    call.pay_day = date(elements, uri, "payDayDate");
    for (const char* const name : {"piIrdNumber", "contactName", "contactPhoneNumber", "contactEmail"}) {
        elements.optional(uri, name);
    }
    for (const pugi::xml_node& employee : elements.required(uri, "employeeFields")) {
        elements.require(is_element(employee, uri, "employee") && is_employee(employee, uri));
    }
    return elements.fits();
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
    if (!header.ended() || !elements.ended() || !is_file_body(body, common, call.version)) {
        return false;
    }
    return uri != versioned("ReturnEI", 2) || read_employment_information(child_of(body, common, "formFields"), call);
}

/// The form's own payload of reads; null: it is that of all forms, or none.
const OwnQuestion* own_question(const pugi::xml_node& payload) {
    const auto known = own_questions();
    const auto found = std::ranges::find_if(
        known, [&](const OwnQuestion& one) { return is_element(payload, versioned(one.types, 2), one.payload); });
    return found == known.end() ? nullptr : &*found;
}

/// Everything that only reads.
bool read_question(const pugi::xml_node& payload, const SoapOperation& operation, SoapCall& call) {
    const OwnQuestion* const own = own_question(payload);
    call.version = namespace_of(payload) == versioned("ReturnCommon", 1) ? 1 : 2;
    const std::string common = versioned("ReturnCommon", call.version);
    const bool of_all = is_element(payload, common, operation.payload);
    if (!of_all && (own == nullptr || operation.payload != "retrieveFormInfoRequest")) {
        return false;
    }
    Elements elements(payload);
    read_header(elements, call);
    read_form(elements, call, operation.name != "RetrieveFilingObligations", common);
    if (call.version == 2) {
        elements.optional(common, "minorFormType");
        elements.optional(common, "submissionKey");
    }
    if (own != nullptr) {
        const std::string uri = versioned(own->types, 2);
        call.pay_day = own->day.empty() ? "" : date(elements, uri, own->day);
        elements.optional(uri, own->may_have);
    }
    return elements.ended();
}

/// Whether the operation's element holds its message, that its wrapper, and that what was asked.
bool read_operation(const pugi::xml_node& element, const SoapOperation& operation, SoapCall& call) {
    const pugi::xml_node message = only_child(element);
    const pugi::xml_node wrapper = only_child(message);
    const std::string_view service = namespace_of(call.service);
    const std::string wrapper_namespace = std::string(service) + ":types/" + std::string(operation.name) + "Request";
    if (namespace_of(element) != service || !is_element(message, service, operation.message) ||
        !is_element(wrapper, wrapper_namespace, wrapper_of(call.service, operation.name) + "RequestWrapper")) {
        return false;
    }
    const pugi::xml_node payload = only_child(wrapper);
    if (!payload) {
        return false;
    }
    if (call.service == SoapService::employment) {
        return read_employment(payload, operation, call);
    }
    return operation.files ? read_return(payload, call) : read_question(payload, operation, call);
}

void read_body(const pugi::xml_node& body, SoapCall& call) {
    const pugi::xml_node element = only_child(body);
    const SoapOperation* const named = operation_named(call.service, call.operation);
    const SoapOperation* const held = operation_named(call.service, local_name(element));
    if (named != nullptr && held != nullptr && named != held) {
        call.envelope = SoapCall::Envelope::other_action;
    } else if (named != nullptr && named == held) {
        call.files = named->files;
        call.fault = read_operation(element, *named, call) ? SoapStatus::success : SoapStatus::failed_validation;
    }
}

}  // namespace

std::span<const SoapOperation> operations_of(SoapService service) {
    return service == SoapService::returns ? std::span<const SoapOperation>(known_operations) : of_employment;
}

std::string_view namespace_of(SoapService service) {
    return service == SoapService::returns ? "https://services.ird.govt.nz/GWS/Returns/"
                                           : "https://services.ird.govt.nz/GWS/Employment/v2/";
}

std::string action_root(SoapService service) {
    return std::string(namespace_of(service)) + (service == SoapService::returns ? "Return/" : "Employment/");
}

std::string wrapper_of(SoapService service, std::string_view operation) {
    return service == SoapService::employment && operation == "Event" ? "EmploymentEvent" : std::string(operation);
}

SoapCall read_soap_call(std::string_view body, SoapService service) {
    SoapCall call;
    call.service = service;
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
    call.operation = service == SoapService::returns ? "Return" : "Employment";
    call.action =
        child_of(child_of(envelope, envelope_namespace, "Header"), addressing_namespace, "Action").child_value();
    if (call.action.empty()) {
        call.envelope = SoapCall::Envelope::no_action;
        return call;
    }
    call.envelope = SoapCall::Envelope::good;
    const std::string_view action = call.action;
    const std::string root = action_root(service);
    if (action.starts_with(root) && operation_named(service, action.substr(root.size())) != nullptr) {
        call.operation = action.substr(root.size());
    }
    read_body(content, call);
    return call;
}

}  // namespace gateproof::gateway
