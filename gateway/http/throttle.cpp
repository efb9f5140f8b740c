#include "gateway/http/throttle.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace gateproof::gateway {

namespace http = boost::beast::http;

namespace {

constexpr std::string_view limited = "/gateway/customer-service/";
constexpr std::string_view status_path = "/gateway/customer-service/status";
constexpr std::string_view limits_path = "/gateway/customer-service/limits";
constexpr std::size_t max_buckets = 4096;
constexpr std::chrono::milliseconds others_wait{500};
constexpr std::chrono::milliseconds heavy_for{200};

std::string_view path_of(const Request& request) {
    const std::string_view target(request.target().data(), request.target().size());
    return target.substr(0, target.find('?'));
}

std::string field_of(const Request& request, std::string_view name) {
    const auto field = request.find({name.data(), name.size()});
    return field == request.end() ? std::string() : std::string(field->value().data(), field->value().size());
}

/// Where proxies write whom they have seen.
std::string claimed_address(const Request& request) {
    for (const std::string_view name : {"X-Forwarded-For", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP"}) {
        if (std::string claimed = field_of(request, name); !claimed.empty()) {
            return claimed;
        }
    }
    return {};
}

/// Without case, doubled or trailing slashes.
std::string plain_spelling(std::string_view path) {
    std::string plain;
    for (const char c : lower_case(path)) {
        if (c != '/' || plain.empty() || plain.back() != '/') {
            plain.push_back(c);
        }
    }
    while (plain.size() > 1 && plain.back() == '/') {
        plain.pop_back();
    }
    return plain;
}

}  // namespace

Throttle::Throttle(double rate, double burst, const FaultSet& faults)
    : rate_(faults.has("throttle-too-low") ? rate / 2 : rate),
      burst_(faults.has("throttle-too-low") ? std::max(1.0, burst / 4) : burst),
      faults_(faults) {}

std::optional<Response> Throttle::answer(const Request& request, const Caller& caller, Clock::time_point now) {
    std::string path(path_of(request));
    if (faults_.has("throttle-by-spelling")) {
        path = plain_spelling(path);
    }
    const bool counts = caller.listener == ListenerRole::cloud && caller.authorised && !caller.dsp.empty() &&
                        path.starts_with(limited) && path != status_path;
    if (!counts) {
        return std::nullopt;
    }
    const bool free = faults_.has("throttle-off") || (faults_.has("throttle-forgets-resumed") && caller.resumed) ||
                      (faults_.has("throttle-overlooks-head") && request.method() == http::verb::head);
    if (buckets_.size() >= max_buckets) {
        buckets_.clear();
    }
    Bucket& bucket = buckets_.try_emplace(key_of(request, caller, path), Bucket{burst_, now}).first->second;
    if (!free && !take(bucket, now)) {
        heavy_ = caller.dsp;
        refused_at_ = now;
        return refusal(request, bucket);
    }
    if (path == limits_path && request.method() == http::verb::get) {
        return json_response(request, 200, {{"requestsPerSecond", rate_}, {"burst", burst_}});
    }
    return std::nullopt;
}

std::string Throttle::key_of(const Request& request, const Caller& caller, std::string_view path) const {
    if (faults_.has("throttle-global")) {
        return {};
    }
    if (faults_.has("throttle-by-address")) {
        return caller.source.to_string();
    }
    if (faults_.has("throttle-by-claimed-address") && !claimed_address(request).empty()) {
        return claimed_address(request);
    }
    if (faults_.has("throttle-by-claimed-client") && !field_of(request, "X-Consumer-Username").empty()) {
        return field_of(request, "X-Consumer-Username");
    }
    return caller.dsp + more_of_key(request, caller, path);
}

/// What faults count apart although it is one DSP.
std::string Throttle::more_of_key(const Request& request, const Caller& caller, std::string_view path) const {
    std::string key;
    if (faults_.has("throttle-by-forwarded-address")) {
        key += " " + field_of(request, "X-Forwarded-For");
    }
    if (faults_.has("throttle-by-user-agent")) {
        key += " " + field_of(request, "User-Agent");
    }
    if (faults_.has("throttle-by-host-spelling")) {
        key += " " + field_of(request, "Host");
    }
    if (faults_.has("throttle-by-query")) {
        key += " " + std::string(request.target().data(), request.target().size());
    }
    if (faults_.has("throttle-by-token")) {
        key += " " + field_of(request, "Authorization");
    }
    if (faults_.has("throttle-by-path")) {
        key += " " + std::string(path);
    }
    if (faults_.has("throttle-by-spelling")) {
        key += " " + std::string(path_of(request));
    }
    if (faults_.has("throttle-by-connection")) {
        key += " " + std::to_string(caller.connection);
    }
    return key;
}

bool Throttle::take(Bucket& bucket, Clock::time_point now) const {
    bucket.tokens =
        std::min(burst_, bucket.tokens + rate_ * std::chrono::duration<double>(now - bucket.filled).count());
    bucket.filled = now;
    if (bucket.shut || bucket.tokens < 1) {
        bucket.shut = faults_.has("throttle-never-recovers");
        return false;
    }
    bucket.tokens -= 1;
    return true;
}

Response Throttle::refusal(const Request& request, const Bucket& bucket) const {
    const unsigned status = faults_.has("throttle-answers-503") ? 503 : faults_.has("throttle-as-success") ? 200 : 429;
    Response response = error_response(request, status, "IR003", "result", "Too many queries");
    if (faults_.has("throttle-empty-refusal")) {
        response.body().clear();
        response.erase(http::field::content_type);
        response.prepare_payload();
    }
    const double wait = std::max(1.0, std::ceil((1 - bucket.tokens) / rate_));
    if (faults_.has("throttle-odd-retry-after")) {
        response.set(http::field::retry_after, "31536000");
    } else if (!faults_.has("throttle-no-retry-after")) {
        response.set(http::field::retry_after, std::to_string(static_cast<int>(wait)));
    }
    return response;
}

void Throttle::rewrite(Request& request) const {
    if (faults_.has("throttle-by-spelling")) {
        const std::string_view target(request.target().data(), request.target().size());
        const std::string plain =
            plain_spelling(path_of(request)) + std::string(target.substr(std::min(target.find('?'), target.size())));
        if (plain.starts_with("/gateway/customer-service/work")) {
            request.target(plain);
        }
    }
}

std::chrono::milliseconds Throttle::delay(const Caller& caller, Clock::time_point now) const {
    const bool heavy = !heavy_.empty() && now - refused_at_ < heavy_for;
    const bool held_up = heavy && caller.dsp != heavy_ && !caller.dsp.empty() && faults_.has("throttle-slows-others");
    return held_up ? others_wait : std::chrono::milliseconds(0);
}

}  // namespace gateproof::gateway
