// What presets of services make of a template.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/profile/init.hpp"

namespace gateproof {

/// Puts the operations, cases, error models, scenarios and the machine's operation of `answers.services` in place of
/// the template's, or, in the embedded gateway's profile, beside them. The control is that of the first service. In the
/// mock, the host is the first service's.
void add_services(nlohmann::ordered_json& profile, const InitAnswers& answers);

}  // namespace gateproof
