// Whose test of what a run is, in the words of the reports: what was said, by the profiles or the command line.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/record.hpp"

namespace gateproof::reports {

struct Detail {
    std::string_view name;  ///< "Organisation"
    std::string
        value;  ///< "Example Ltd"; where targets differ "Example Ltd (cloud), Other Ltd (desktop)". Foreign text
};

/// Those of all targets together that anybody gave: Organisation, Product, Tested by, Valid until.
std::vector<Detail> details_of(const RunRecord& run);
/// Those of one target.
std::vector<Detail> details_of(const TargetRecord& target);

}  // namespace gateproof::reports
