// Whether an endpoint that served us has cut us off: how controls that fail in a row are counted, and which checks it
// may be for.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/record.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {

/// The controls of one target, in turn. Knows no connection: what it says is done by ControlService.
class CutOffWatch {
public:
    using Clock = std::chrono::steady_clock;

    explicit CutOffWatch(const Limits& limits) : limits_(limits) {}

    /// A check that proves a refusal opens a connection: whoever is banned is banned for such.
    void sent(std::string_view check, Clock::time_point at) { senders_[std::string(check)] = at; }

    enum class Next {
        go_on,          ///< it served, or never did: the control is judged as it is
        ask_again,      ///< one failure is no ban
        wait_and_ask,   ///< so many in a row are taken for one: nothing is sent but one more control, after a while
        end_of_target,  ///< nor was that served: found() says what
    };
    /// What follows from a control. `begun`: its first attempt.
    Next after_control(bool served, std::string_view answer, Clock::time_point begun);

    [[nodiscard]] bool has_served() const { return has_served_; }
    /// Since the first of those that failed in a row. Precondition: the last one failed.
    [[nodiscard]] const CutOff& found() const { return *found_; }

private:
    [[nodiscard]] std::vector<std::string> last_senders(Clock::time_point before) const;

    const Limits& limits_;
    std::map<std::string, Clock::time_point> senders_;  ///< by check: when it sent last
    bool has_served_ = false;
    Clock::time_point served_at_;
    int failed_ = 0;  ///< in a row
    std::optional<CutOff> found_;
};

}  // namespace gateproof
