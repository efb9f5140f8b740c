#include "gateway/services/services.hpp"

#include <chrono>

#include "gateway/services/answers.hpp"
#include "gateway/services/soap.hpp"

namespace gateproof::gateway {
namespace {

namespace http = boost::beast::http;

constexpr std::chrono::milliseconds slow_lookup{25};

/// Of a fault.
Response without_error_types(const Request& request, const Response& answer) {
    nlohmann::json body = nlohmann::json::parse(answer.body());
    for (nlohmann::json& error : body.at("errors")) {
        error.erase("type");
    }
    return json_answer(request, answer.result_int(), body);
}

}  // namespace

Services::Services(const Fixture& fixture, const Pki& pki, const Clients& clients, const AccessTokens& tokens,
                   const FaultSet& faults)
    : fixture_(fixture),
      faults_(faults),
      authenticator_(fixture, pki, clients, tokens, faults),
      permissions_(fixture, faults) {}

std::optional<Response> Services::serve(const ServiceRequest& call) {
    // Both spellings are published: gws/returns/ and GWS/Returns/.
    const std::string operation = lower_case(call.operation);
    if (operation == "gws/returns/" || operation == "gws/returns") {
        return soap(call, SoapService::returns);
    }
    if (operation == "gws/employment/v2/" || operation == "gws/employment/v2") {
        return soap(call, SoapService::employment);
    }
    std::optional<Response> answer = call.native ? std::nullopt : rest(call);
    if (answer && answer->result_int() >= 400 && !answer->body().empty() && faults_.has("rest-error-without-type")) {
        return without_error_types(call.request, *answer);
    }
    return answer;
}

Authentication Services::authenticate(const ServiceRequest& call) {
    const bool is_soap = lower_case(call.operation).starts_with("gws/");
    const bool takes_machines = !is_soap || faults_.has("m2m-on-every-service");
    const Authentication judged = authenticator_.judge(call.request, call.caller, call.query, takes_machines);
    if (judged.denial == Denial::invalid_token && faults_.has("lax-node-takes-bad-tokens") && met_lax_node(call)) {
        return {Denial::none, {"", true}};
    }
    return judged;
}

bool Services::met_lax_node(const ServiceRequest& call) {
    constexpr unsigned nodes = 3;
    const auto header = call.request[http::field::authorization];
    return ++refused_[std::string(header.data(), header.size())] % nodes == 0;
}

Response Services::refuse(const ServiceRequest& call, Denial denial) const {
    switch (denial) {
        case Denial::no_token:
            if (faults_.has("missing-token-called-invalid")) {
                break;
            }
            return error_response(call.request, 400, "EV1021", "security", "No access token was sent");
        case Denial::out_of_scope:
            return error_response(call.request, 403, "EV1022", "security", "Access not permitted");
        default: break;
    }
    return error_response(call.request, 400, "EV1020", "security", "The access token is not valid");
}

Response Services::not_permitted(const ServiceRequest& call, const std::string& ird) {
    const Customer* const customer = fixture_.customer(ird);
    const bool unknown = customer == nullptr && call.caller.listener != ListenerRole::mock;
    if (unknown && faults_.has("unknown-customer-not-found")) {
        return error_response(call.request, 404, "CST404", "result", "No record was found");
    }
    if (unknown && faults_.has("unknown-customer-worded-otherwise")) {
        return error_response(call.request, 403, "EV1022", "security", "Access not permitted: no such customer");
    }
    if (customer != nullptr && faults_.has("forbidden-customer-takes-longer")) {
        pause_ = slow_lookup;
    }
    if (customer != nullptr && faults_.has("error-names-customer")) {
        return error_response(call.request, 403, "EV1022", "security",
                              "Access to " + customer->name + " not permitted");
    }
    if (faults_.has("delegation-error-with-200")) {
        return error_response(call.request, 200, "EV1022", "security", "Access not permitted");
    }
    if (faults_.has("delegation-error-of-another-code")) {
        return error_response(call.request, 403, "EV1199", "security", "Access not permitted");
    }
    return error_response(call.request, 403, "EV1022", "security", "Access not permitted");
}

}  // namespace gateproof::gateway
