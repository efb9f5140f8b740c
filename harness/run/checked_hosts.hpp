// Which hosts a planned check may connect to, so that a plan shows what an active or load check would reach.
#pragma once

#include <string>
#include <vector>

#include "harness/run/plan.hpp"

namespace gateproof {

/// The hosts of one target's checks.
class CheckedHosts {
public:
    explicit CheckedHosts(const Profile& profile);

    /// Every host that this check may connect to, the endpoint's first: "gw.example", or "gw.example (at 127.0.0.1)"
    /// where endpoint.connect says so. Proxies of vantage points are not among them.
    [[nodiscard]] std::vector<std::string> of(const PlannedCheck& planned) const;

private:
    [[nodiscard]] bool needs_authority(const PlannedCheck& planned) const;

    const Profile& profile_;
    Profile without_authority_;
};

/// Those of all checks of this intrusiveness that the plan runs against the target, each once; empty: none runs.
std::vector<std::string> checked_hosts(const Plan& plan, std::size_t target, Intrusiveness intrusiveness);

}  // namespace gateproof
