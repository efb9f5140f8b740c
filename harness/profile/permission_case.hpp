// A permission case: subject, operation, target and the expected outcome.
#pragma once

namespace gateproof {

struct PermissionCase {};

}  // namespace gateproof
