// What the profile expects of timeouts, and the slow operations that show them.
#pragma once

namespace gateproof {

struct Timing {};

}  // namespace gateproof
