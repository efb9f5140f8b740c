// What a run will do, as plain data: each check of each target, to run or to skip with the reason. Nothing is sent.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/model/glob.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {

/// What the user asked for. Patterns are globs ('*' and '?') over suite and check ids.
struct Selection {
    std::vector<std::string> suites;  ///< empty: all
    std::vector<std::string> checks;  ///< empty: all; "tls.refuses-*", or a suite's name
    std::vector<std::string> excludes;
    bool allow_active = false;  ///< --allow active: production runs active checks if its profile agrees too
    bool allow_load = false;    ///< --allow load
};

struct PlannedCheck {
    const Check* check = nullptr;
    std::size_t target = 0;      ///< index into Plan::targets
    std::string skip_reason;     ///< empty: run
    CheckCase the_case = {};     ///< of a check with cases; an empty name otherwise
    std::size_t case_index = 0;  ///< among the check's cases
    std::size_t position = 0;    ///< in the whole plan

    /// "permission.outcome" or "permission.outcome[other-customer]": unique within a target.
    [[nodiscard]] std::string id() const;
    /// The case's title where there is one, the check's otherwise.
    [[nodiscard]] std::string title() const;
};

struct Plan {
    std::vector<Profile> targets;
    std::vector<PlannedCheck> checks;    ///< by target, then in catalogue order; what was filtered out is not here
    std::vector<std::string> unmatched;  ///< patterns that matched no check
    std::vector<std::string> load_elsewhere = {};  ///< RunRecord::load_elsewhere
};

/// Pure: same input, same plan.
Plan make_plan(const Catalogue& catalogue, std::vector<Profile> targets, const Selection& selection);

}  // namespace gateproof
