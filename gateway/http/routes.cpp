#include "gateway/http/routes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include "gateway/http/slow_operation.hpp"
#include "gateway/services/ird_validation.hpp"
#include "gateway/services/services.hpp"
#include "gateway/services/tds.hpp"

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

/// Paths that lead into the service without being an operation of it.
bool is_entrance(std::string_view path) {
    if (path.ends_with('/') && path.size() > 1) {
        path.remove_suffix(1);
    }
    constexpr std::string_view entrances[] = {"/", "/gateway", "/gateway2", "/gateway/customer-service",
                                              "/gateway2/gws"};
    return std::ranges::find(entrances, path) != std::end(entrances);
}

/// `GET /gateway/{api}/status`, of each REST service that is here.
bool is_status(std::string_view operation) {
    constexpr std::string_view services[] = {"customer", "account", "contact", "bank", "document", "customer-service"};
    const std::size_t slash = operation.find('/');
    return slash != std::string_view::npos && operation.substr(slash) == "/status" &&
           std::ranges::find(services, operation.substr(0, slash)) != std::end(services);
}

/// What is not published and only this gateway has: who calls, an answer that takes its time, work that is counted.
std::optional<Response> own_operation(const Request& request, const Caller& caller, std::string_view operation,
                                      std::string_view query, const FaultSet& faults, const Services* services) {
    const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
    if (operation == "whoami" && reads) {
        return json_response(request, 200,
                             {{"dsp", caller.dsp.empty() ? nlohmann::json() : nlohmann::json(caller.dsp)}});
    }
    if ((operation == "slow" || operation == "gws/slow") && request.method() == http::verb::get) {
        return slow_operation(request, query);
    }
    if (operation == "slow-write" && request.method() == http::verb::post) {
        return slow_operation(request, query);
    }
    if (operation == "slow-write/status" && reads && services != nullptr) {
        return services->slow_writes().status(request, query, faults);
    }
    if (operation == "customer-service/work" && reads) {
        return json_response(request, 200, {{"done", true}});
    }
    return std::nullopt;
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

bool take_absolute_form(Request& request) {
    const std::string target(request.target().data(), request.target().size());
    const std::size_t scheme = target.find("://");
    if (scheme == std::string::npos || scheme > target.find('/')) {
        return false;
    }
    const std::size_t host = scheme + 3;
    const std::size_t path = std::min(target.find_first_of("/?", host), target.size());
    request.set(http::field::host, target.substr(host, path - host));
    request.target(path < target.size() && target[path] == '/' ? target.substr(path) : "/" + target.substr(path));
    return true;
}

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
    const bool native = desktop_paths && path.starts_with("/gateway2/");
    std::string_view operation;
    if (native || (cloud_paths && path.starts_with("/gateway/"))) {
        operation = path.substr(path.find('/', 1) + 1);
    }
    if (auto answer = own_operation(request, caller, operation, query, faults, services)) {
        return std::move(*answer);
    }
    const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
    const bool missing = operation == "account/status" && faults.has("status-of-account-missing");
    const bool rest = !native || faults.has("rest-on-desktop");
    if (rest && is_status(operation) && reads && caller.listener != ListenerRole::mock && !missing) {
        return text_response(request, "OK");
    }
    if (auto answer = transaction_data(request, caller, operation, faults)) {
        return std::move(*answer);
    }
    if (!native && operation == "customer-service/validateIRD") {
        return validate_ird(request, faults);
    }
    if (services != nullptr && !operation.empty()) {
        if (auto answer = services->serve({request, caller, operation, query, native})) {
            return std::move(*answer);
        }
    }
    return error_response(request, 404, "EV1101", "result", "No such resource");
}

}  // namespace gateproof::gateway
