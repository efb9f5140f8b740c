#include "gateway/services/wsdl.hpp"

#include "gateway/services/soap.hpp"
#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {

std::string wsdl_of(SoapService service, std::string_view address, const FaultSet& faults) {
    const bool returns = service == SoapService::returns;
    const std::string kind = returns ? "Return" : "Employment";
    const std::string uri(namespace_of(service));
    std::string elements;
    std::string messages;
    std::string port_type;
    std::string binding;
    for (const SoapOperation& operation : operations_of(service)) {
        const std::string name(operation.name);
        if (returns && name == "RetrieveReturn" && faults.has("wsdl-lacks-an-operation")) {
            continue;
        }
        const std::string action =
            action_root(service) + (returns && faults.has("wsdl-of-other-actions") ? "I" : "") + name;
        for (const char* const direction : {"Request", "Response"}) {
            const std::string element = direction == std::string_view("Request") ? name : name + "Response";
            messages += "<wsdl:message name=\"" + name + direction +
                        "\"><wsdl:part name=\"parameters\" element=\"tns:" + element + "\"/></wsdl:message>";
            elements += "<xs:element name=\"" + element +
                        "\"><xs:complexType><xs:sequence><xs:any processContents=\"lax\" minOccurs=\"0\"/>"
                        "</xs:sequence></xs:complexType></xs:element>";
        }
        port_type += "<wsdl:operation name=\"" + name + "\"><wsdl:input wsam:Action=\"" + action +
                     "\" message=\"tns:" + name + "Request\"/><wsdl:output wsam:Action=\"" + action +
                     "Response\" message=\"tns:" + name + "Response\"/></wsdl:operation>";
        binding += "<wsdl:operation name=\"" + name + "\"><soap12:operation soapAction=\"" + action +
                   "\" style=\"document\"/><wsdl:input><soap12:body use=\"literal\"/></wsdl:input><wsdl:output>"
                   "<soap12:body use=\"literal\"/></wsdl:output></wsdl:operation>";
    }
    return R"(<?xml version="1.0" encoding="utf-8"?><wsdl:definitions name=")" + kind +
           R"(" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/")"
           R"( xmlns:wsam="http://www.w3.org/2007/05/addressing/metadata" xmlns:tns=")" +
           uri + "\" targetNamespace=\"" + uri +
           "\"><wsdl:types><xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" elementFormDefault=\"qualified\" "
           "targetNamespace=\"" +
           uri + "\">" + elements + "</xs:schema></wsdl:types>" + messages + "<wsdl:portType name=\"" + kind + "\">" +
           port_type + "</wsdl:portType>" + "<wsdl:binding name=\"" + kind + "\" type=\"tns:" + kind +
           "\"><soap12:binding "
           "transport=\"http://schemas.xmlsoap.org/soap/http\"/>" +
           binding + "</wsdl:binding><wsdl:service name=\"" + kind + "Service\"><wsdl:port name=\"" + kind + "\" " +
           "binding=\"tns:" + kind + "\"><soap12:address location=\"" + markup_escaped(address) +
           "\"/></wsdl:port></wsdl:service></wsdl:definitions>";
}

}  // namespace gateproof::gateway
