// First flights of a server written byte by byte, and what the client says to them in clear. Of harness/stage alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/probe/tls/client_hello_reader.hpp"
#include "harness/stage/scene.hpp"
#include "harness/stage/visit.hpp"

namespace gateproof::stage {

/// The records of scene.handshake.flight in answer to this ClientHello. Throws std::invalid_argument where the suite is
/// unknown, of TLS 1.3 or of a key exchange that is not made here (PSK, static DH), or its key cannot sign.
std::string raw_flight(const Scene& scene, const ClientHelloSeen& hello);
/// Why raw_flight would throw for this scene; empty: it would not.
std::string raw_flight_fault(const Scene& scene);

/// A fatal alert in a record of its own.
std::string fatal_alert(std::uint8_t description);

/// What a client in clear says next, from the front of `bytes`: its alert and whether it went on go to `visit`. True:
/// it has said one of them.
bool hear_in_clear(std::string_view bytes, Visit& visit);

}  // namespace gateproof::stage
