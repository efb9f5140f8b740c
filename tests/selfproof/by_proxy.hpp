// Runs of the embedded gateway by a proxy, beside one without.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/journal/record.hpp"
#include "harness/profile/vantage_point.hpp"

namespace gateproof::selfproof {

struct Said {
    Outcome outcome = Outcome::inconclusive;
    std::string sentence;
    std::string remedy;
};
/// By "target check".
using Verdicts = std::map<std::string, Said>;

/// Every check of these suites (empty: of all) at a conforming gateway of its own, or one with these faults, whose
/// connections go through `proxy`; null: directly.
Verdicts verdicts_by(const std::shared_ptr<const VantagePoint>& proxy, const std::vector<std::string>& suites = {},
                     const std::vector<std::string>& faults = {});

/// "target check: pass, by the proxy inconclusive (sentence)" of each that differs, without those of `known`.
std::string differences(const Verdicts& direct, const Verdicts& by_proxy, const std::vector<std::string>& known);

}  // namespace gateproof::selfproof
