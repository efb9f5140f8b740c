// What the gateway serves: customer service (status, IRD number validation), whoami and the status of returns.
#pragma once

#include "gateway/faults/fault_set.hpp"
#include "gateway/message/message.hpp"

namespace gateproof::gateway {

class Services;

/// `services`: customers, accounts and returns; null: none of them is offered.
Response serve(const Request& request, const Caller& caller, const FaultSet& faults, Services* services = nullptr);

}  // namespace gateproof::gateway
