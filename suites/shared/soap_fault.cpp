// What a SOAP fault is by its bytes alone, without anybody to ask again.
#include "harness/probe/http/answer_value.hpp"
#include "suites/shared/technical_fault.hpp"

namespace gateproof::suites {

bool is_soap_fault(std::string_view body, const std::string& name) {
    if (name.find('\'') != std::string::npos) {
        return false;  // no name of XML, and not to be written into an expression
    }
    const std::string named = "local-name()='" + name + "' or contains(text(), '" + name + "')";
    return xml_value(body, "boolean(//*[local-name()='Fault']//*[" + named + "])") == "true";
}

bool is_technical_fault(const HttpOutcome& outcome) {
    static const std::string name = "UnAuthorised";
    // Most answers are none, and are not worth being read as XML.
    return outcome.whole() && outcome.response->body.find(name) != std::string::npos &&
           is_soap_fault(outcome.response->body, name);
}

}  // namespace gateproof::suites
