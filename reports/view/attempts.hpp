// Checks that were judged more than once (--rerun): what each attempt came to, in words.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "reports/view/tally.hpp"

namespace gateproof::reports {

/// "failed 15:26:03, passed 16:02:10 UTC at attempt 2", with dates unless all are of one day; of an attempt that never
/// ended "failed 15:26:03 UTC; attempt 2 has no verdict". Empty for a check that was judged once.
std::string attempts_text(const CheckRecord& check);

/// "attempt 2", for a badge; empty for the first.
std::string attempt_text(const CheckRecord& check);

/// "attempt 1, 2026-02-03 15:26:03 UTC: failed: negotiated TLS 1.1". `number` from 1.
std::string earlier_attempt_text(const CheckResult& result, std::size_t number);

/// The rows with more than one attempt, in the order of the plan.
std::vector<const Row*> judged_again(const Tally& tally);

/// Of them, how many passed, with a warning or without, after an attempt that did not.
std::size_t passed_later(const Tally& tally);

/// "2026-02-03 16:02:00 UTC on builder: 3 checks judged again"; foreign text.
std::string rerun_text(const Rerun& rerun);

}  // namespace gateproof::reports
