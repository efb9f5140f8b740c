// What can go wrong with HTTP/1.1, and with secrets.
#pragma once

#include <array>

#include "client/faults/fault.hpp"

namespace gateproof::client {

// Left out: follows-to-http is token-in-clear; inflates-all, since no
// compression is asked for; secret-in-arguments, since a client in process has
// none.
inline constexpr auto http_faults = std::to_array<Fault>({
    {.name = "takes-truncated",
     .title = "an answer shorter than its length is whole",
     .requirements = "CLIENT-HTTP",
     .caught_by = "client-http.truncated-length"},
    {.name = "takes-truncated-chunks",
     .title = "an answer whose last chunk is missing is whole",
     .requirements = "CLIENT-HTTP",
     .caught_by = "client-http.truncated-chunks"},
    {.name = "ignores-close",
     .title = "a connection is used on after Connection: close",
     .requirements = "CLIENT-HTTP",
     .caught_by = "client-http.close-honoured"},
    {.name = "dies-on-idle-close",
     .title = "a read whose idle connection has ended fails",
     .requirements = "CLIENT-HTTP",
     .caught_by = "client-http.idle-close-survived"},
    {.name = "one-request-a-connection",
     .title = "every request has a connection of its own",
     .requirements = "CLIENT-HTTP",
     .caught_by = "client-http.keep-alive"},
    {.name = "endless-redirects",
     .title = "redirects are followed without end",
     .requirements = "CLIENT-HTTP",
     .caught_by = "client-http.redirect-loop-bounded"},
    {.name = "two-lengths",
     .title = "a request with a body has two Content-Length fields",
     .requirements = "CLIENT-HTTP",
     .caught_by = "client-http.requests-well-formed"},
    {.name = "chokes-on-1xx",
     .title = "an informational answer is the answer",
     .requirements = "CLIENT-HTTP",
     .caught_by = "client-http.informational"},
    {.name = "chokes-on-trailers",
     .title = "trailers end the connection",
     .requirements = "CLIENT-HTTP",
     .caught_by = "client-http.chunked-forms"},
    {.name = "takes-unfinished-close",
     .title = "a body that ends without close_notify is whole",
     .requirements = "CLIENT-HTTP",
     .caught_by = "client-http.end-without-notify"},
    {.name = "takes-conflict",
     .title = "of two lengths the first holds, and chunks beside a length",
     .requirements = "CLIENT-HTTP",
     .caught_by = "client-http.conflicting-lengths-refused"},
    {.name = "takes-surplus",
     .title = "bytes behind an answer are the next answer",
     .requirements = "CLIENT-HTTP",
     .caught_by = "client-http.surplus-not-next"},
    {.name = "reads-for-ever",
     .title = "an answer may have any size",
     .requirements = "CLIENT-HTTP",
     .caught_by = "client-http.huge-body-bounded client-http.huge-head-bounded"},
    {.name = "prints-token",
     .title = "the access token stands in what the client says of itself",
     .requirements = "CLIENT-SECRETS",
     .caught_by = "client-secrets.output"},
    {.name = "world-readable",
     .title = "tokens are kept where everybody may read them",
     .requirements = "CLIENT-SECRETS",
     .caught_by = "client-secrets.files"},
});

}  // namespace gateproof::client
