// What the gateway serves: customer service (status, IRD number validation), whoami and the status of returns.
#pragma once

#include "gateway/faults/fault_set.hpp"
#include "gateway/message/message.hpp"

namespace gateproof::gateway {

class Services;

/// A target that is a whole URI (RFC 9112 3.2.2) names the host, whatever Host says; false: it is none.
bool take_absolute_form(Request& request);

/// `services`: customers, accounts and returns; null: none of them is offered.
Response serve(const Request& request, const Caller& caller, const FaultSet& faults, Services* services = nullptr);

}  // namespace gateproof::gateway
