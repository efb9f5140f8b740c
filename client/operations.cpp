#include "client/operations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <pugixml.hpp>

#include "client/base/encoding.hpp"
#include "client/base/json.hpp"
#include "client/retry.hpp"

namespace gateproof::client {
namespace {

using nlohmann::json;

constexpr const char* json_type = "application/json; charset=utf-8";
constexpr const char* soap_type = "application/soap+xml; charset=utf-8";
// Returns service, as published in June 2024: envelope, addressing, service,
// common types.
constexpr const char* envelope =
    R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>)"
    R"(<a:Action xmlns:a="http://www.w3.org/2005/08/addressing">https://services.ird.govt.nz/GWS/Returns/Return/{0}</a:Action>)"
    R"(</s:Header><s:Body><r:{0} xmlns:r="https://services.ird.govt.nz/GWS/Returns/"><r:{1}>)"
    R"(<w:{0}RequestWrapper xmlns:w="https://services.ird.govt.nz/GWS/Returns/:types/{0}Request")"
    R"( xmlns:f="urn:www.ird.govt.nz/GWS:types/ReturnCommon.v2" xmlns:c="urn:www.ird.govt.nz/GWS:types/Common.v2">{2})"
    R"(</w:{0}RequestWrapper></r:{1}></r:{0}></s:Body></s:Envelope>)";
constexpr const char* question_of_form =
    R"(<f:retrieveFormInfoRequest>{0}<f:periodEndDate>2026-03-31</f:periodEndDate>)"
    R"(<f:majorFormType>INC</f:majorFormType></f:retrieveFormInfoRequest>)";
constexpr const char* submission =
    R"(<i:fileRequest xmlns:i="urn:www.ird.govt.nz/GWS:types/ReturnIR3.v1"><f:fileHeader>{0})"
    R"(<f:periodEndDate>2026-03-31</f:periodEndDate><f:majorFormType>INC</f:majorFormType>)"
    R"(<f:minorFormType>3</f:minorFormType></f:fileHeader><f:fileBody><f:standardFields>)"
    R"(<f:isNilReturn>true</f:isNilReturn><f:amendmentRequest><f:isAmended>false</f:isAmended>)"
    R"(<f:amendReason>{1}</f:amendReason><f:amendDetails/></f:amendmentRequest></f:standardFields>)"
    R"(<f:formFields xsi:type="i:FormFieldsType" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>)"
    R"(</f:fileBody></i:fileRequest>)";

Request post(std::string path, const char* type, std::string body, bool repeatable) {
    return {"POST", std::move(path), {{"Content-Type", type}}, std::move(body), repeatable};
}

/// A call of the returns service, which both channels have.
Request returns_call(Channel channel, const char* name, const char* message, const std::string& payload,
                     bool repeatable) {
    return post(channel == Channel::cloud ? "/gateway/gws/returns/" : "/gateway2/gws/returns/", soap_type,
                fmt::format(envelope, name, message, payload), repeatable);
}

/// softwareProviderData, identifier and account type, which begin every
/// request.
std::string soap_header(const std::string& ird, const Software& software) {
    return fmt::format(
        "<c:softwareProviderData><c:softwareProvider>{}</"
        "c:softwareProvider><c:softwarePlatform>{}"
        "</c:softwarePlatform><c:softwareRelease>{}</c:softwareRelease></"
        "c:softwareProviderData>"
        R"(<c:identifier IdentifierValueType="IRD">{}</c:identifier><c:accountType>INC</c:accountType>)",
        markup_escaped(software.provider), markup_escaped(software.platform), markup_escaped(software.release),
        markup_escaped(ird));
}

/// The code of the first error in {"errors": [...]}; empty: there is none.
std::string error_code(const json& answer) {
    const auto errors = answer.is_object() ? answer.find("errors") : answer.end();
    if (!answer.is_object() || errors == answer.end() || !errors->is_array() || errors->empty()) {
        return {};
    }
    const std::string code = text_member(errors->front(), "code");
    return code.empty() || code.size() > 20 ? "an error without a code" : code;
}

/// The number in the first element called statusCode, whatever its prefix;
/// empty: there is none.
std::string soap_status(const std::string& text) {
    pugi::xml_document document;
    // No document type is read, so that no entity but XML's own five means
    // anything.
    if (!document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8)) {
        return {};
    }
    const pugi::xml_node found = document.find_node([](const pugi::xml_node& node) {
        const std::string_view name = node.name();
        return name == "statusCode" || name.ends_with(":statusCode");
    });
    return found.child_value();
}

/// Deeper than any answer is: pugixml's own walks are recursive.
bool nested_too_deeply(const std::string& text) {
    constexpr int deepest = 256;
    int depth = 0;
    for (std::size_t at = text.find('<'); at != std::string::npos && at + 1 < text.size();
         at = text.find('<', at + 1)) {
        const char next = text[at + 1];
        depth += next == '/' ? -1 : next == '!' || next == '?' ? 0 : 1;
        const std::size_t end = text.find('>', at);
        depth -= end != std::string::npos && text[end - 1] == '/' ? 1 : 0;
        if (depth > deepest) {
            return true;
        }
    }
    return false;
}

