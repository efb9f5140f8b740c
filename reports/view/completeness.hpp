// How much of its plan a run has judged.
#pragma once

#include <cstddef>
#include <string>

#include "reports/view/tally.hpp"

namespace gateproof::reports {

struct Completeness {
    std::size_t planned = 0;         ///< of what was selected, over all shards
    std::size_t judged = 0;          ///< passed, failed or with a warning, whatever is accepted
    std::size_t not_applicable = 0;  ///< there was nothing to judge
    std::size_t not_tried = 0;       ///< it applies, and something that it needs was missing
    std::size_t unclear = 0;         ///< inconclusive or in error, also because the run ended first
    std::size_t left_out = 0;        ///< by the selection, without what is newer than the catalogue that judged
    std::size_t missing = 0;         ///< in other shards, or lost
};

Completeness completeness_of(const Tally& tally);

/// "143 of 143 planned checks judged or not applicable; 2 left out".
std::string completeness_text(const Completeness& completeness);

/// Whether the run is the whole of its plan, what decides its requirements was tried, and nothing that ran could not be
/// judged: neither Flaw::incomplete nor Flaw::partial, nor anything inconclusive, be it accepted or not. What failed
/// was judged.
bool is_complete(const Tally& tally);

}  // namespace gateproof::reports
