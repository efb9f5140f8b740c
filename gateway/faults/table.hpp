// What the embedded gateway can be told to break: each fault breaks exactly one requirement.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace gateproof::gateway {

/// `both` is every listener, the mock environment's too.
enum class Listener { cloud, desktop, both, mock };

struct Fault {
    std::string_view name;                       ///< "accepts-tls-1.1"
    std::string_view title;                      ///< one sentence: what the gateway then does wrong
    std::vector<std::string_view> requirements;  ///< ids that it breaks
    std::vector<std::string_view> caught_by;     ///< check ids that must notice (fail or warn), and no others
    Listener listener = Listener::both;          ///< which channel shows it
    /// Nobody is served any more, so checks that lean on a control can only be inconclusive.
    bool ends_service = false;
    /// The server does not prove who it is, so nothing secret is sent to it: what needs a secret can only be
    /// inconclusive.
    bool proves_nothing = false;
};

/// The rows of faults() by what they are about, each in a file of its own.
std::vector<Fault> identity_faults();  ///< client certificates and sessions
std::vector<Fault> oauth_faults();     ///< login, consent, codes, refresh tokens
std::vector<Fault> services_faults();  ///< access tokens, machine-to-machine JWTs, delegations
std::vector<Fault> timing_faults();    ///< timeouts and allow-listing
std::vector<Fault> throttle_faults();  ///< throttling and isolation
std::vector<Fault> rotation_faults();  ///< certificate rotation

std::span<const Fault> faults();
const Fault* find_fault(std::string_view name);

}  // namespace gateproof::gateway
