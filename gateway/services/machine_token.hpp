// The JWT with which a registered machine says on whose behalf it calls (IA 2.4).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/faults/fault_set.hpp"
#include "gateway/fixture/fixture.hpp"

namespace gateproof::gateway {

/// A JWT lasts eight hours at most, and clocks may differ by so much.
inline constexpr std::chrono::hours machine_token_lifetime{8};
inline constexpr std::chrono::seconds clock_skew{30};

/// Where and when a JWT came.
struct MachineCall {
    std::string dsp;  ///< enrolled name of the client certificate; empty: a listener without mutual TLS
    std::chrono::system_clock::time_point now;
};

/// The user whose delegations apply; nothing when the JWT is not good in every respect. Hostile bytes are welcome.
std::optional<std::string> user_of_machine_token(std::string_view token, const MachineCall& call,
                                                 const Fixture& fixture, const FaultSet& faults);

}  // namespace gateproof::gateway
