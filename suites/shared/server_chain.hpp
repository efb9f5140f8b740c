// Whether a server's chain leads to a trusted root, and else whose certificate it is and what is missing.
#pragma once

#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/probe/tls/trust.hpp"

namespace gateproof::suites {

/// Byte for byte.
bool is_same(const Certificate& left, const Certificate& right);

/// `sent`: what the server sent, leaf first. `anchors`: the profile's; empty: the machine's store was asked. Who issued
/// what nobody vouches for is named, so that a missing intermediate, a wrong CA file and a proxy that opens TLS differ.
Verdict judge_chain(const ChainVerdict& verdict, const std::vector<Certificate>& sent,
                    const std::vector<Certificate>& anchors);

}  // namespace gateproof::suites
