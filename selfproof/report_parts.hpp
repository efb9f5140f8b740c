// What the reports of both matrices have in common.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "selfproof/cell.hpp"

namespace gateproof::selfproof {

/// What was noticed of a fault, of which both kinds of runs are made.
struct Noticed {
    const std::vector<std::string>& caught;
    const std::vector<std::string>& missed;
    const std::vector<std::string>& disturbed;
};

template <class Run>
Noticed noticed_of(const Run& run) {
    return {run.caught, run.missed, run.disturbed};
}

/// A line for the fault, `words` behind its name, and one for each check that missed it or was disturbed.
std::string lines_of(bool proved, std::string_view name, const std::string& words, const Noticed& noticed);

/// "caught", "missed", "disturbed", and "outcomes" by profile and check.
void add_noticed(nlohmann::ordered_json& out, const Noticed& noticed, const std::vector<Cell>& cells);

double in_seconds(std::chrono::milliseconds time);

}  // namespace gateproof::selfproof
