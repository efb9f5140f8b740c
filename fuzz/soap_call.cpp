// The embedded gateway's reader of SOAP requests: whatever comes, it is one of two well-formed calls or none, and a
// call written anew reads as the same call. An input is a request's body.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/require.hpp"
#include "gateway/services/soap.hpp"

namespace {

using gateproof::gateway::SoapCall;
using gateproof::gateway::SoapStatus;

bool is_argument(const std::string& text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

std::string element(const std::string& name, const std::string& text) {
    std::string escaped;
    for (const char c : text) {
        escaped += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
    }
    return "<" + name + ">" + escaped + "</" + name + ">";
}

std::string written(const SoapCall& call) {
    std::string request = element("identifier", call.ird) + element("accountType", call.account_type) +
                          element("periodEndDate", call.period);
    if (call.operation == "FileReturn") {
        request += element("income", call.income);
    }
    return "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\"><e:Body><" + call.operation + ">" +
           request + "</" + call.operation + "></e:Body></e:Envelope>";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const SoapCall call = gateproof::gateway::read_soap_call(body);
    const bool known = call.operation == "RetrieveStatus" || call.operation == "FileReturn";
    require(known || call.operation.empty(), "an operation that there is not");
    require(known == (call.fault != SoapStatus::unrecognised_xml), "a call without an operation, or the reverse");
    if (call.fault != SoapStatus::success) {
        require(call.ird.empty() && call.account_type.empty() && call.period.empty() && call.income.empty(),
                "arguments of a call that is none");
        return 0;
    }
    require(is_argument(call.ird) && is_argument(call.account_type), "an argument out of bounds");
    require(call.period.size() == 10, "a period that is no date");
    require(call.operation != "FileReturn" || call.income.size() <= 14, "no income");
    const SoapCall again = gateproof::gateway::read_soap_call(written(call));
    require(again.fault == SoapStatus::success && again.operation == call.operation && again.ird == call.ird &&
                again.account_type == call.account_type && again.period == call.period,
            "a call that reads as another one");
    require(call.operation != "FileReturn" || again.income == call.income, "another income");
    return 0;
}
