// Evidence as lines of text, for JUnit's system-out and for -v on a terminal.
#pragma once

#include <string>
#include <vector>

#include "harness/journal/record.hpp"

namespace gateproof::reports {

/// One line an observation: seconds since the check began, kind, then name=value in order; printable (text.hpp).
/// `+0.012 alert  level=2 name="protocol_version (70)"`
std::vector<std::string> evidence_lines(const CheckResult& result);

/// "CLOUD-TLS-MIN (must): TLS 1.2 is the lowest version negotiated. Source: SE; RFC 8996"; the bare id when the
/// journal does not explain it. Where documents contradict each other it says what each of them says, and by which one
/// `target` was judged.
std::string requirement_line(const RunRecord& run, const std::string& id, const std::string& target);

/// "packs-2024", "what the profile says", or nothing where there is one reading alone or none is recorded.
std::string judging_reading(const TargetRecord& target, const std::string& requirement);

}  // namespace gateproof::reports
