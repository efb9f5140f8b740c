// Why a run is no proof of all that it could be asked for: what whoever receives its evidence has to know first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/view/tally.hpp"

namespace gateproof::reports {

enum class Flaw {
    incomplete,    ///< not the whole plan: a selection, a shard, a run that did not come to its end
    partial,       ///< requirements that were not judged whole for want of something
    failed,        ///< a check failed that is no known failure, whatever the run's --fail-on accepts
    inconclusive,  ///< a check ran and could not be judged
    embedded,      ///< of the gateway inside the program, which is nobody's endpoint
};
/// "incomplete", "partial" ...
std::string_view to_string(Flaw flaw);

struct FlawFound {
    Flaw flaw{};
    std::string why;  ///< a sentence
};
/// In the order of Flaw; empty: the run passed whole.
std::vector<FlawFound> flaws_of(const Tally& tally);

}  // namespace gateproof::reports
