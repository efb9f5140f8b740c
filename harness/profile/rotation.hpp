// Certificate rotation: which role is the old certificate, which the new one, and what is declared of the change.
#pragma once

namespace gateproof {

struct RotationExpectations {};

}  // namespace gateproof
