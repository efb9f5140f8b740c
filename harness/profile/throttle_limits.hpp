// The declared limit of heavy use, and the caps of our own load.
#pragma once

namespace gateproof {

struct ThrottleLimits {};

}  // namespace gateproof
