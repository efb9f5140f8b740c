// Requests to the employment service, version 2, in the shape that its WSDL and schema have; values are our own.
#pragma once

#include <string>

#include "tests/unit/gateway/services/messages.hpp"

namespace gateproof::gateway::test {

/// `body`: what follows the header of the payload, its elements with the prefix m.
inline std::string employment(const std::string& operation, const std::string& payload, const ReturnsMessage& message,
                              const std::string& body, const std::string& wrapper = {}) {
    const std::string service = "https://services.ird.govt.nz/GWS/Employment/v2/";
    const std::string wrapped = (wrapper.empty() ? operation : wrapper) + "RequestWrapper";
    return "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:r=\"" + service + "\" xmlns:t=\"" +
           service + ":types/" + operation +
           "Request\" xmlns:m=\"urn:www.ird.govt.nz/GWS:types/Employment.v2\" "
           "xmlns:c=\"urn:www.ird.govt.nz/GWS:types/Common.v2\"><e:Header>"
           "<a:Action xmlns:a=\"http://www.w3.org/2005/08/addressing\">" +
           service + "Employment/" + operation + "</a:Action></e:Header><e:Body><r:" + operation + "><r:" + operation +
           "RequestMsg><t:" + wrapped + "><m:" + payload + "Request><m:header>" + common_header(message) +
           "</m:header>" + body + "</m:" + payload + "Request></t:" + wrapped + "></r:" + operation +
           "RequestMsg></r:" + operation + "></e:Body></e:Envelope>";
}

inline const std::string employee_name =
    "<m:employeeName><m:nameTitle>Dr</m:nameTitle><m:nameFirst>Jan</m:nameFirst><m:nameSurname>Doe</m:nameSurname>"
    "</m:employeeName>";
inline const std::string on_the_line = "<m:employeeNameOnEILine>Doe, Jan</m:employeeNameOnEILine>";
inline const std::string whose = "<m:employeeIRD>111111111</m:employeeIRD>";
inline const std::string tax_codes = "<m:taxCodes><m:taxCode>M</m:taxCode><m:taxCode>SL</m:taxCode></m:taxCodes>";
inline const std::string identified =
    "<m:employeeIdentifier>" + whose + on_the_line +
    "<m:employmentStartDate>2026-01-12</m:employmentStartDate></m:employeeIdentifier>";

inline std::string retrieve_list(const ReturnsMessage& message) {
    return employment("RetrieveList", "retrieveList", message, "<m:retrieveListBody/>");
}
inline std::string create(const ReturnsMessage& message) {
    return employment("Create", "create", message,
                      "<m:createBody>" + whose + employee_name + on_the_line + tax_codes +
                          "<m:employmentStartDate>2026-01-12</m:employmentStartDate><m:kiwiSaverStatus>AK"
                          "</m:kiwiSaverStatus><m:employeeKiwiSaverEligibility>NE</m:employeeKiwiSaverEligibility>"
                          "</m:createBody>");
}
inline std::string update(const ReturnsMessage& message) {
    return employment(
        "Update", "update", message,
        identified + "<m:updateBody>" + whose + employee_name + on_the_line +
            "<m:employmentStartDate>2026-01-12</m:employmentStartDate>" + tax_codes +
            "<m:optedOut>false</m:optedOut><m:validRelationship>true</m:validRelationship></m:updateBody>");
}
inline std::string terminate(const ReturnsMessage& message) {
    return employment("Terminate", "terminate", message,
                      identified +
                          "<m:terminateBody><m:employmentFinishDate>2026-02-27</m:employmentFinishDate>"
                          "</m:terminateBody>");
}
inline std::string event(const ReturnsMessage& message) {
    return employment("Event", "event", message, "<m:eventBody><m:eventFrom>2026-01-01</m:eventFrom></m:eventBody>",
                      "EmploymentEvent");
}

}  // namespace gateproof::gateway::test
