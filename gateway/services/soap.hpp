// What the SOAP service is asked: read from foreign XML, bounded and without a DTD.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/services/answers.hpp"

namespace gateproof::gateway {

inline constexpr std::size_t max_soap_bytes = std::size_t{128} * 1024;
inline constexpr int max_soap_depth = 24;

/// An operation of the returns service and its arguments.
struct SoapCall {
    std::string operation;  ///< "RetrieveStatus" or "FileReturn"; empty when the XML is no request that we know
    std::string ird;
    std::string account_type;
    std::string period;  ///< "2026-03-31"
    std::string income;  ///< FileReturn alone
    SoapStatus fault = SoapStatus::success;
};

/// `fault` is unrecognised_xml for what is no SOAP 1.2 envelope with one known operation, and failed_validation where
/// an argument is missing or malformed. Neither entities of its own nor external ones are ever expanded: a document
/// type declaration is refused.
SoapCall read_soap_call(std::string_view body);

}  // namespace gateproof::gateway
