// What can go wrong in being told no.
#pragma once

#include <array>

#include "client/faults/fault.hpp"

namespace gateproof::client {

// Left out: what really expands entities or crashes over depth takes whoever runs
// the client in process along (lost-in-answers stands for both); swallows-partial needs an operation that this client
// does not have.
inline constexpr auto errors_faults = std::to_array<Fault>({
    {.name = "repeats-403",
     .title = "a call that is forbidden is made again",
     .requirements = "CLIENT-PERMISSION",
     .caught_by = "client-errors.forbidden-not-repeated"},
    {.name = "repeats-soap-4",
     .title = "a call that SOAP status code 4 forbids is made again",
     .requirements = "CLIENT-PERMISSION",
     .caught_by = "client-errors.soap-forbidden-not-repeated"},
    {.name = "takes-soap-error",
     .title = "a SOAP answer is good whatever its status code",
     .requirements = "CLIENT-ERRORS",
     .caught_by = "client-errors.soap-error-noticed client-errors.soap-forbidden-not-repeated "
                  "client-errors.unauthorised-bounded client-errors.unknown-code"},
    {.name = "loops-on-401",
     .title = "a token that is refused is refreshed again and again",
     .requirements = "CLIENT-ERRORS",
     .caught_by = "client-errors.unauthorised-bounded"},
    {.name = "repeats-400",
     .title = "a call that is not valid is made again",
     .requirements = "CLIENT-ERRORS",
     .caught_by = "client-errors.invalid-not-repeated"},
    {.name = "loops-on-500",
     .title = "a call that failed in the gateway is made again at once, twenty "
              "times",
     .requirements = "CLIENT-ERRORS",
     .caught_by = "client-errors.server-error-bounded"},
    {.name = "takes-html",
     .title = "a page with status 200 or from 500 on is taken for an answer",
     .requirements = "CLIENT-ERRORS",
     .caught_by = "client-errors.page-not-taken client-time.takes-the-cut"},
    {.name = "takes-empty",
     .title = "an answer without a body is good",
     .requirements = "CLIENT-ERRORS",
     .caught_by = "client-errors.empty-noticed"},
    {.name = "fetches-entities",
     .title = "what an XML answer refers to is fetched",
     .requirements = "CLIENT-INPUT",
     .caught_by = "client-errors.external-entity-not-fetched"},
    {.name = "takes-unknown-code",
     .title = "an error whose code nobody knows is no error",
     .requirements = "CLIENT-ERRORS",
     .caught_by = "client-errors.unknown-code"},
    {.name = "takes-other-customer",
     .title = "the record of another customer than was asked for is taken",
     .requirements = "CLIENT-ERRORS",
     .caught_by = "client-errors.other-customer-noticed"},
    {.name = "takes-any-content",
     .title = "XML where JSON was said, and JSON where XML was, is an answer",
     .requirements = "CLIENT-ERRORS",
     .caught_by = "client-errors.other-content-type"},
    {.name = "loses-macrons",
     .title = "a name that is read and written loses what is not ASCII",
     .requirements = "CLIENT-ERRORS",
     .caught_by = "client-errors.macrons-kept"},
    {.name = "lost-in-answers",
     .title = "an answer that is large or declares entities is never done with",
     .requirements = "CLIENT-INPUT",
     .caught_by = "client-errors.entity-expansion-bounded client-errors.deep-document-bounded"},
});

}  // namespace gateproof::client
