// A place to send from: a source address or a proxy, and whether the firewall should let it through.
#pragma once

namespace gateproof {

struct VantagePoint {};

}  // namespace gateproof
