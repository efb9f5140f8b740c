// What the rotation checks need of a profile.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

/// rotation
Need declared_rotation();
/// rotation.old and rotation.new, and both certificates
Need both_certificates();
/// rotation.moment during or after: the endpoint knows the new certificate.
Need enrolled_new_certificate();
/// rotation.moment during
Need running_overlap();

}  // namespace gateproof::suites
