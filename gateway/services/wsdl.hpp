// The descriptions of the SOAP services (?wsdl, ?singleWsdl).
#pragma once

#include <string>
#include <string_view>

#include "gateway/faults/fault_set.hpp"
#include "gateway/services/soap.hpp"

namespace gateproof::gateway {

/// WSDL 1.1 with the operations and their Actions; `address` is where the service is. What the messages hold is in the
/// authority's own schemas and not said again. Without faults it is what is published of them.
std::string wsdl_of(SoapService service, std::string_view address, const FaultSet& faults);

}  // namespace gateproof::gateway
