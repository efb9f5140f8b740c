// What sentences and evidence say of a certificate.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/probe/tls/trust.hpp"

namespace gateproof {
class Context;
}

namespace gateproof::suites {

/// "2027-03-01 12:00 UTC"
std::string day_of(SystemTime time);
/// Whole days; negative: `to` comes first.
std::int64_t days_between(SystemTime from, SystemTime to);

/// Adds a certificate to the evidence: whose it is, by whom, its validity and its fingerprint.
void note_certificate(Context& ctx, std::string_view role, std::size_t depth, const Certificate& certificate);

}  // namespace gateproof::suites
