#include "gateway/services/answers.hpp"

#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {
namespace {

namespace http = boost::beast::http;

Response answer(const Request& request, unsigned status, const char* type, std::string body) {
    Response response{http::int_to_status(status), request.version()};
    response.set(http::field::content_type, type);
    response.set(http::field::cache_control, "no-store");
    response.keep_alive(request.keep_alive());
    response.body() = std::move(body);
    response.prepare_payload();
    return response;
}

}  // namespace

Response json_answer(const Request& request, unsigned status, const nlohmann::json& body) {
    return answer(request, status, "application/json",
                  body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string_view message_of(SoapStatus status) {
    switch (status) {
        case SoapStatus::success: return "";
        case SoapStatus::authentication_failure: return "Authentication failure";
        case SoapStatus::missing_token: return "Missing authentication token";
        case SoapStatus::unauthorised_access: return "Unauthorised access";
        case SoapStatus::unauthorised_delegation: return "Unauthorised delegation";
        case SoapStatus::unauthorised_vendor: return "Unauthorised vendor";
        case SoapStatus::unsupported_account_type: return "Account type not supported";
        case SoapStatus::unrecognised_xml: return "Unrecognised XML request";
        case SoapStatus::failed_validation: return "XML request failed validation";
        case SoapStatus::invalid_ird_number: return "Invalid IRD number in the payload";
        case SoapStatus::unknown_error: break;
    }
    return "An unknown error has occurred";
}

Response soap_answer(const Request& request, std::string_view operation, SoapStatus status, std::string_view message,
                     std::string_view content) {
    std::string body =
        R"(<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">)"
        R"(<soap:Body><)";
    const std::string name = std::string(operation) + "Response";
    body += name + R"( xmlns="https://services.ird.govt.nz/GWS/Returns/"><statusMessage><statusCode>)";
    body += std::to_string(static_cast<int>(status)) + "</statusCode><errorMessage>" + markup_escaped(message);
    body += "</errorMessage></statusMessage>";
    if (!content.empty()) {
        body += "<responseBody>" + std::string(content) + "</responseBody>";
    }
    body += "</" + name + "></soap:Body></soap:Envelope>";
    return answer(request, 200, "application/soap+xml; charset=utf-8", std::move(body));
}

}  // namespace gateproof::gateway
