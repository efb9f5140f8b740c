// The embedded gateway's reader of SOAP requests: whatever comes, it is a call of a known operation within its bounds,
// or none; and a question written anew from what was read reads as the same. An input is a request's body.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/require.hpp"
#include "gateway/services/soap.hpp"

namespace {

using gateproof::gateway::SoapCall;
using gateproof::gateway::SoapOperation;
using gateproof::gateway::SoapStatus;

const SoapOperation* operation_of(const SoapCall& call) {
    const auto operations = gateproof::gateway::operations_of(gateproof::gateway::SoapService::returns);
    const auto found = std::ranges::find(operations, call.operation, &SoapOperation::name);
    return found == operations.end() ? nullptr : &*found;
}

std::string element(const std::string& name, const std::string& text, const std::string& attributes = {}) {
    std::string escaped;
    for (const char c : text) {
        escaped += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
    }
    return "<" + name + attributes + ">" + escaped + "</" + name + ">";
}

/// A question, which has no body of a form.
std::string written(const SoapCall& call, const SoapOperation& operation) {
    const std::string returns(gateproof::gateway::namespace_of(gateproof::gateway::SoapService::returns));
    const std::string types = "urn:www.ird.govt.nz/GWS:types/";
    const std::string version = ".v" + std::to_string(call.version);
    const std::string name(operation.name);
    const std::string message = "r:" + std::string(operation.message);
    const std::string wrapper = "w:" + name + "RequestWrapper";
    const std::string payload = "f:" + std::string(operation.payload);
    const std::string open = "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\"><e:Header>" +
                             element("a:Action", call.action, " xmlns:a=\"http://www.w3.org/2005/08/addressing\"") +
                             "</e:Header><e:Body><r:" + name + " xmlns:r=\"" + returns + "\"><" + message + "><" +
                             wrapper + " xmlns:w=\"" + returns + ":types/" + name + "Request\" xmlns:f=\"" + types +
                             "ReturnCommon" + version + "\" xmlns:c=\"" + types + "Common" + version + "\"><" +
                             payload + ">";
    const std::string header =
        "<c:softwareProviderData>" + element("c:softwareProvider", call.provider) +
        element("c:softwarePlatform", call.platform) + element("c:softwareRelease", "1") + "</c:softwareProviderData>" +
        element("c:identifier", call.identifier, " IdentifierValueType=\"" + call.identifier_type + "\"");
    const std::string form = (call.account_type.empty() ? "" : element("c:accountType", call.account_type)) +
                             (call.period.empty() ? "" : element("f:periodEndDate", call.period)) +
                             element("f:majorFormType", call.form);
    return open + header + form + "</" + payload + "></" + wrapper + "></" + message + "></r:" + name +
           "></e:Body></e:Envelope>";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const SoapCall call = gateproof::gateway::read_soap_call(body);
    const SoapOperation* const operation = operation_of(call);
    const bool enveloped = call.envelope != SoapCall::Envelope::no_soap;
    require(enveloped != call.operation.empty(), "an operation without an envelope, or the reverse");
    require(operation != nullptr || call.operation.empty() || call.operation == "Return", "an operation there is not");
    if (call.fault != SoapStatus::success) {
        return 0;
    }
    require(call.envelope == SoapCall::Envelope::good && operation != nullptr, "a call of nothing");
    require(call.version == 1 || call.version == 2, "a version there is not");
    require(!call.identifier.empty() && call.identifier.size() <= 30, "an identifier out of bounds");
    require(!call.provider.empty() && call.provider.size() <= 50, "a provider out of bounds");
    require(call.account_type.empty() || call.account_type.size() == 3, "an account type out of bounds");
    require(call.period.empty() || call.period.size() == 10, "a period that is no date");
    require(call.files == operation->files, "a question that files, or the reverse");
    if (operation->files) {
        return 0;
    }
    const SoapCall again = gateproof::gateway::read_soap_call(written(call, *operation));
    require(again.fault == SoapStatus::success && again.operation == call.operation && again.action == call.action,
            "a call that reads as none");
    require(again.identifier == call.identifier && again.identifier_type == call.identifier_type &&
                again.account_type == call.account_type && again.period == call.period && again.form == call.form &&
                again.provider == call.provider && again.platform == call.platform && again.version == call.version,
            "a call that reads as another one");
    return 0;
}
