// The employment service's requests, version 2 (Employment.v2.xsd 2.1).
#include <initializer_list>

#include "gateway/services/soap_payload.hpp"

namespace gateproof::gateway {
namespace {

const std::string& uri() {
    static const std::string types = versioned("Employment", 2);
    return types;
}

void skip(Elements& elements, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        elements.optional(uri(), name);
    }
}

void date(Elements& elements, std::string_view name) {
    elements.require(is_date(elements.text(uri(), name)));
}

/// An IRD number as these messages have it: nine digits.
void ird_number(Elements& elements) {
    elements.require(is_ird_number(elements.text(uri(), "employeeIRD")));
}

void employee_name(Elements& elements) {
    Elements name(elements.required(uri(), "employeeName"));
    skip(name, {"nameTitle"});
    name.text(uri(), "nameFirst", longest_employee_name);
    skip(name, {"nameSurname", "nameMiddle"});
    elements.require(name.ended());
}

void tax_codes(Elements& elements) {
    Elements codes(elements.required(uri(), "taxCodes"));
    codes.required(uri(), "taxCode");
    skip(codes, {"taxCode", "taxCode", "taxCode"});
    elements.require(codes.ended());
}

void employee_identifier(Elements& elements) {
    Elements who(elements.required(uri(), "employeeIdentifier"));
    ird_number(who);
    who.text(uri(), "employeeNameOnEILine", longest_employee_name);
    skip(who, {"employeeDateOfBirth", "employmentStartDate"});
    elements.require(who.ended());
}

bool is_create(Elements body) {
    ird_number(body);
    employee_name(body);
    body.text(uri(), "employeeNameOnEILine", longest_employee_name);
    tax_codes(body);
    skip(body, {"employmentStartDate", "employmentFinishDate", "employeeDateOfBirth", "employeeAddress",
                "employeeEmailAddress", "employeeMobilePhoneNumber", "employeeDayPhoneNumber", "kiwiSaverStatus",
                "employeeKiwiSaverEligibility", "employeeExemptIncome"});
    return body.ended();
}

bool is_update(Elements body) {
    ird_number(body);
    employee_name(body);
    body.text(uri(), "employeeNameOnEILine", longest_employee_name);
    date(body, "employmentStartDate");
    skip(body, {"employeeDateOfBirth"});
    tax_codes(body);
    skip(body, {"employmentFinishDate", "employeeAddress", "employeeEmailAddress", "employeeMobilePhoneNumber",
                "employeeDayPhoneNumber", "kiwiSaverStatus", "employeeKiwiSaverEligibility", "optedOut",
                "employeeBankAccountNumber", "accountHolderName", "optedOutSignatureDate"});
    body.required(uri(), "validRelationship");
    skip(body, {"lateOptOutReason", "otherLateOptOutReason"});
    return body.ended();
}

bool is_terminate(Elements body) {
    date(body, "employmentFinishDate");
    return body.ended();
}

bool is_list(Elements body, SoapCall& call) {
    if (const pugi::xml_node employee = body.optional(uri(), "employeeIRD")) {
        call.employee = employee.child_value();
        body.require(is_ird_number(call.employee));
    }
    return body.ended();
}

bool is_event(Elements body) {
    skip(body, {"employeeIRD"});
    date(body, "eventFrom");
    skip(body, {"eventTo", "eventType"});
    return body.ended();
}

}  // namespace

bool read_employment(const pugi::xml_node& payload, const SoapOperation& operation, SoapCall& call) {
    if (!is_element(payload, uri(), operation.payload)) {
        return false;
    }
    call.version = 2;
    Elements elements(payload);
    Elements header(elements.required(uri(), "header"));
    read_header(header, call);
    elements.require(header.ended());
    if (operation.name == "Update" || operation.name == "Terminate") {
        employee_identifier(elements);
    }
    const std::string name(operation.payload.substr(0, operation.payload.find("Request")));
    const Elements body(elements.required(uri(), name + "Body"));
    elements.require(operation.name == "Create"      ? is_create(body)
                     : operation.name == "Update"    ? is_update(body)
                     : operation.name == "Terminate" ? is_terminate(body)
                     : operation.name == "Event"     ? is_event(body)
                                                     : is_list(body, call));
    return elements.ended();
}

}  // namespace gateproof::gateway
