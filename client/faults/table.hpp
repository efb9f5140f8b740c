// Every fault of the client there is, family by family.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "client/faults/errors.hpp"
#include "client/faults/http.hpp"
#include "client/faults/identity.hpp"
#include "client/faults/machine.hpp"
#include "client/faults/oauth.hpp"
#include "client/faults/reach.hpp"
#include "client/faults/rotation.hpp"
#include "client/faults/throttle.hpp"
#include "client/faults/time.hpp"
#include "client/faults/tls.hpp"
#include "client/faults/tokens.hpp"
#include "client/faults/trust.hpp"
#include "client/faults/writes.hpp"

namespace gateproof::client {

/// The tables of the families as one.
template <std::size_t... Sizes>
constexpr auto joined(const std::array<Fault, Sizes>&... families) {
    std::array<Fault, (Sizes + ...)> all;
    auto next = all.begin();
    ((next = std::ranges::copy(families, next).out), ...);
    return all;
}

inline constexpr auto all_faults =
    joined(reach_faults, trust_faults, tls_faults, identity_faults, time_faults, throttle_faults, errors_faults,
           writes_faults, oauth_faults, tokens_faults, machine_faults, rotation_faults, http_faults);

std::span<const Fault> faults();
/// Null for a name that no fault has.
const Fault* find_fault(std::string_view name);

/// The name of a fault that exists; a program with any other does not compile.
class FaultName {
public:
    consteval FaultName(const char* name) {
        while (all_faults.at(index_).name != name) {  // beyond the last is no constant expression
            ++index_;
        }
    }
    /// Of all_faults.
    [[nodiscard]] constexpr std::size_t index() const { return index_; }
    [[nodiscard]] constexpr std::string_view text() const { return all_faults[index_].name; }

private:
    std::size_t index_ = 0;
};

}  // namespace gateproof::client
