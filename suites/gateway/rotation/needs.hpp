// What the rotation checks need of a profile.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

/// rotation
Need declared_rotation();
/// rotation.old and rotation.new, and both certificates
Need both_certificates();
/// The endpoint knows the new certificate: at any moment where names are trusted, else not before the cut-over begins.
Need enrolled_new_certificate();
/// Both certificates are good: rotation.moment during, and before where names are trusted.
Need running_overlap();

}  // namespace gateproof::suites
