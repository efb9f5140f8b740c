// Writes that take their time, and what became of those that the gateway cut: POST /gateway/slow-write?ms=N&key=K, and
// GET /gateway/slow-write/status?key=K. Of this gateway alone; the published services have RetrieveStatus for it.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "gateway/faults/fault_set.hpp"
#include "gateway/message/message.hpp"

namespace gateproof::gateway {

/// Lives on the gateway's own thread. What is cut is not carried out, unless a fault lets it go on.
class SlowWrites {
public:
    using Clock = std::chrono::steady_clock;

    /// A write was taken just now that takes so long; `cut`: the gateway gives up waiting before that.
    void begin(std::string_view query, std::chrono::milliseconds takes, bool cut, const FaultSet& faults);
    /// {"carried_out": true or false}.
    [[nodiscard]] Response status(const Request& request, std::string_view query, const FaultSet& faults) const;

private:
    struct Write {
        bool cut = false;
        Clock::time_point done;  ///< when it is carried out; max(): never
    };
    std::map<std::string, Write, std::less<>> by_key_;
};

/// The value of a parameter; empty: there is none. Nothing is decoded.
std::string_view parameter(std::string_view query, std::string_view name);

}  // namespace gateproof::gateway
