// Checks of client software's trust that need more than one scene, or a name that the test root may not give.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/model/check.hpp"
#include "harness/run/client/attempt.hpp"

namespace gateproof::suites {

/// RFC 9525 6.3: an asterisk is the whole leftmost label and stands for one label. Part of a label is a warning, since
/// RFC 6125 6.4.3 allowed it.
ClientCheck wildcard_refused();
CasesFunction wildcard_cases();
/// What such a certificate of that case names, of this host; nothing where the host has too few labels.
std::optional<std::string> wildcard_of(std::string_view case_name, const std::string& host);

/// A dNSName of the host, a NUL and another name: no client may read it as far as the NUL.
ClientCheck nul_in_name_refused();

/// An OCSP response that calls the certificate revoked, beside one that calls it good.
ClientCheck revoked_staple_heeded();
Verdict judge_revoked(const Attempt& attempt);
/// A certificate that demands an OCSP response and comes without one, beside one that comes with it.
ClientCheck must_staple_heeded();
Verdict judge_must_staple(const Attempt& attempt);

}  // namespace gateproof::suites
