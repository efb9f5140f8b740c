#include "suites/client/errors/answers.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

namespace gateproof::suites {

namespace {

/// The answer's record of a customer, changed. What holds none stays as it is.
template <class Change>
std::string with_customer(stage::Answer answer, const stage::Request& request, Change change) {
    nlohmann::json body = nlohmann::json::parse(answer.body, nullptr, false);
    if (body.is_object() && body.contains("Customer") && body["Customer"].is_object()) {
        change(body["Customer"]);
        answer.body = body.dump();
    }
    return stage::encoded(answer, request.method);
}

std::string canary(const stage::Doors& doors, std::string_view what) {
    return fmt::format("http://127.0.0.1:{}/{}", doors.find(canary_door)->second, what);
}

std::string xml_answer(const std::string& document, const stage::Request& request) {
    const bool soap = stage::belongs(request, stage::Callers::soap);
    return stage::encoded(answer_of(200, soap ? soap_type : "application/xml", "<?xml version=\"1.0\"?>\n" + document),
                          request.method);
}

}  // namespace

stage::AnswerAct forbidden() {
    return act_of(rest_error(403, "EV1022", "security"),
                  {{"/gateway/income/", rest_error(400, "EV1022", "security")},
                   {"/gateway/document/", rest_error(400, "EV1022", "security")},
                   {"/gateway/notification/", rest_error(400, "EV1022", "security")},
                   {"/gateway/bill/", rest_error(401, "EV1022", "validation")},
                   {"/gateway/calculators/", rest_error(401, "EV1040", "security")},
                   {"/gateway/tds/", rest_error(401, "TDS200", "security")}},
                  stage::Callers::rest);
}

stage::AnswerAct invalid() {
    return act_of(rest_error(400, "EV1100", "validation"),
                  {{"/gateway/bill/", rest_error(400, "EV1002", "validation")},
                   {"/gateway/tds/", rest_error(400, "TDS101", "validation")}},
                  stage::Callers::rest);
}

stage::AnswerAct check_digit() {
    return act_of(rest_error(400, "EV2234", "validation"),
                  {{"/gateway/bill/", rest_error(400, "EV2000", "validation")},
                   {"/gateway/calculators/", rest_error(400, "PIR101", "validation")},
                   {"/gateway/customer-service/", rest_error(400, "IR001", "validation")},
                   {"/gateway/tds/", rest_error(400, "TDS301", "validation")}},
                  stage::Callers::rest);
}

stage::AnswerAct unknown_record() {
    return act_of(rest_error(400, "CST404", "result"),
                  {{"/gateway/income/", rest_error(400, "EV2235", "result")},
                   {"/gateway/document/", rest_error(400, "DOC301", "result")},
                   {"/gateway/notification/", rest_error(400, "NOT002", "validation")},
                   {"/gateway/bill/", rest_error(404, "ER5000", "result")},
                   {"/gateway/calculators/", rest_error(400, "PER100", "result")},
                   {"/gateway/customer-service/", rest_error(400, "IR001", "validation")},
                   {"/gateway/tds/", rest_error(400, "TDS302", "result")}},
                  stage::Callers::rest);
}

stage::AnswerAct refused_by_soap(int code) {
    return act_of(soap_status(code), {}, stage::Callers::soap);
}

stage::AnswerAct token_refused() {
    stage::AnswerAct act =
        act_of(rest_error(400, "EV1020", "security"), {{"/gateway/bill/", rest_error(401, "EV1020", "security")},
                                                       {"/gateway/calculators/", rest_error(401, "EV1027", "security")},
                                                       {"/gateway/tds/", rest_error(401, "TDS202", "security")}});
    to_soap(act, soap_status(1));
    return act;
}

stage::AnswerAct server_error() {
    stage::AnswerAct act =
        act_of(rest_error(500, "EU6001", "server"), {{"/gateway/calculators/", rest_error(500, "PIR150", "server")}});
    to_soap(act, soap_fault(500, "Failed on purpose"));
    return act;
}

stage::AnswerAct of_nobody() {
    stage::AnswerAct act = act_of(rest_error(400, "ZZ9876", "novel"));
    to_soap(act, soap_status(9876));
    return act;
}

stage::AnswerAct paged(int status, std::string_view title) {
    return act_of(page(status, title));
}

stage::AnswerAct empty(int status) {
    stage::Answer answer;
    answer.status = status;
    return act_of(std::move(answer));
}

stage::AnswerAct bottomless() {
    constexpr std::size_t depth = 100'000;
    constexpr std::size_t digits = 10'000;
    std::string arrays = "{\"number\":" + std::string(digits, '9') + ",\"depth\":" + std::string(depth, '[') +
                         std::string(depth, ']') + "}";
    std::string elements;
    for (std::size_t i = 0; i < depth; ++i) {
        elements += "<a>";
    }
    for (std::size_t i = 0; i < depth; ++i) {
        elements += "</a>";
    }
    stage::AnswerAct act = act_of(answer_of(200, json_type, std::move(arrays)));
    to_soap(act, enveloped(200, elements));
    return act;
}

stage::AnswerAct expanding() {
    constexpr int levels = 9;
    std::string entities = "<!ENTITY e0 \"x\">";
    for (int level = 1; level <= levels; ++level) {
        std::string ten;
        for (int i = 0; i < 10; ++i) {
            ten += fmt::format("&e{};", level - 1);
        }
        entities += fmt::format("<!ENTITY e{} \"{}\">", level, ten);
    }
    const std::string document = fmt::format("<?xml version=\"1.0\"?><!DOCTYPE a [{}]><a>&e{};</a>", entities, levels);
    stage::AnswerAct act = act_of(answer_of(200, "application/xml", document));
    to_soap(act, answer_of(200, soap_type, document));
    return act;
}

stage::AnswerAct mislabelled() {
    stage::AnswerAct act =
        act_of(answer_of(200, json_type, "<?xml version=\"1.0\"?>\n<answer><done>true</done></answer>"));
    to_soap(act, answer_of(200, soap_type, R"({"done": true})"));
    return act;
}

std::string about_another(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    constexpr std::string_view one = "136410132";  // that no fixture has; both have a right check digit
    constexpr std::string_view other = "049091850";
    return with_customer(answer, request, [&](nlohmann::json& customer) {
        customer["ID"] = customer.value("ID", "") == one ? other : one;
    });
}

std::string with_macrons(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    return with_customer(answer, request, [](nlohmann::json& customer) {
        nlohmann::json& names = customer["Name"];
        if (names.is_array() && !names.empty() && names[0].is_object()) {
            names[0]["Formatted"] = name_with_macrons;
        }
    });
}

std::string with_document_type(const stage::Answer&, const stage::Request& request, const stage::Doors& doors) {
    return xml_answer(fmt::format("<!DOCTYPE answer SYSTEM \"{}\"><answer/>", canary(doors, "document-type")), request);
}

std::string with_entity(const stage::Answer&, const stage::Request& request, const stage::Doors& doors) {
    return xml_answer(fmt::format("<!DOCTYPE answer [<!ENTITY other SYSTEM \"{}\">]><answer>&other;</answer>",
                                  canary(doors, "entity")),
                      request);
}

std::string with_schema(const stage::Answer&, const stage::Request& request, const stage::Doors& doors) {
    return xml_answer(
        fmt::format("<answer xmlns=\"urn:answer\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                    "xsi:schemaLocation=\"urn:answer {}\"/>",
                    canary(doors, "schema")),
        request);
}

}  // namespace gateproof::suites
