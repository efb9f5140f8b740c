#include "gateway/services/tds.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace gateproof::gateway {
namespace {

namespace http = boost::beast::http;
using nlohmann::json;

Response refusal(const Request& request, unsigned status, std::string_view code, std::string_view why) {
    return error_response(request, status, code, status == 401 ? "security" : "validation", why);
}

/// What is wrong with the text member `name`, which is needed; nothing: it has this many characters.
std::optional<Response> bad_member(const Request& request, const json& asked, const char* name, std::size_t size) {
    const auto found = asked.is_object() ? asked.find(name) : asked.end();
    if (found == asked.end() || !found->is_string()) {
        return refusal(request, 400, "TDS102", std::string("A parameter is needed: ") + name);
    }
    return found->get<std::string>().size() == size
               ? std::nullopt
               : std::optional(refusal(request, 400, "TDS101", std::string("Not to specification: ") + name));
}

Response summary(const Request& request) {
    if (request.method() != http::verb::post) {
        return json_response(request, 200,
                             {{"tdsStarted", "2026-01-01T00:00:00"}, {"tdsLastUpdated", "2026-01-01T06:00:00"}});
    }
    return json_response(request, 200, {{"periodCount", 0}, {"customer", json::array()}});
}

Response transactions(const Request& request) {
    const json asked = json::parse(request.body(), nullptr, false);
    if (auto wrong = bad_member(request, asked, "accountId", 15)) {
        return std::move(*wrong);
    }
    if (auto wrong = bad_member(request, asked, "filingPeriod", 10)) {
        return std::move(*wrong);
    }
    return json_response(request, 200,
                         {{"filingPeriod", asked["filingPeriod"]},
                          {"periodBegin", "2025-04-01"},
                          {"periodEnd", asked["filingPeriod"]},
                          {"tax", 0.0},
                          {"balance", 0.0},
                          {"transactions", json::array()}});
}

}  // namespace

std::optional<Response> transaction_data(const Request& request, const Caller& caller, std::string_view operation,
                                         const FaultSet& faults) {
    const http::verb method = request.method();
    const bool posts = method == http::verb::post;
    const bool batch = operation == "tds/transactions/batch" && posts;
    const bool of_summary =
        operation == "tds/summary" && (posts || method == http::verb::get || method == http::verb::head);
    if (caller.listener != ListenerRole::cloud || (!batch && !of_summary)) {
        return std::nullopt;
    }
    if (request.count(http::field::authorization) > 0 && !faults.has("tds-takes-tokens")) {
        return refusal(request, 401, "TDS204", "An access token is not taken here");
    }
    const bool permitted =
        caller.may_use_tds || faults.has("no-entitlements") || (batch && faults.has("tds-batch-under-any-certificate"));
    if (!permitted) {
        return refusal(request, 401, "TDS201", "Not enrolled for this service");
    }
    return batch ? transactions(request) : summary(request);
}

}  // namespace gateproof::gateway
