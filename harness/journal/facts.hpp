// What a check found, by which it is recognised in another run: the same facts where the same is found.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/record.hpp"

namespace gateproof {

/// The text without what differs between runs that find the same: durations, times of day, shares and numbers of tries,
/// ports that a system hands out (from 32768), tokens and long hex numbers. Each of them becomes "#".
std::string without_chance(std::string_view text);

/// What the judge listed, as it is, and where it listed nothing the sentence, as without_chance leaves it; sorted, each
/// once, of bounded length and number. Empty for what passed or was skipped. Facts of facts are the same facts.
std::vector<std::string> facts_of(const CheckResult& result);

/// "sha256:" and 64 hex digits; empty for no facts.
std::string digest_of_facts(const std::vector<std::string>& facts);
/// The same with the twelve digits that are shown and may stand in a list of known failures.
std::string short_digest_of(const CheckResult& result);

}  // namespace gateproof
