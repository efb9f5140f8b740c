// The cut-over of a rotation, which the user carries out while rotate-check waits for it.
#pragma once

#include <chrono>
#include <string>

#include "app/live_view.hpp"
#include "harness/run/human/enter.hpp"

namespace gateproof::cli {

/// Why nobody can press Enter here, and what to do; empty: somebody can.
std::string cut_over_unmet();

/// Says what is to be cut over, with a countdown on a terminal, and waits for Enter on standard input. Precondition:
/// the profile has a rotation.
EnterEnd ask_for_cut_over(const Profile& profile, std::chrono::seconds patience, const ViewOptions& view);

}  // namespace gateproof::cli
