// A failure that somebody has accepted for a while: the reason and the day on which that ends are part of it.
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "harness/model/verdict.hpp"

namespace gateproof {

struct KnownFailure {
    std::string check;         ///< glob over full ids ("permission.outcome[other-*]"), or a suite's name
    std::string target = "*";  ///< glob over profile names
    std::string reason;
    std::chrono::sys_days expires;              ///< last day (UTC) on which it is accepted
    std::set<Outcome> outcomes{Outcome::fail};  ///< what is accepted
    std::string place = {};                     ///< "known.json:3", for messages
    /// The facts that are accepted; what is found beyond them counts. Empty, and so is `digest`: whatever is found.
    std::vector<std::string> found = {};
    std::string digest = {};  ///< "sha256:" and 12 to 64 hex digits of the facts together, instead of a list

    /// Whatever the check finds is covered.
    [[nodiscard]] bool wide() const { return found.empty() && digest.empty(); }
};

/// That a check was not tried, accepted knowingly.
struct ExpectedSkip {
    std::string check;         ///< glob over full ids, or a suite's name
    std::string target = "*";  ///< glob over profile names
    std::string reason;
    std::string place = {};  ///< "known.json:9", for messages
};

/// A file of both, as a run, or whoever merged it, was given it.
struct KnownList {
    std::vector<KnownFailure> failures = {};
    std::vector<ExpectedSkip> skips = {};
    std::string name = {};              ///< of the file
    std::string sha256 = {};            ///< of the file, lower-case hex
    std::chrono::sys_days judged = {};  ///< the day (UTC) by which entries are over or not
};

}  // namespace gateproof
