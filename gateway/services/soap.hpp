// What the SOAP services are asked: read from foreign XML, bounded and without a DTD, in the element chain that their
// WSDLs have (ReturnsGSTDevWsdl.v1, ReturnCommon.v1 and v2, Common.v1 and v2, EmploymentV2DevWsdl, Employment.v2; RET
// of June 2024).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gateway/services/answers.hpp"

namespace gateproof::gateway {

inline constexpr std::size_t max_soap_bytes = std::size_t{128} * 1024;
inline constexpr int max_soap_depth = 24;

enum class SoapService {
    returns,
    employment,  ///< version 2: who works for an employer
};

/// An operation of a service, and the elements of its request that do not follow from its name.
struct SoapOperation {
    std::string_view name;     ///< "RetrieveStatus"; also the last part of the WS-Addressing Action
    std::string_view message;  ///< "ReturnStatusRequestMsg"
    std::string_view payload;  ///< "retrieveFormInfoRequest"
    bool files = false;        ///< changes something
};
std::span<const SoapOperation> operations_of(SoapService service);
/// "https://services.ird.govt.nz/GWS/Returns/"
std::string_view namespace_of(SoapService service);
/// What the Actions of its operations begin with.
std::string action_root(SoapService service);
/// What the names of an operation's wrappers begin with, mostly the operation's own.
std::string wrapper_of(SoapService service, std::string_view operation);

/// What a request to a SOAP service comes to.
struct SoapCall {
    enum class Envelope {
        good,
        no_soap,      ///< not well-formed, too large, with a DTD, or no SOAP 1.2 envelope
        no_action,    ///< without the Action of WS-Addressing
        other_action  ///< the body holds another operation than the Action names
    };
    Envelope envelope = Envelope::no_soap;
    SoapService service = SoapService::returns;
    std::string operation;  ///< as the Action names it; "Return" or "Employment" where it names none of ours
    std::string action;     ///< the Action itself
    unsigned version = 2;   ///< of the common types: 1 for GST
    bool files = false;
    /// unrecognised_xml where the operation is none of ours, failed_validation where its message is not as the schema
    /// has it. To be told only to somebody who may ask at all.
    SoapStatus fault = SoapStatus::unrecognised_xml;
    std::string provider;  ///< softwareProviderData
    std::string platform;
    std::string identifier;
    std::string identifier_type;
    std::string account_type;  ///< empty: the identifier names the account
    std::string period;        ///< "2026-03-31"; empty: filing obligations are asked for
    std::string form;          ///< majorFormType; empty: the service knows no forms
    std::string pay_day;       ///< of employment information; empty: the form has none
    std::string employee;      ///< whom a list is asked for; empty: for all
};

/// Neither entities of its own nor external ones are ever expanded.
SoapCall read_soap_call(std::string_view body, SoapService service = SoapService::returns);

}  // namespace gateproof::gateway
