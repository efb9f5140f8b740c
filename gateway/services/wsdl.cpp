#include "gateway/services/wsdl.hpp"

#include "gateway/services/soap.hpp"
#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {

std::string returns_wsdl(std::string_view address, const FaultSet& faults) {
    std::string elements;
    std::string messages;
    std::string port_type;
    std::string binding;
    for (const SoapOperation& operation : operations_of(SoapService::returns)) {
        const std::string name(operation.name);
        if (name == "RetrieveReturn" && faults.has("wsdl-lacks-an-operation")) {
            continue;
        }
        const std::string action =
            action_root(SoapService::returns) + (faults.has("wsdl-of-other-actions") ? "I" : "") + name;
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
    return R"(<?xml version="1.0" encoding="utf-8"?><wsdl:definitions name="Return")"
           R"( xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/")"
           R"( xmlns:wsam="http://www.w3.org/2007/05/addressing/metadata" xmlns:tns=")" +
           std::string(namespace_of(SoapService::returns)) + "\" targetNamespace=\"" +
           std::string(namespace_of(SoapService::returns)) +
           "\"><wsdl:types><xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" elementFormDefault=\"qualified\" "
           "targetNamespace=\"" +
           std::string(namespace_of(SoapService::returns)) + "\">" + elements + "</xs:schema></wsdl:types>" + messages +
           "<wsdl:portType name=\"Return\">" + port_type + "</wsdl:portType>" +
           "<wsdl:binding name=\"Return\" type=\"tns:Return\"><soap12:binding "
           "transport=\"http://schemas.xmlsoap.org/soap/http\"/>" +
           binding + "</wsdl:binding><wsdl:service name=\"ReturnService\"><wsdl:port name=\"Return\" " +
           "binding=\"tns:Return\"><soap12:address location=\"" + markup_escaped(address) +
           "\"/></wsdl:port></wsdl:service></wsdl:definitions>";
}

}  // namespace gateproof::gateway
