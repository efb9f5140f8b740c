// Machine-to-machine: the key that signs JWTs and what they claim (IA 2.4).
#pragma once

namespace gateproof {

struct Machine {};

}  // namespace gateproof
