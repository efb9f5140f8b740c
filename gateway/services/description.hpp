// The description of the customer service, as a provider would publish it.
#pragma once

#include <string_view>

namespace gateproof::gateway {

/// OpenAPI 3.0 in YAML: what this gateway answers to customer/customer and account/account.
std::string_view openapi_text();

}  // namespace gateproof::gateway
