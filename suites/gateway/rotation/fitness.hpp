// Whether the new client certificate of a rotation is fit for use, judged on this machine before anything is sent.
#pragma once

#include <optional>
#include <vector>

#include "harness/profile/rotation.hpp"
#include "suites/shared/fitness.hpp"

namespace gateproof::suites {

/// What is known about a rotation when nobody has been asked yet.
struct Rotation {
    const Identity& fresh;
    const Identity& old;
    const RotationExpectations& expectations;
    const std::vector<Certificate>& known_authorities;  ///< of the profile, beside the machine's own store
    SystemTime now;
    std::optional<int> warning_days = {};  ///< tls.expiry_warning_days
};

/// Every property, in the order of how often it goes wrong.
std::vector<Finding> examine_new_certificate(const Rotation& rotation);
Verdict judge_new_certificate(const std::vector<Finding>& findings, const Certificate& leaf);

}  // namespace gateproof::suites
