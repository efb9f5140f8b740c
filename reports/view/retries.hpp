// When client software that was put off came again, as reports read it from evidence.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/journal/record.hpp"

namespace gateproof::reports {

/// One observation of kind `retry_times` (docs/journal.md): a start of the software, and the call that was put off.
struct RetryTimes {
    struct Call {
        std::int64_t at_ms = 0;  ///< since the first
        std::int64_t status = 0;

        [[nodiscard]] bool put_off() const { return status == 429 || status == 503; }
    };
    std::int64_t start = 0;    ///< counts the starts of the check, from 1
    std::int64_t told_ms = 0;  ///< how long it was told to wait; 0: it was not
    std::vector<Call> calls;   ///< at least one, in the order of time

    /// Between two calls, the first of which was put off.
    [[nodiscard]] std::vector<std::int64_t> waits_ms() const;
};

/// Of a check's evidence, in its order, at most a hundred of 64 calls. Numbers from a strange journal are brought into
/// bounds.
std::vector<RetryTimes> retry_times(const CheckResult& result);

}  // namespace gateproof::reports
