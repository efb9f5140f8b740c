#include "gateway/services/services.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include "gateway/services/answers.hpp"

namespace gateproof::gateway {
namespace {

namespace http = boost::beast::http;

constexpr std::chrono::milliseconds slow_lookup{25};

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t slash = path.find('/');
        parts.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos) {
            return parts;
        }
        path.remove_prefix(slash + 1);
    }
}

}  // namespace

Services::Services(const Fixture& fixture, const Pki& pki, const Clients& clients, const AccessTokens& tokens,
                   const FaultSet& faults)
    : fixture_(fixture),
      faults_(faults),
      authenticator_(fixture, pki, clients, tokens, faults),
      permissions_(fixture, faults) {}

std::optional<Response> Services::serve(const ServiceRequest& call) {
    const http::verb method = call.request.method();
    const bool reads = method == http::verb::get || method == http::verb::head;
    if (call.operation == "gws/returns/" || call.operation == "gws/returns") {
        return returns(call);
    }
    const std::vector<std::string> parts = split(call.operation);
    if (parts.size() == 2 && parts[0] == "customer" && reads) {
        return read_customer(call, parts[1]);
    }
    if (parts.size() == 3 && parts[0] == "customer" && parts[2] == "contact" && method == http::verb::put) {
        return change_contact(call, parts[1]);
    }
    if (call.operation == "account/batch" && method == http::verb::post) {
        return read_accounts(call);
    }
    if (parts.size() == 3 && parts[0] == "account" && reads) {
        return read_account(call, parts[1], parts[2]);
    }
    if (parts.size() == 4 && parts[0] == "account" && parts[3] == "payment" && method == http::verb::post) {
        return pay(call, parts[1], parts[2]);
    }
    return std::nullopt;
}

Authentication Services::authenticate(const ServiceRequest& call) {
    const Authentication judged = authenticator_.judge(call.request, call.caller, call.query);
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
    Response response;
    switch (denial) {
        case Denial::no_token:
            if (faults_.has("missing-token-called-invalid")) {
                break;
            }
            response = error_response(call.request, 401, "EV1021", "security", "No access token was sent");
            response.set(http::field::www_authenticate, R"(Bearer realm="gateway")");
            return response;
        case Denial::out_of_scope:
            response = error_response(call.request, 403, "EV1022", "security", "Access not permitted");
            response.set(http::field::www_authenticate, R"(Bearer realm="gateway", error="insufficient_scope")");
            return response;
        default: break;
    }
    response = error_response(call.request, 401, "EV1020", "security", "The access token is not valid");
    response.set(http::field::www_authenticate, R"(Bearer realm="gateway", error="invalid_token")");
    return response;
}

Response Services::not_permitted(const ServiceRequest& call, const std::string& ird) {
    const Customer* const customer = fixture_.customer(ird);
    if (customer == nullptr && faults_.has("unknown-customer-not-found")) {
        return error_response(call.request, 404, "CST404", "result", "No record was found");
    }
    if (customer == nullptr && faults_.has("unknown-customer-worded-otherwise")) {
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
