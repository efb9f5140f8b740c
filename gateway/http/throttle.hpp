// The limit of heavy use: a token bucket for each DSP, known by its certificate.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "gateway/http/routes.hpp"

namespace gateproof::gateway {

/// Applies to the cloud's customer service but for its status, which stays free for health checks.
class Throttle {
public:
    using Clock = std::chrono::steady_clock;

    /// `rate` tokens a second, up to `burst` of them.
    Throttle(double rate, double burst, const FaultSet& faults);

    /// A name for a connection that no other has.
    [[nodiscard]] std::uint64_t next_connection() { return ++connections_; }

    /// What there is to say before the service is asked: that the DSP is over its limit, or what its limit is. Empty:
    /// let the service answer.
    std::optional<Response> answer(const Request& request, const Caller& caller, Clock::time_point now);
    /// The path as the service is to read it: as it came, unless a fault makes the service less exact than the limit.
    void rewrite(Request& request) const;
    /// By how much somebody else's heavy use holds this caller up: not at all, unless a fault does.
    [[nodiscard]] std::chrono::milliseconds delay(const Caller& caller, Clock::time_point now) const;

private:
    struct Bucket {
        double tokens;
        Clock::time_point filled;
        bool shut = false;  ///< for ever, by the fault throttle-never-recovers
    };

    [[nodiscard]] std::string key_of(const Request& request, const Caller& caller, std::string_view path) const;
    [[nodiscard]] std::string more_of_key(const Request& request, const Caller& caller, std::string_view path) const;
    bool take(Bucket& bucket, Clock::time_point now) const;
    [[nodiscard]] Response refusal(const Request& request, const Bucket& bucket) const;

    double rate_;
    double burst_;
    const FaultSet& faults_;
    std::uint64_t connections_ = 0;
    std::map<std::string, Bucket> buckets_;
    std::string heavy_;  ///< the DSP that was refused last
    Clock::time_point refused_at_{};
};

}  // namespace gateproof::gateway
