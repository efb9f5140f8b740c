// What sentences and evidence say of a certificate.
#pragma once

#include <cstdint>
#include <optional>
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
/// How many days before its end a certificate is to be renewed: `given` (tls.expiry_warning_days), or without it 30, or
/// a third of its life where that is less.
std::int64_t days_of_warning(const Validity& validity, std::optional<int> given);

/// Adds a certificate to the evidence: whose it is, by whom, its validity and its fingerprint.
void note_certificate(Context& ctx, std::string_view role, std::size_t depth, const Certificate& certificate);

}  // namespace gateproof::suites
