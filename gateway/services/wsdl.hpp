// The description of the returns service (?wsdl, ?singleWsdl).
#pragma once

#include <string>
#include <string_view>

#include "gateway/faults/fault_set.hpp"

namespace gateproof::gateway {

/// WSDL 1.1 with the operations and their Actions; `address` is where the service is. What the messages hold is in the
/// authority's own schemas and not said again. Without faults it is what is published.
std::string returns_wsdl(std::string_view address, const FaultSet& faults);

}  // namespace gateproof::gateway
