#include "gateway/http/routes.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

#include "gateway/fixture/ird_number.hpp"
#include "gateway/http/slow_operation.hpp"
#include "gateway/services/services.hpp"

namespace gateproof::gateway {

namespace http = boost::beast::http;

namespace {

Response text_response(const Request& request, std::string_view body) {
    Response response{http::status::ok, request.version()};
    response.set(http::field::content_type, "text/plain");
    response.set(http::field::cache_control, "no-store");
    response.keep_alive(request.keep_alive());
    response.body() = std::string(body);
    response.prepare_payload();
    return response;
}

Response redirect(const Request& request, std::string_view location) {
    Response response{http::status::found, request.version()};
    response.set(http::field::location, {location.data(), location.size()});
    response.keep_alive(request.keep_alive());
    response.prepare_payload();
    return response;
}

bool starts_with(std::string_view text, std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
}

/// Paths that lead into the service without being an operation of it.
bool is_entrance(std::string_view path) {
    return path == "/" || path == "/gateway" || path == "/gateway/" || path == "/gateway2" || path == "/gateway2/" ||
           path == "/gateway/customer-service" || path == "/gateway2/customer-service" ||
           path == "/gateway/customer-service/" || path == "/gateway2/customer-service/";
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
            return std::string(pair.substr(equals + 1));
        }
    }
    return std::nullopt;
}

/// The number to validate, from the query (GET) or the JSON body (POST).
std::optional<std::string> ird_number_of(const Request& request, std::string_view query) {
    if (request.method() != http::verb::post) {
        return query_value(query, "irdNumber");
    }
    const auto body = nlohmann::json::parse(request.body(), nullptr, false);
    if (!body.is_object() || !body.contains("irdNumber")) {
        return std::nullopt;
    }
    const auto& value = body["irdNumber"];
    if (value.is_number_unsigned()) {
        return std::to_string(value.get<std::uint64_t>());
    }
    return value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
}

Response validate_ird(const Request& request, std::string_view query) {
    const auto number = ird_number_of(request, query);
    switch (number ? validate_ird_number(*number) : IrdNumber::malformed) {
        case IrdNumber::valid: return json_response(request, 200, {{"irdNumber", *number}, {"valid", true}});
        case IrdNumber::bad_check_digit:
            return error_response(request, 400, "EV2234", "validation", "The IRD number's check digit is wrong");
        case IrdNumber::malformed: break;
    }
    return error_response(request, 400, "EV1100", "validation", "An IRD number has eight or nine digits");
}

/// Whether the request names a host that this connection was not made for (RFC 9110 15.5.20): with SNI any other than
/// it, without SNI one that has a virtual server of its own.
bool is_misdirected(const Request& request, const Caller& caller) {
    const auto field = request.find(http::field::host);
    if (!caller.over_tls || field == request.end()) {
        return false;
    }
    std::string host(field->value().data(), field->value().size());
    const std::size_t colon = host.rfind(':');
    if (colon != std::string::npos && host.find(']', colon) == std::string::npos) {
        host.resize(colon);
    }
    host = lower_case(host);
    return caller.server_name.empty() ? host == other_server_name : host != caller.server_name;
}

}  // namespace

Response serve(const Request& request, const Caller& caller, const FaultSet& faults, Services* services) {
    const std::string_view target(request.target().data(), request.target().size());
    const std::string_view path = target.substr(0, target.find('?'));
    const std::string_view query = path.size() < target.size() ? target.substr(path.size() + 1) : std::string_view();
    const bool in_clear = caller.listener == ListenerRole::plain_http;
    if (in_clear && !faults.has("plain-service-on-port-80")) {
        return error_response(request, 403, "EV1022", "security", "This service is offered over HTTPS alone");
    }
    if (is_misdirected(request, caller) && !faults.has("sni-host-mismatch-served")) {
        return error_response(request, 421, "EV1100", "validation", "This connection is for another host");
    }
    if (!caller.authorised) {
        return error_response(request, 403, "EV1022", "security", "Access not permitted");
    }
    if (faults.has("redirects-to-other-port") && is_entrance(path)) {
        return redirect(request, "https://localhost:8443" + std::string(path));
    }
    const bool cloud_paths = caller.listener != ListenerRole::desktop || faults.has("cloud-service-on-desktop-port");
    const bool desktop_paths = caller.listener == ListenerRole::desktop || caller.listener == ListenerRole::plain_http;
    std::string_view operation;
    if (cloud_paths && starts_with(path, "/gateway/")) {
        operation = path.substr(std::string_view("/gateway/").size());
    } else if (desktop_paths && starts_with(path, "/gateway2/")) {
        operation = path.substr(std::string_view("/gateway2/").size());
    }
    const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
    if (operation == "customer-service/status" && reads) {
        return text_response(request, "OK");
    }
    if (operation == "whoami" && reads) {
        return json_response(request, 200,
                             {{"dsp", caller.dsp.empty() ? nlohmann::json() : nlohmann::json(caller.dsp)}});
    }
    if (operation == "slow" && request.method() == http::verb::get) {
        return slow_operation(request, query);
    }
    if (operation == "returns/status" && reads && caller.listener == ListenerRole::cloud) {
        return caller.may_use_returns || faults.has("no-entitlements")
                   ? text_response(request, "OK")
                   : error_response(request, 403, "EV1022", "security", "Access not permitted");
    }
    if (operation == "customer-service/validateIRD" && (reads || request.method() == http::verb::post)) {
        return validate_ird(request, query);
    }
    if (services != nullptr && !operation.empty()) {
        if (auto answer = services->serve({request, caller, operation, query})) {
            return std::move(*answer);
        }
    }
    return error_response(request, 404, "EV1101", "result", "No such resource");
}

}  // namespace gateproof::gateway
