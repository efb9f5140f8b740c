// What stops client software that the conforming gateway does not serve.
#pragma once

#include <string>

#include "harness/profile/profile.hpp"
#include "harness/run/client/attempt.hpp"

namespace gateproof {

/// What to do about an attempt that was not served by a conforming scene of these versions, as a remedy: begins small,
/// and names keys of the profile and placeholders. Holds nothing that the software wrote.
std::string advice_for(const Attempt& attempt, const stage::VersionRange& versions, const Profile& profile);

}  // namespace gateproof
