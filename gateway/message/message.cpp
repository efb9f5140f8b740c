#include "gateway/message/message.hpp"

#include <nlohmann/json.hpp>

namespace gateproof::gateway {

namespace http = boost::beast::http;

Response json_response(const Request& request, unsigned status, const nlohmann::json& body) {
    Response response{http::int_to_status(status), request.version()};
    response.set(http::field::content_type, "application/json");
    response.set(http::field::cache_control, "no-store");
    response.keep_alive(request.keep_alive());
    response.body() = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    response.prepare_payload();
    return response;
}

Response error_response(const Request& request, unsigned status, std::string_view code, std::string_view type,
                        std::string_view message) {
    const nlohmann::json error{{"code", code}, {"type", type}, {"message", message}};
    return json_response(request, status, {{"errors", nlohmann::json::array({error})}});
}

}  // namespace gateproof::gateway
