// The description of the returns service (?wsdl, ?singleWsdl).
#pragma once

#include <string>
#include <string_view>

namespace gateproof::gateway {

/// WSDL 1.1 with the operations and their Actions; `address` is where the service is. What the messages hold is in the
/// authority's own schemas and not said again.
std::string returns_wsdl(std::string_view address);

}  // namespace gateproof::gateway
