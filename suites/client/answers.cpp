#include "suites/client/answers.hpp"

#include <fmt/format.h>

#include <utility>

namespace gateproof::suites {

stage::Answer answer_of(int status, std::string_view type, std::string body) {
    stage::Answer answer;
    answer.status = status;
    answer.fields = {{"Content-Type", std::string(type)}};
    answer.body = std::move(body);
    return answer;
}

stage::Answer enveloped(int status, std::string_view content) {
    return answer_of(
        status, soap_type,
        fmt::format(R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>{}</s:Body></s:Envelope>)",
                    content));
}

stage::Answer rest_error(int status, std::string_view code, std::string_view type) {
    return answer_of(
        status, json_type,
        fmt::format(R"({{"errors":[{{"code":"{}","type":"{}","message":"Refused on purpose"}}]}})", code, type));
}

stage::Answer soap_status(int code) {
    return enveloped(
        200,
        fmt::format(
            R"(<r:Answer xmlns:r="https://services.ird.govt.nz/GWS/Returns/"><c:statusMessage xmlns:c="urn:www.ird.govt.nz/GWS:types/Common.v2"><c:statusCode>{}</c:statusCode><c:errorMessage>Refused on purpose</c:errorMessage></c:statusMessage></r:Answer>)",
            code));
}

stage::Answer page(int status, std::string_view title) {
    return answer_of(status, "text/html; charset=utf-8",
                     fmt::format("<!DOCTYPE html><html><head><title>{}</title></head><body><h1>{}</h1>"
                                 "<form method=\"post\"><input name=\"user\"><input type=\"password\" name=\"word\">"
                                 "</form></body></html>",
                                 title, title));
}

stage::Answer soap_fault(int status, std::string_view text) {
    return enveloped(status, fmt::format("<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason>"
                                         "<s:Text xml:lang=\"en\">{}</s:Text></s:Reason></s:Fault>",
                                         text));
}

/// Instead of whatever the application has to say.
stage::AnswerAct act_of(stage::Answer usual, std::vector<stage::SaidAt> at, stage::Callers callers) {
    stage::AnswerAct act;
    act.carried_out = false;
    act.said = std::move(usual);
    act.said_at = std::move(at);
    act.callers = callers;
    return act;
}

/// The same answer to both SOAP addresses.
void to_soap(stage::AnswerAct& act, const stage::Answer& answer) {
    act.said_at.push_back({"/gateway/gws/", answer});
    act.said_at.push_back({"/gateway2/gws/", answer});
}

}  // namespace gateproof::suites
