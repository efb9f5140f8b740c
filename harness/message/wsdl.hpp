// Descriptions of SOAP services (WSDL 1.1) as far as they name operations, and what a service says of itself beside
// what was published of it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/message/finding.hpp"

namespace gateproof {

/// An operation of a binding or a port type, and one of the Actions that it is called by; empty: it names none.
struct WsdlOperation {
    std::string name;
    std::string action;
};

struct Wsdl {
    std::vector<WsdlOperation> operations;
    bool is_whole = true;  ///< it imports no other document, which may have operations as well
};
struct LoadedWsdl {
    Wsdl wsdl;
    std::string problem;  ///< why it is none that can be read
};
LoadedWsdl read_wsdl(std::string_view text);

/// Whether a service describes each published operation, with its Action. Others beside them are its own affair.
AnswerFinding judge_served_wsdl(const Wsdl& published, std::string_view served);

}  // namespace gateproof
