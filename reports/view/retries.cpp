#include "reports/view/retries.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "reports/view/certificates.hpp"

namespace gateproof::reports {

namespace {

constexpr std::size_t most_starts = 100;
constexpr std::size_t most_calls = 64;
constexpr std::int64_t longest = 10'000'000;  // milliseconds: no run lasts three hours at one call

/// Numbers between commas; what is none is left out.
std::vector<std::int64_t> numbers_of(const Observation& observation, std::string_view name, std::int64_t most) {
    std::vector<std::int64_t> numbers;
    const std::string* const field = text_field(observation, name);
    std::string_view rest = field == nullptr ? std::string_view() : std::string_view(*field);
    while (!rest.empty() && numbers.size() < most_calls) {
        const std::size_t comma = std::min(rest.find(", "), rest.size());
        std::int64_t value = 0;
        const auto read = std::from_chars(rest.data(), rest.data() + comma, value);
        if (read.ec == std::errc() && read.ptr == rest.data() + comma) {
            numbers.push_back(std::clamp<std::int64_t>(value, 0, most));
        }
        rest.remove_prefix(std::min(comma + 2, rest.size()));
    }
    return numbers;
}

}  // namespace

std::vector<std::int64_t> RetryTimes::waits_ms() const {
    std::vector<std::int64_t> waits;
    for (std::size_t i = 1; i < calls.size(); ++i) {
        if (calls[i - 1].put_off()) {
            waits.push_back(calls[i].at_ms - calls[i - 1].at_ms);
        }
    }
    return waits;
}

std::vector<RetryTimes> retry_times(const CheckResult& result) {
    std::vector<RetryTimes> all;
    for (const Observation& observation : result.evidence) {
        if (observation.kind != "retry_times" || all.size() == most_starts) {
            continue;
        }
        RetryTimes one;
        one.start = std::clamp<std::int64_t>(number_field(observation, "start"), 0, 1000);
        one.told_ms = std::clamp<std::int64_t>(number_field(observation, "told_ms"), 0, longest);
        const std::vector<std::int64_t> times = numbers_of(observation, "at_ms", longest);
        const std::vector<std::int64_t> statuses = numbers_of(observation, "status", 999);
        for (std::size_t i = 0; i < std::min(times.size(), statuses.size()); ++i) {
            one.calls.push_back({times[i], statuses[i]});
        }
        std::ranges::stable_sort(one.calls, {}, &RetryTimes::Call::at_ms);
        if (!one.calls.empty()) {
            all.push_back(std::move(one));
        }
    }
    return all;
}

}  // namespace gateproof::reports
