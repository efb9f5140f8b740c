// What can go wrong in waiting.
#pragma once

#include <array>

#include "client/faults/fault.hpp"

namespace gateproof::client {

inline constexpr auto time_faults = std::to_array<Fault>({
    {.name = "gives-up-at-30-s",
     .title = "an answer is waited for two fifths of the time alone, 30 s of 75",
     .requirements = "CLIENT-PATIENCE",
     .caught_by = "client-time.waits-for-a-slow-answer client-time.gives-up-on-silence"},
    {.name = "takes-504-for-data",
     .title = "a 504 is taken for an answer",
     .requirements = "CLIENT-PATIENCE",
     .caught_by = "client-time.takes-the-cut client-errors.page-not-taken"},
    {.name = "waits-for-ever",
     .title = "an answer is waited for without end",
     .requirements = "CLIENT-GIVES-UP",
     .caught_by = "client-time.gives-up-on-silence client-time.stalled-body "
                  "client-time.gives-up-on-drip"},
    {.name = "waits-for-ever-in-handshake",
     .title = "a handshake is waited for without end",
     .requirements = "CLIENT-GIVES-UP",
     .caught_by = "client-time.gives-up-on-handshake"},
    {.name = "takes-half-body",
     .title = "what has come when the time is up is taken for the whole answer",
     .requirements = "CLIENT-PATIENCE",
     .caught_by = "client-time.stalled-body client-time.gives-up-on-drip"},
    {.name = "drip-keeps-alive",
     .title = "every byte begins the time anew",
     .requirements = "CLIENT-GIVES-UP",
     .caught_by = "client-time.gives-up-on-drip"},
    {.name = "leaves-connection-open",
     .title = "the connection of a call that was given up stays open",
     .requirements = "CLIENT-GIVES-UP",
     .caught_by = "client-time.closes-after-giving-up"},
    {.name = "mixes-late-answer",
     .title = "the answer of a call that was given up is taken for that of the next",
     .requirements = "CLIENT-PATIENCE",
     .caught_by = "client-time.late-answer-not-mixed"},
    {.name = "dead-after-timeout",
     .title = "after one call that took too long no other is made",
     .requirements = "CLIENT-PATIENCE",
     .caught_by = "client-time.recovers"},
});

}  // namespace gateproof::client