Reading read_soap(const Answer& answer, const FaultSet& faults) {
    if (answer.body.starts_with('{') && answer.status == 200 && faults.has("takes-any-content")) {
        return {};
    }
    const std::string status = nested_too_deeply(answer.body) ? std::string() : soap_status(answer.body);
    Reading reading;
    constexpr std::size_t known_codes = 3;  // digits of a code at most
    const bool taken = status != "0" && ((!status.empty() && faults.has("takes-soap-error")) ||
                                         (status.size() > known_codes && faults.has("takes-unknown-code")));
    if ((status == "0" || taken) && answer.status == 200) {
        return reading;
    }
    // Codes of the build packs, 5.1: 1 no token, 2 the token is not good, 4 not
    // delegated.
    reading.token_refused = status == "1" || status == "2" || (status.empty() && answer.status == 401);
    reading.forbidden = status == "4" || answer.status == 403;
    reading.problem = status.empty()
                          ? fmt::format("the gateway answered {} with no SOAP status code", answer.status)
                          : fmt::format("the gateway answered with SOAP status code {}", status.substr(0, 8));
    return reading;
}

Reading read_json(const Operation& operation, const Answer& answer, const FaultSet& faults) {
    if (answer.body.starts_with("<?xml") && answer.status == 200 && faults.has("takes-any-content")) {
        return {};
    }
    const json body = parse_bounded(answer.body);
    const std::string code = error_code(body);
    Reading reading;
    if (code.starts_with("ZZ") && faults.has("takes-unknown-code")) {
        return reading;
    }
    // The Customer suite refuses tokens with 400 EV1020 and EV1021 (June 2024).
    reading.token_refused = answer.status == 401 || code == "EV1020" || code == "EV1021";
    reading.forbidden = answer.status == 403 || code == "EV1022";
    if (answer.status != 200 || !code.empty()) {
        reading.problem = code.empty() ? fmt::format("the gateway answered with status {}", answer.status)
                                       : fmt::format("the gateway answered {} with error {}", answer.status, code);
        return reading;
    }
    const auto customer = body.is_object() ? body.find("Customer") : body.end();
    if (!body.is_object() || customer == body.end()) {
        reading.problem = "the gateway's answer holds no customer";
    } else if (text_member(*customer, "ID") != operation.ird && !faults.has("takes-other-customer")) {
        reading.problem = "the gateway's answer is about another customer than the one asked for";
    } else if (const auto names = customer->find("Name");
               names != customer->end() && names->is_array() && !names->empty()) {
        reading.name = text_member(names->front(), "Formatted");
    }
    return reading;
}

bool is_page(const Answer& answer) {
    const std::string type = lower_case(answer.field("content-type"));
    return type.starts_with("text/html") ||
           lower_case(std::string_view(answer.body).substr(0, 64)).find("<html") != std::string::npos;
}

}  // namespace

Operation status_operation(Channel channel) {
    Operation operation;
    operation.request.path =
        channel == Channel::cloud ? "/gateway/customer-service/status" : "/gateway2/gws/returns/?singleWsdl";
    return operation;
}

Operation read_operation(Channel channel, const std::string& ird, const Software& software) {
    if (channel == Channel::cloud) {
        const json body{{"CustomerID", ird}, {"CustomerIDType", "IRD"}};
        return {post("/gateway/customer/customer", json_type, body.dump(), true), Expected::customer, ird};
    }
    return state_operation(channel, ird, software);
}

Operation state_operation(Channel channel, const std::string& ird, const Software& software) {
    const std::string payload = fmt::format(question_of_form, soap_header(ird, software));
    return {returns_call(channel, "RetrieveStatus", "ReturnStatusRequestMsg", payload, true), Expected::soap_zero, ird};
}

Operation write_operation(Channel channel, const std::string& ird, const std::string& nonce, const Software& software) {
    const std::string payload = fmt::format(submission, soap_header(ird, software), markup_escaped(nonce));
    return {returns_call(channel, "File", "ReturnFileRequestMsg", payload, false), Expected::soap_zero, ird};
}

Reading read_answer(const Operation& operation, const Answer& answer, const FaultSet& faults) {
    if ((answer.status == 504 && faults.has("takes-504-for-data")) ||
        (answer.body.empty() && answer.status < 300 && faults.has("takes-empty"))) {
        return {};
    }
    const auto date = http_date(answer.field("date"));
    const auto now = std::chrono::system_clock::now();
    if (date && (*date < now - std::chrono::minutes(1) || *date > now + std::chrono::minutes(1)) &&
        faults.has("strict-clock")) {
        return {"the gateway's clock is wrong"};
    }
    if (is_page(answer)) {
        Reading page;
        const bool refused = answer.status >= 400 && answer.status < 500;
        if (!(refused ? faults.has("html-400-is-data") : faults.has("takes-html"))) {
            page.problem = fmt::format("a web page with status {} came instead of an answer", answer.status);
            page.forbidden = answer.status == 403;
        }
        return page;
    }
    if (!answer.field("content-encoding").empty() && lower_case(answer.field("content-encoding")) != "identity") {
        return {"the answer is compressed, which was not asked for"};
    }
    switch (operation.expected) {
        case Expected::customer: return read_json(operation, answer, faults);
        case Expected::soap_zero: return read_soap(answer, faults);
        case Expected::anything: break;
    }
    Reading reading;
    reading.token_refused = answer.status == 401;
    reading.forbidden = answer.status == 403;
    if (answer.status != 200) {
        reading.problem = fmt::format("the gateway answered with status {}", answer.status);
    } else if (answer.body.empty()) {
        reading.problem = "the gateway's answer is empty";
    } else if (lower_case(answer.field("content-type")).starts_with("application/json") && !json::accept(answer.body)) {
        reading.problem = "the gateway's answer is not the JSON that it says it is";
    }
    return reading;
}

}  // namespace gateproof::client
