// What can go wrong when certificates and keys change.
#pragma once

#include <array>

#include "client/faults/fault.hpp"

namespace gateproof::client {

// Left out: resumes-old-sessions, since every change begins a context of its
// own; mixed-machine-key, since the machine's certificate and key are read
// together for each JWT.
inline constexpr auto rotation_faults = std::to_array<Fault>({
    {.name = "never-reloads",
     .title = "a certificate that was replaced is shown until the client "
              "starts anew",
     .requirements = "CLIENT-ROTATION",
     .caught_by = "client-rotation.new-certificate-used"},
    {.name = "mixes-old-and-new",
     .title = "the old certificate comes back after the new one",
     .requirements = "CLIENT-ROTATION",
     .caught_by = "client-rotation.not-back"},
    {.name = "keeps-old-connections",
     .title = "connections of the old certificate are used on",
     .requirements = "CLIENT-ROTATION",
     .caught_by = "client-rotation.old-connections-retired "
                  "client-rotation.new-certificate-used"},
    {.name = "pins-leaf",
     .title = "the server certificate of the first connection is the only one "
              "that is believed",
     .requirements = "CLIENT-SERVER-ROTATION",
     .caught_by = "client-rotation.server-leaf-rotated"},
    {.name = "pins-issuer",
     .title = "the issuer of the first server certificate is the only one that "
              "is believed",
     .requirements = "CLIENT-SERVER-ROTATION",
     .caught_by = "client-rotation.server-issuer-rotated"},
    {.name = "pins-key-type",
     .title = "the key type of the first server certificate is the only one "
              "that is believed",
     .requirements = "CLIENT-SERVER-ROTATION",
     .caught_by = "client-rotation.server-key-type-changed"},
});

}  // namespace gateproof::client
