#include "harness/run/checked_hosts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gateproof {

namespace {

void add_once(std::vector<std::string>& hosts, std::string host) {
    if (std::ranges::find(hosts, host) == hosts.end()) {
        hosts.push_back(std::move(host));
    }
}

std::string shown(const Endpoint& endpoint) {
    return endpoint.connect_address.empty() || endpoint.connect_address == endpoint.host
               ? endpoint.host
               : fmt::format("{} (at {})", endpoint.host, endpoint.connect_address);
}

}  // namespace

CheckedHosts::CheckedHosts(const Profile& profile) : profile_(profile), without_authority_(profile) {
    without_authority_.authority.reset();
}

/// A check that is possible here, and would not be if the profile had no authority.
bool CheckedHosts::needs_authority(const PlannedCheck& planned) const {
    const Check& check = *planned.check;
    if (std::ranges::any_of(check.needs, [this](const Need& need) { return !need.lack(without_authority_).empty(); })) {
        return true;
    }
    if (!check.cases) {
        return false;
    }
    const std::vector<CheckCase> cases = check.cases(without_authority_);
    return planned.case_index >= cases.size() || !cases[planned.case_index].unmet.empty();
}

std::vector<std::string> CheckedHosts::of(const PlannedCheck& planned) const {
    std::vector<std::string> hosts{shown(profile_.endpoint)};
    if (planned.check->intrusiveness == Intrusiveness::load) {
        return hosts;  // load is aimed at the endpoint alone
    }
    if (profile_.desktop) {
        add_once(hosts, shown(profile_.desktop->endpoint));
    }
    if (planned.check->intrusiveness == Intrusiveness::passive && !profile_.plain_http.host.empty()) {
        add_once(hosts, shown(profile_.plain_http));
    }
    if (profile_.authority && needs_authority(planned)) {
        add_once(hosts, shown(profile_.authority->endpoint));
    }
    return hosts;
}

std::vector<std::string> checked_hosts(const Plan& plan, std::size_t target, Intrusiveness intrusiveness) {
    const CheckedHosts hosts_of(plan.targets[target]);
    std::vector<std::string> hosts;
    for (const PlannedCheck& planned : plan.checks) {
        if (planned.target == target && planned.skip_reason.empty() && planned.check->intrusiveness == intrusiveness) {
            for (std::string& host : hosts_of.of(planned)) {
                add_once(hosts, std::move(host));
            }
        }
    }
    return hosts;
}

}  // namespace gateproof
