#include "gateway/services/answers.hpp"

#include <cctype>

#include "gateway/services/soap.hpp"
#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {

namespace http = boost::beast::http;

namespace {

constexpr std::string_view soap_type = "application/soap+xml; charset=utf-8";
constexpr std::string_view envelope_begin =
    R"(<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope")"
    R"( xmlns:a="http://www.w3.org/2005/08/addressing">)";

std::string header_with(std::string_view action) {
    return R"(<s:Header><a:Action s:mustUnderstand="1">)" + markup_escaped(action) + "</a:Action></s:Header>";
}

/// What holds statusMessage and responseBody.
std::string payload_name(const SoapAnswer& answer) {
    const bool reads = answer.operation == "RetrieveList" || answer.operation == "Event";
    if (answer.service == SoapService::employment && !reads) {
        return "employmentResponse";
    }
    std::string name = std::string(answer.operation) + "Response";
    name.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(name.front())));
    return name;
}

std::string payload_namespace(const SoapAnswer& answer) {
    return answer.service == SoapService::employment
               ? "urn:www.ird.govt.nz/GWS:types/Employment.v2"
               : "urn:www.ird.govt.nz/GWS:types/ReturnCommon.v" + std::to_string(answer.version);
}

}  // namespace

Response text_answer(const Request& request, unsigned status, const char* type, std::string body) {
    Response response{http::int_to_status(status), request.version()};
    response.set(http::field::content_type, type);
    response.set(http::field::cache_control, "no-store");
    response.keep_alive(request.keep_alive());
    response.body() = std::move(body);
    response.prepare_payload();
    return response;
}

Response json_answer(const Request& request, unsigned status, const nlohmann::json& body) {
    return text_answer(request, status, "application/json; charset=utf-8",
                       body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string_view message_of(SoapStatus status) {
    switch (status) {
        case SoapStatus::success: return "";
        case SoapStatus::authentication_failure: return "Authentication failure";
        case SoapStatus::missing_token: return "Missing authentication token(s)";
        case SoapStatus::unauthorised_access: return "Unauthorised access";
        case SoapStatus::unauthorised_delegation: return "Unauthorised delegation";
        case SoapStatus::unauthorised_vendor: return "Unauthorised vendor";
        case SoapStatus::unsupported_account_type: return "Account type not supported";
        case SoapStatus::unrecognised_xml: return "Unrecognised XML request";
        case SoapStatus::failed_validation: return "XML request failed validation";
        case SoapStatus::operation_not_for_form: return "The operation is not for this form";
        case SoapStatus::no_return: return "No return found";
        case SoapStatus::invalid_period: return "The period is not valid, or the account has no employees";
        case SoapStatus::other_version: return "The return is of another version of the service";
        case SoapStatus::unknown_error: break;
    }
    return "An unknown error has occurred";
}

Response soap_answer(const Request& request, const SoapAnswer& answer) {
    const std::string name(answer.operation);
    const std::string version = std::to_string(answer.version);
    const std::string service(namespace_of(answer.service));
    const std::string wrapper = wrapper_of(answer.service, name) + "ResponseWrapper";
    const std::string payload = payload_name(answer);
    std::string body(envelope_begin);
    if (!answer.action.empty()) {
        body += header_with(std::string(answer.action) + "Response");
    }
    body += "<s:Body><" + name + "Response xmlns=\"" + service + "\"><" + name + "Result><w:" + wrapper +
            " xmlns:w=\"" + service + ":types/" + name + "Response\"><" + payload + " xmlns=\"" +
            payload_namespace(answer) + "\"><statusMessage xmlns=\"urn:www.ird.govt.nz/GWS:types/Common.v" + version +
            "\">";
    const std::string code = "<statusCode>" + std::to_string(static_cast<int>(answer.status)) + "</statusCode>";
    const std::string_view text = message_of(answer.status);
    const std::string message =
        text.empty() ? "<errorMessage/>" : "<errorMessage>" + markup_escaped(text) + "</errorMessage>";
    body += answer.code_last ? message + code : code + message;
    body += "</statusMessage>" + answer.content + "</" + payload + "></w:" + wrapper + "></" + name + "Result></" +
            name + "Response></s:Body></s:Envelope>";
    return text_answer(request, 200, soap_type.data(), std::move(body));
}

Response addressing_fault(const Request& request, std::string_view subcode, std::string_view reason) {
    std::string body(envelope_begin);
    body += header_with("http://www.w3.org/2005/08/addressing/fault");
    body += "<s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>a:" + std::string(subcode) +
            "</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"en\">" + markup_escaped(reason) +
            "</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>";
    return text_answer(request, 400, soap_type.data(), std::move(body));
}

}  // namespace gateproof::gateway
