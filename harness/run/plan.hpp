// What a run will do, as plain data: each check of each target, to run or to skip with the reason. Nothing is sent.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/model/glob.hpp"
#include "harness/model/selection.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {

struct PlannedCheck {
    const Check* check = nullptr;
    std::size_t target = 0;            ///< index into Plan::targets
    std::string skip_reason;           ///< empty: run
    Skip skip = Skip::not_applicable;  ///< what that reason means
    CheckCase the_case = {};           ///< of a check with cases; an empty name otherwise
    std::size_t case_index = 0;        ///< among the check's cases
    std::size_t position = 0;          ///< in the whole plan, whatever was selected of it

    /// "permission.outcome" or "permission.outcome[other-customer]": unique within a target.
    [[nodiscard]] std::string id() const;
    /// The case's title where there is one, the check's otherwise.
    [[nodiscard]] std::string title() const;
};

/// A check that would be in the plan, had the selection not left it out; once for all targets where it is the same. Its
/// skip_reason says what the plan would have done; its target is the first of them, its position says nothing.
struct UnselectedCheck {
    PlannedCheck planned;
    std::string by;                         ///< the option that left it out: "--exclude throttle"
    bool excluded = false;                  ///< taken out of what was asked for; otherwise it was not asked for
    std::vector<std::size_t> targets = {};  ///< ascending
    std::string newer_than = {};            ///< LeftOutCheck::newer_than

    [[nodiscard]] bool is_of(std::size_t target) const { return std::ranges::binary_search(targets, target); }
};

struct Plan {
    std::vector<Profile> targets;
    std::vector<PlannedCheck> checks;    ///< by target, then in catalogue order; what was left out is not here
    std::vector<std::string> unmatched;  ///< patterns that matched no check
    std::vector<std::string> load_elsewhere = {};  ///< RunRecord::load_elsewhere
    Selection selection = {};
    std::vector<UnselectedCheck> left_out = {};  ///< in catalogue order; the same for every shard
    std::size_t whole = 0;                       ///< checks of all shards, and those that were left out
    /// SHA-256 of that whole: each target and check with its decision, in catalogue order. The selection changes
    /// nothing in it but by what it allows (--allow).
    std::string whole_digest = {};

    /// Of all targets.
    [[nodiscard]] std::size_t left_out_count() const;
};

/// Pure: same input, same plan. A version of the catalogue that the selection names and that does not exist leaves
/// nothing out: who takes it from a user asks Catalogue::version first.
Plan make_plan(const Catalogue& catalogue, std::vector<Profile> targets, const Selection& selection);

}  // namespace gateproof
