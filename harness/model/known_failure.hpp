// A failure that somebody has accepted for a while: the reason and the day on which that ends are part of it.
#pragma once

#include <chrono>
#include <set>
#include <string>

#include "harness/model/verdict.hpp"

namespace gateproof {

struct KnownFailure {
    std::string check;         ///< glob over full ids ("permission.outcome[other-*]"), or a suite's name
    std::string target = "*";  ///< glob over profile names
    std::string reason;
    std::chrono::sys_days expires;              ///< last day (UTC) on which it is accepted
    std::set<Outcome> outcomes{Outcome::fail};  ///< what is accepted
    std::string place = {};                     ///< "known.json:3", for messages
};

}  // namespace gateproof
