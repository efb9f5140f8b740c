#include "gateway/http/slow_operation.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string>

#include "gateway/services/slow_writes.hpp"

namespace gateproof::gateway {

namespace http = boost::beast::http;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds longest = std::chrono::minutes(10);

std::optional<milliseconds> time_of(std::string_view query) {
    const std::string_view text = parameter(query, "ms");
    long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc() && end == text.data() + text.size();
    return good && value >= 0 && value <= longest.count() ? std::optional(milliseconds(value)) : std::nullopt;
}

std::string_view path_of(std::string_view target) {
    return target.substr(0, target.find('?'));
}

Response timed_out(const Request& request) {
    return error_response(request, 504, "EU6001", "server", "The operation took too long");
}

/// Half of the result, with a head that calls it the whole.
Response half_of(const Response& response) {
    Response half = response;
    half.body().resize(half.body().size() / 2);
    half.prepare_payload();
    return half;
}

milliseconds limit_of(const Timeouts& timeouts, const FaultSet& faults) {
    if (faults.has("no-operation-timeout")) {
        return longest;
    }
    if (faults.has("operation-timeout-too-short")) {
        return timeouts.operation / 10;
    }
    return faults.has("operation-timeout-too-long") ? timeouts.operation * 9 / 5 : timeouts.operation;
}

}  // namespace

Response slow_operation(const Request& request, std::string_view query) {
    const std::optional<milliseconds> time = time_of(query);
    if (!time) {
        return error_response(request, 400, "EV1100", "validation", "Say how long: ms=0 to ms=600000");
    }
    Response response{http::status::ok, request.version()};
    response.set(http::field::content_type, "application/json");
    response.set(http::field::cache_control, "no-store");
    response.keep_alive(request.keep_alive());
    response.body() = R"({"took_ms":)" + std::to_string(time->count()) + R"(,"records":["a","b","c"],"complete":true})";
    response.prepare_payload();
    return response;
}

std::optional<SlowPlan> plan_slow_answer(const Request& request, const Response& response, const Timeouts& timeouts,
                                         const FaultSet& faults) {
    const std::string_view target(request.target().data(), request.target().size());
    const std::string_view path = path_of(target);
    constexpr std::string_view slow[] = {"/gateway/slow", "/gateway/gws/slow", "/gateway2/slow", "/gateway/slow-write"};
    if (std::ranges::find(slow, path) == std::end(slow) || response.result() != http::status::ok) {
        return std::nullopt;
    }
    const milliseconds takes =
        time_of(target.substr(std::min(target.size(), path.size() + 1))).value_or(milliseconds(0));
    const milliseconds limit = limit_of(timeouts, faults);
    SlowPlan plan;
    plan.takes = takes;
    plan.wait = std::min(takes, limit);
    if (takes <= limit) {
        plan.answer = response;
        return plan;
    }
    plan.answer = timed_out(request);
    if (faults.has("timeout-hangs-after-head")) {
        plan.withheld = plan.answer->body().size();
        plan.end = SlowPlan::End::hang;
    } else if (faults.has("timeout-breaks-off-success")) {
        plan.answer = response;
        plan.withheld = response.body().size() / 2;
        plan.end = SlowPlan::End::close;
    } else if (faults.has("timeout-answers-partial-success")) {
        plan.answer = half_of(response);
    } else if (faults.has("timeout-closes-without-answer")) {
        plan.answer.reset();
        plan.end = SlowPlan::End::close;
    } else if (faults.has("connection-dead-after-timeout")) {
        plan.end = SlowPlan::End::hang;
    } else if (faults.has("late-answer-after-timeout")) {
        plan.late = response;
    }
    return plan;
}

}  // namespace gateproof::gateway
