// What can make a submission happen twice.
#pragma once

#include <array>

#include "client/faults/fault.hpp"

namespace gateproof::client {

inline constexpr auto writes_faults = std::to_array<Fault>({
    {.name = "repeats-on-reset",
     .title = "a submission whose fresh connection was lost is made again",
     .requirements = "CLIENT-WRITE-ONCE",
     .caught_by = "client-writes.once client-writes.asks-first"},
    {.name = "repeats-on-reused",
     .title = "a submission whose reused connection was lost is made again",
     .requirements = "CLIENT-WRITE-ONCE",
     .caught_by = "client-writes.once client-writes.asks-first"},
    {.name = "repeats-on-silence",
     .title = "a submission without an answer in time is made again",
     .requirements = "CLIENT-WRITE-ONCE",
     .caught_by = "client-writes.once"},
    {.name = "repeats-on-503",
     .title = "a submission that met a 503 is made again",
     .requirements = "CLIENT-WRITE-ONCE",
     .caught_by = "client-writes.once"},
    {.name = "claims-success-in-doubt",
     .title = "a submission whose answer was lost is called carried out",
     .requirements = "CLIENT-WRITE-ONCE",
     .caught_by = "client-writes.doubt-told"},
    {.name = "new-key-on-repeat",
     .title = "a submission that was put off is made again as if it were another",
     .requirements = "CLIENT-WRITE-ONCE",
     .caught_by = "client-writes.same-key"},
    {.name = "307-becomes-get",
     .title = "a submission that is redirected by 307 or 308 loses method and body",
     .requirements = "CLIENT-WRITE-ONCE",
     .caught_by = "client-writes.redirects"},
});

}  // namespace gateproof::client
