// What can go wrong in being told to slow down.
#pragma once

#include <array>

#include "client/faults/fault.hpp"

namespace gateproof::client {

// Left out: crashes-on-negative, since what crashes in process takes its prover
// along.
inline constexpr auto throttle_faults = std::to_array<Fault>({
    {.name = "ignores-retry-after",
     .title = "Retry-After is passed over",
     .requirements = "CLIENT-THROTTLE",
     .caught_by = "client-throttle.retry-after client-throttle.retry-after-date "
                  "client-throttle.unavailable client-throttle.long-wait"},
    {.name = "ignores-date",
     .title = "a Retry-After that is a date is passed over",
     .requirements = "CLIENT-THROTTLE",
     .caught_by = "client-throttle.retry-after-date"},
    {.name = "halves-it",
     .title = "half of Retry-After is waited",
     .requirements = "CLIENT-THROTTLE",
     .caught_by = "client-throttle.retry-after client-throttle.retry-after-date "
                  "client-throttle.unavailable client-throttle.strange-values "
                  "client-throttle.jitter"},
    {.name = "retries-at-once",
     .title = "a call that was put off is made again at once",
     .requirements = "CLIENT-THROTTLE",
     .caught_by = "client-throttle.backs-off client-throttle.retry-after "
                  "client-throttle.retry-after-date client-throttle.unavailable "
                  "client-throttle.strange-values client-throttle.jitter"},
    {.name = "never-stops",
     .title = "a call that is put off is made again without end",
     .requirements = "CLIENT-THROTTLE",
     .caught_by = "client-throttle.stops"},
    {.name = "stays-put-off",
     .title = "a call that was put off has failed, though it was answered when it "
              "was made again",
     .requirements = "CLIENT-THROTTLE",
     .caught_by = "client-throttle.recovers client-throttle.refused-write"},
    {.name = "exact-backoff",
     .title = "every client waits the same",
     .requirements = "CLIENT-JITTER",
     .caught_by = "client-throttle.jitter"},
    {.name = "loops-on-negative",
     .title = "a negative Retry-After is a time that has passed",
     .requirements = "CLIENT-THROTTLE",
     .caught_by = "client-throttle.strange-values"},
    {.name = "sleeps-a-day-silently",
     .title = "a Retry-After of a day is waited for",
     .requirements = "CLIENT-THROTTLE",
     .caught_by = "client-throttle.long-wait"},
    {.name = "evades-by-connections",
     .title = "a call that was put off is made again at once over five other "
              "connections",
     .requirements = "CLIENT-THROTTLE",
     .caught_by = "client-throttle.not-evaded client-throttle.retry-after "
                  "client-throttle.retry-after-date client-throttle.unavailable "
                  "client-throttle.backs-off client-throttle.stops "
                  "client-throttle.strange-values client-throttle.jitter"},
    {.name = "hammers-authority",
     .title = "a token request that was put off is made again at once, twenty times",
     .requirements = "CLIENT-THROTTLE",
     .caught_by = "client-throttle.token-endpoint"},
    {.name = "drops-refused-write",
     .title = "a submission that was put off is dropped, and called carried out",
     .requirements = "CLIENT-THROTTLE",
     .caught_by = "client-throttle.refused-write"},
});

}  // namespace gateproof::client
