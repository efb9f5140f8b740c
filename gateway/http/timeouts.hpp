// How long the gateway waits for its clients, and its clients for an operation.
#pragma once

#include <chrono>

#include "gateway/faults/fault_set.hpp"

namespace gateproof::gateway {

/// A minute in the field; here so short that a proof does not take long.
struct Timeouts {
    std::chrono::milliseconds first_byte{1500};  ///< of a new connection
    std::chrono::milliseconds handshake{1500};   ///< from its first byte to its end
    std::chrono::milliseconds headers{1500};     ///< of one request, all of them
    std::chrono::milliseconds body{1500};        ///< of one request, all of it; of an answer that the client takes
    std::chrono::milliseconds keep_alive{1500};  ///< between two requests
    std::chrono::milliseconds operation{1500};

    /// Every one of them multiplied.
    [[nodiscard]] Timeouts scaled(double factor) const;
    [[nodiscard]] std::chrono::milliseconds shortest() const;
};

/// What a connection is waiting for.
enum class Phase {
    first_byte,
    handshake,
    headers,
    body,
    keep_alive,
    answer,  ///< the client takes it
    linger,  ///< the client's close
    unbounded,
};

/// How long the phase may last, faults considered.
std::chrono::milliseconds time_for(Phase phase, const Timeouts& timeouts, const FaultSet& faults);
/// A fault: every byte that comes in starts the time anew.
bool restarts_with_every_byte(Phase phase, const FaultSet& faults);

}  // namespace gateproof::gateway
