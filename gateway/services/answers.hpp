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
    no_return = 103,
    invalid_period = 104,
    no_employees = 104,  ///< of employment, where the number means another thing
    operation_not_for_form = 106,
    other_version = 169,
};
/// The documented message of a status; empty for success.
std::string_view message_of(SoapStatus status);

enum class SoapService;

/// The answer to an operation of a SOAP service.
struct SoapAnswer {
    SoapService service;
    std::string_view operation;  ///< "RetrieveStatus"
    unsigned version = 2;        ///< of the common types: 1 for GST
    std::string_view action;     ///< of the request; its own is this and "Response". Empty: it goes without one
    SoapStatus status = SoapStatus::success;
    /// XML, escaped already: the element responseBody. On success alone.
    std::string content;
    bool code_last = false;  ///< of a fault: the message of the status comes before its code
};
/// A SOAP 1.2 envelope in the published shape: operation, result, wrapper, payload, statusMessage. HTTP 200 whatever
/// the status.
Response soap_answer(const Request& request, const SoapAnswer& answer);

/// A SOAP fault of WS-Addressing (SOAP Binding 6.4.1), HTTP 400: "ActionMismatch".
Response addressing_fault(const Request& request, std::string_view subcode, std::string_view reason);

Response text_answer(const Request& request, unsigned status, const char* type, std::string body);

}  // namespace gateproof::gateway
