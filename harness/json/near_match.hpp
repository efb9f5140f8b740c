// Finds what a misspelt word was meant to be.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gateproof {

/// Edits (insert, delete, replace, swap of neighbours) that lead from `a` to `b`, letters compared without case.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`, or the only one that begins with it (of three letters or more); empty when none is
/// near (more than a third of the letters differ).
std::string near_match(std::string_view word, const std::vector<std::string>& candidates);

/// "; did you mean X?" when there is a near match, otherwise "; expected one of A, B, C" (of at most a dozen).
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace gateproof
