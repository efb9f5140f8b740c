// Answers in the shapes that the gateway documents.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

#include "gateway/message/message.hpp"

namespace gateproof::gateway {

Response json_answer(const Request& request, unsigned status, const nlohmann::json& body);

/// Status codes of the SOAP services (Return Service build packs, 5.1).
enum class SoapStatus {
    unknown_error = -1,
    success = 0,
    authentication_failure = 1,
    missing_token = 2,
    unauthorised_access = 3,
    unauthorised_delegation = 4,
    unauthorised_vendor = 5,
    unsupported_account_type = 7,
    unrecognised_xml = 20,
    failed_validation = 21,
    invalid_ird_number = 22,
};
/// The documented message of a status; empty for success.
std::string_view message_of(SoapStatus status);

/// A SOAP 1.2 envelope with the status, and `content` (XML, escaped already) behind it. HTTP 200 whatever the status.
Response soap_answer(const Request& request, std::string_view operation, SoapStatus status, std::string_view message,
                     std::string_view content = {});

}  // namespace gateproof::gateway
