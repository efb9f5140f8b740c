// When a request that the gateway put off is made again (RFC 9110 10.2.3, RFC
// 6585 4).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace gateproof::client {

struct RetryPolicy {
    int at_most = 3;                                 ///< repetitions of one request
    std::chrono::milliseconds first{1000};           ///< the wait that doubles
    std::chrono::milliseconds longest_wait{60'000};  ///< who is to wait longer gives up, and says so
};

/// What a Retry-After field means at this time: seconds, or an HTTP-date (RFC
/// 9110 5.6.7); nothing where it means nothing. A date in the past is zero.
std::optional<std::chrono::seconds> retry_after(std::string_view field, std::chrono::system_clock::time_point now);

/// An HTTP-date in its preferred form (RFC 9110 5.6.7); nothing for anything
/// else.
std::optional<std::chrono::system_clock::time_point> http_date(std::string_view field);

/// How long to wait before the repetition with this number, from 0; nothing:
/// give up. Never sooner than told, and never as long as another client that
/// was refused at the same time. `dice` is from 0 to below 1.
std::optional<std::chrono::milliseconds> wait_before(int repetition, std::optional<std::chrono::seconds> told,
                                                     const RetryPolicy& policy, double dice);

}  // namespace gateproof::client
