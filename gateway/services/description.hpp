// Descriptions of services, as a provider would publish them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gateproof::gateway {

/// customer.openapi.yaml: OpenAPI 3.0, what this gateway answers to customer/customer and account/account.
/// Common.v2.xsd, ReturnCommon.v2.xsd: XML Schema, what the returns service answers to RetrieveStatus.
/// returns.wsdl: that service's operations. Nothing: no description has this name.
std::optional<std::string> published_description(std::string_view name);

}  // namespace gateproof::gateway
