// What somebody says of a run that no check has seen, in the words of the reports. It decides nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/view/tally.hpp"

namespace gateproof::reports {

/// How reports mark what is attested.
inline constexpr std::string_view said_not_seen = "said, not seen";

/// Those that speak of this check at this target, also of all of its cases at once. Point into the run.
std::vector<const Attestation*> said_of(const RunRecord& run, const PlannedEntry& check, std::string_view target);

/// "check mtls.revoked-refused of cloud-test", "requirement FW-PROD", "scenario EMS_GST010". Foreign text, a line.
std::string subject_text(const Attestation& said);

/// "Jane Doe, 2026-11-26: text (attached: refusal.png, SHA-256 3f...)". Foreign text, a line.
std::string said_text(const Attestation& said);

/// The name of an attached file without its folder; empty: none is attached.
std::string attached_name(const Attestation& said);

/// What the run itself came to there: "judged: pass", "not tried", "partly judged"; where targets differ each is named.
/// Empty for a scenario, which no check is of. Foreign text, a line.
std::string beside_text(const Tally& tally, const Attestation& said);

}  // namespace gateproof::reports
