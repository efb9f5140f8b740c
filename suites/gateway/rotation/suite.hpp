// ROTATION: the same DSP with a new certificate, and nobody with the old one.
#pragma once

#include <vector>

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite rotation_suite();

/// Parts of rotation_suite(), in the order that reports show.
std::vector<Check> rotation_overlap_checks();   ///< the new certificate, and both beside each other
std::vector<Check> rotation_cut_over_checks();  ///< the old certificate, when it is gone
std::vector<Check> rotation_signer_checks();    ///< the key that a machine signs its JWTs with

/// What the checks of the client certificate have in common. Control::none: each of them observes a success itself, of
/// the certificates that it speaks of, or sends nothing.
CheckFamily certificate_rotation();

}  // namespace gateproof::suites
