// What the m2m checks need of a profile.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

/// m2m, with a key that signs by a documented algorithm, and a CA where its JWTs are sent.
Need signing_machine();
/// m2m.other_environment: a signing certificate that is registered elsewhere
Need other_environment_signer();
/// m2m.refused_logon: a user without a delegation for the operation's target
Need refused_logon();
/// desktop.url and m2m.desktop_operation: the same gateway without client certificates
Need desktop_operation();

}  // namespace gateproof::suites
