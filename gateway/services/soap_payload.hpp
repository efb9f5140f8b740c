// Parts that the payloads of several SOAP services have in common.
#pragma once

#include <string>
#include <string_view>

#include "gateway/services/soap.hpp"
#include "gateway/services/soap_xml.hpp"

namespace gateproof::gateway {

/// "urn:www.ird.govt.nz/GWS:types/Common.v2"
std::string versioned(std::string_view name, unsigned version);
/// xsd:date, not before 1850-01-02.
bool is_date(std::string_view text);
/// As messages have it: nine digits.
bool is_ird_number(std::string_view text);
inline constexpr std::size_t longest_employee_name = 255;
/// What every request begins with: softwareProviderData, identifier, accountType; of Common.v1 or v2 as call.version
/// is.
void read_header(Elements& elements, SoapCall& call);
/// The payload of an operation of the employment service, version 2; false: it is not as the schema has it.
bool read_employment(const pugi::xml_node& payload, const SoapOperation& operation, SoapCall& call);

}  // namespace gateproof::gateway
