#include "gateway/http/concurrency.hpp"

#include <algorithm>
#include <string_view>

namespace gateproof::gateway {

namespace http = boost::beast::http;

namespace {

constexpr std::string_view limited_call = "/gateway/gws/slow";
/// Three times the pause that the embedded profile declares.
constexpr std::chrono::milliseconds shut_for{600};

/// No element of the published fault is published but its name.
constexpr std::string_view fault_body =
    R"(<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Body><soap:Fault><soap:Code>)"
    R"(<soap:Value>soap:Receiver</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang="en">UnAuthorised</soap:Text>)"
    R"(</soap:Reason></soap:Fault></soap:Body></soap:Envelope>)";

}  // namespace

Concurrency::Concurrency(std::size_t calls, const FaultSet& faults)
    : calls_(faults.has("concurrency-too-low") ? std::max<std::size_t>(1, calls / 2) : calls), faults_(faults) {}

Concurrency::Decision Concurrency::begin(const Request& request, const Caller& caller, Clock::time_point now) {
    const std::string_view target(request.target().data(), request.target().size());
    const bool counts = caller.listener == ListenerRole::cloud && caller.authorised && !caller.dsp.empty() &&
                        target.substr(0, target.find('?')) == limited_call;
    Decision decision;
    if (!counts || faults_.has("concurrency-off")) {
        return decision;
    }
    Dsp& dsp = dsps_[caller.dsp];
    if (dsp.open >= calls_ || now < dsp.shut_until) {
        if (faults_.has("concurrency-recovers-late") && now >= dsp.shut_until) {
            dsp.shut_until = now + shut_for;
        }
        decision.refusal = refusal(request);
    } else {
        decision.call.emplace(dsp.open);
    }
    return decision;
}

Response Concurrency::refusal(const Request& request) const {
    if (faults_.has("concurrency-answers-json")) {
        return error_response(request, 429, "IR003", "result", "Too many calls");
    }
    Response response{
        faults_.has("concurrency-answers-503") ? http::status::service_unavailable : http::status::too_many_requests,
        request.version()};
    response.set(http::field::content_type, "application/soap+xml; charset=utf-8");
    response.keep_alive(request.keep_alive());
    response.body() = fault_body;
    response.prepare_payload();
    return response;
}

}  // namespace gateproof::gateway
