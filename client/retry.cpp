#include "client/retry.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <string>

namespace gateproof::client {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::optional<std::chrono::system_clock::time_point> http_date(std::string_view field) {
    std::tm parts{};
    const std::string text(field);
    const char* const end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (end == nullptr || *end != '\0') {
        return std::nullopt;
    }
    return std::chrono::system_clock::from_time_t(timegm(&parts));
}

std::optional<seconds> retry_after(std::string_view field, std::chrono::system_clock::time_point now) {
    constexpr std::size_t most_digits = 12;
    if (field.empty()) {
        return std::nullopt;
    }
    if (std::ranges::all_of(field, [](char c) { return c >= '0' && c <= '9'; })) {
        return field.size() > most_digits ? seconds(999'999'999'999) : seconds(std::stoll(std::string(field)));
    }
    const auto at = http_date(field);
    if (!at) {
        return std::nullopt;
    }
    return std::max(seconds(0), std::chrono::ceil<seconds>(*at - now));
}

std::optional<milliseconds> wait_before(int repetition, std::optional<seconds> told, const RetryPolicy& policy,
                                        double dice) {
    if (repetition >= policy.at_most) {
        return std::nullopt;
    }
    const double doubled = static_cast<double>(policy.first.count()) * std::pow(2.0, std::min(repetition, 20));
    // Up to half as long again, so that clients refused together do not come
    // back together.
    const milliseconds own(static_cast<long long>(doubled * (1 + 0.5 * dice)));
    if (!told) {
        return std::min(own, policy.longest_wait);
    }
    if (*told > policy.longest_wait) {
        return std::nullopt;
    }
    // Half of what was told as well, or a long wait would end for all within one
    // part of it.
    const double widest =
        static_cast<double>(policy.first.count()) + static_cast<double>(milliseconds(*told).count()) / 2;
    const milliseconds spread(static_cast<long long>(widest * (0.2 + 0.8 * dice)));
    return std::max<milliseconds>(milliseconds(*told) + spread, told->count() == 0 ? own : milliseconds(0));
}

}  // namespace gateproof::client
