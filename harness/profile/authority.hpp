// OAuth 2.0: where the authority is, who the client is, and which users may be logged in without a human.
#pragma once

namespace gateproof {

struct Authority {};

}  // namespace gateproof
