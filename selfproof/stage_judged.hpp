// The stage judged by the checks of gateways: what plays the gateway wrongly cannot convict a client.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/stage/scene.hpp"
#include "selfproof/cell.hpp"

namespace gateproof::selfproof {

/// What the conforming scene is not asked for.
struct LeftOut {
    std::string_view name;    ///< of a check, which is run all the same, or of a suite, which is not
    std::string_view reason;  ///< why it need not pass
};
std::span<const LeftOut> left_out_of_stage();

/// A run of the built-in gateway profiles against the conforming scene, behind which the embedded gateway's services
/// answer.
struct StageProof {
    std::vector<Cell> cells;             ///< every check but those of suites that are left out
    std::vector<std::string> misplayed;  ///< "profile check: outcome (sentence)", and checks that pass nowhere
    std::vector<std::string> outgrown;   ///< of left_out_of_stage: what passes by now, or does not exist
    bool interrupted = false;

    /// Checks that passed on a profile, and on none said anything worse.
    [[nodiscard]] std::size_t passed() const;
    [[nodiscard]] bool proved() const { return !interrupted && misplayed.empty() && outgrown.empty(); }
};

/// `change`: to the scene of every place, so that it conforms no longer; empty: none. Throws
/// boost::system::system_error when a port cannot be bound.
StageProof judge_stage(const std::function<void(stage::Scene&)>& change = {});

}  // namespace gateproof::selfproof
