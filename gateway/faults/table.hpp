// Every fault there is, in the order that pages and reports show.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "gateway/faults/certificate.hpp"
#include "gateway/faults/firewall.hpp"
#include "gateway/faults/m2m.hpp"
#include "gateway/faults/mtls.hpp"
#include "gateway/faults/oauth.hpp"
#include "gateway/faults/permission.hpp"
#include "gateway/faults/port.hpp"
#include "gateway/faults/rotation.hpp"
#include "gateway/faults/scenario.hpp"
#include "gateway/faults/server.hpp"
#include "gateway/faults/throttle.hpp"
#include "gateway/faults/timeout.hpp"
#include "gateway/faults/tls.hpp"

namespace gateproof::gateway {

/// The tables of the families as one.
template <std::size_t... Sizes>
constexpr auto joined(const std::array<Fault, Sizes>&... families) {
    std::array<Fault, (Sizes + ...)> all;
    auto next = all.begin();
    ((next = std::ranges::copy(families, next).out), ...);
    return all;
}

inline constexpr auto all_faults =
    joined(certificate_faults, tls_faults, server_faults, port_faults, mtls_faults, firewall_faults, oauth_faults,
           m2m_faults, permission_faults, timeout_faults, throttle_faults, rotation_faults, scenario_faults);

std::span<const Fault> faults();
/// Null for a name that no fault has.
const Fault* find_fault(std::string_view name);

/// The name of a fault that exists; a program with any other does not compile.
class FaultName {
public:
    consteval FaultName(const char* name) : name_(name) {
        if (std::ranges::find(all_faults, name_, &Fault::name) == all_faults.end()) {
            throw "no fault has this name";
        }
    }
    [[nodiscard]] constexpr std::string_view text() const { return name_; }

private:
    std::string_view name_;
};

}  // namespace gateproof::gateway
