#include "gateway/services/soap_content.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "gateway/services/soap_rules.hpp"
#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {
namespace {

std::string element(std::string_view name, std::string_view value) {
    const std::string tag(name);
    return "<" + tag + ">" + markup_escaped(value) + "</" + tag + ">";
}

/// As the mock's samples have it for its customers (Returns-and-Information, 2024-06-26); others file 101A.
struct ExpectedForm {
    std::string_view ird;
    std::string_view form;
};
constexpr ExpectedForm expected_forms[] = {
    {"123084226", "103C"}, {"123084217", "103D"}, {"123088077", "103E"},
    {"123070054", "103F"}, {"123101294", "103G"}, {"123084225", "103H"},
};

std::string_view expected_form(std::string_view ird, const FaultSet& faults) {
    const auto* const known = std::ranges::find(expected_forms, ird, &ExpectedForm::ird);
    const bool other = known != std::end(expected_forms) && !faults.has("mock-gst-prepopulates-one-form");
    return other ? known->form : std::string_view("101A");
}

std::string body_of_type(std::string_view types, const std::string& content) {
    return R"(<responseBody xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:r="urn:www.ird.govt.nz/GWS:types/)" +
           std::string(types) + R"(" xsi:type="r:PrepopResponseBodyType">)" + content + "</responseBody>";
}

std::string prepared_employees(const Account& account, std::size_t employed) {
    std::string content = element("r:accountId", account.id);
    for (const Employee& one : employees(employed)) {
        content += "<r:employee>" + element("r:irdNumber", one.ird) + element("r:employeeName", one.name) +
                   element("r:taxCode", one.tax_code) + "</r:employee>";
    }
    return body_of_type("ReturnEI.v2", content);
}

std::string prepared(const SoapCall& asked, const Account& account, std::size_t employed, const FaultSet& faults) {
    if (asked.form == "EI2") {
        return employed == 0 ? "" : prepared_employees(account, employed);
    }
    if (asked.form != "GST") {
        return {};
    }
    return body_of_type("ReturnGST.v1", element("r:accountId", account.id) + element("r:periodEndDate", asked.period) +
                                            R"(<r:filingFrequency code="GST2M1">Two monthly</r:filingFrequency>)" +
                                            element("r:expectedMinorFormType", expected_form(account.ird, faults)));
}

std::optional<std::string> listed(const SoapCall& asked, std::size_t employed, const FaultSet& faults) {
    const bool everybody = asked.employee.empty() || faults.has("es-unknown-employee-served");
    std::string list;
    for (const Employee& one : employees(employed)) {
        if (everybody || one.ird == asked.employee) {
            list += "<employee>" + element("employeeIRD", one.ird) + "<employeeName>" +
                    element("nameFirst", one.name.substr(one.name.find(' ') + 1)) + "</employeeName>" +
                    element("employeeNameOnEILine", one.name) + "<taxCodes>" + element("taxCode", one.tax_code) +
                    "</taxCodes></employee>";
        }
    }
    return list.empty() ? std::nullopt
                        : std::optional("<responseBody><listResponse>" + list + "</listResponse></responseBody>");
}

}  // namespace

std::optional<std::string> content_of(const SoapCall& asked, const Account& account, std::size_t employed,
                                      const FaultSet& faults) {
    if (asked.service == SoapService::employment) {
        if (asked.operation == "RetrieveList") {
            return listed(asked, employed, faults);
        }
        return asked.operation == "Event" ? "<responseBody><events><event>" + element("eventID", "1") +
                                                element("type", "CEASE") + "</event></events></responseBody>"
                                          : std::string();
    }
    const std::string key =
        element("submissionKey", faults.has("soap-key-of-another-type") ? "235-067-864" : "235067864");
    if (asked.operation == "File") {
        return "<responseBody>" + element("gatewayId", "0000 002G M22W 9") + key + "</responseBody>";
    }
    if (asked.operation == "RetrieveReturn") {
        return "<responseBody><standardFields>" + element("isNilReturn", "true") + "</standardFields></responseBody>";
    }
    if (asked.operation == "RetrieveFilingObligations") {
        return "<responseBody><filingObligation>" + element("periodEndDate", "2026-03-31") +
               R"(<status code="NEW">New</status>)" + element("dueDate", "2026-07-07") +
               "</filingObligation></responseBody>";
    }
    if (asked.operation == "Prepop") {
        return prepared(asked, account, employed, faults);
    }
    const std::string status = R"(<status code="SUB">Submitted</status>)" + key;
    return asked.version == 1 ? "<responseBody>" + status + "</responseBody>"
                              : "<responseBody><returnStatus>" + status + "</returnStatus></responseBody>";
}

}  // namespace gateproof::gateway
