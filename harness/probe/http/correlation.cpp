#include "harness/probe/http/correlation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "harness/text/ascii.hpp"
#include "harness/text/sha256.hpp"

namespace gateproof {

const std::string& correlation_of_run() {
    static const std::string id = fmt::format("{:08x}", std::random_device{}());
    return id;
}

void correlate(HttpRequest& request, std::string_view who, std::size_t number) {
    const std::string& header = request.endpoint.correlation_header;
    if (header.empty()) {
        return;
    }
    const std::string& run = correlation_of_run();
    std::string id = fmt::format("{}/{}/{}", run, who, number);
    if (same_ignoring_case(header, "traceparent")) {
        id = fmt::format("00-{:.32}-{:.16}-01", sha256_of(run), sha256_of(id));
    }
    const auto set = std::ranges::find_if(request.headers,
                                          [&header](const auto& one) { return same_ignoring_case(one.first, header); });
    if (set == request.headers.end()) {
        request.headers.emplace_back(header, std::move(id));
    } else {
        set->second = std::move(id);
    }
}

std::string correlation_in(const HttpRequest& request) {
    const auto set = std::ranges::find_if(request.headers, [&request](const auto& one) {
        return same_ignoring_case(one.first, request.endpoint.correlation_header);
    });
    return set == request.headers.end() ? std::string() : set->second;
}

}  // namespace gateproof
