// Transaction data, for software providers that were enrolled for them, under a certificate of their own.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/faults/fault_set.hpp"
#include "gateway/message/message.hpp"

namespace gateproof::gateway {

/// `GET` and `POST tds/summary`, and `POST tds/transactions/batch` (TDS API of 2023-12-01): the client certificate
/// alone says who asks, and an access token is refused. Nothing when the operation is another.
std::optional<Response> transaction_data(const Request& request, const Caller& caller, std::string_view operation,
                                         const FaultSet& faults);

}  // namespace gateproof::gateway
