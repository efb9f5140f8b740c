// What the SOAP services answer to those whom they serve.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "gateway/faults/fault_set.hpp"
#include "gateway/fixture/fixture.hpp"
#include "gateway/services/soap.hpp"

namespace gateproof::gateway {

/// What follows the status of a success: mostly the element responseBody. Nothing: the account has no employee, or not
/// the one that is asked for. `employed`: how many work for it.
std::optional<std::string> content_of(const SoapCall& asked, const Account& account, std::size_t employed,
                                      const FaultSet& faults);

}  // namespace gateproof::gateway
