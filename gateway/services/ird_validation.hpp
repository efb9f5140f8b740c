// The validation of IRD numbers: whether a number belongs to the person that the request describes (IRV, 2023-03-24).
#pragma once

#include "gateway/faults/fault_set.hpp"
#include "gateway/message/message.hpp"

namespace gateproof::gateway {

/// A few people and companies are known by number, name, address and day; a number of nobody, and one beside other
/// data, is answered with "No match". It knows neither tokens nor delegations.
Response validate_ird(const Request& request, const FaultSet& faults);

}  // namespace gateproof::gateway
