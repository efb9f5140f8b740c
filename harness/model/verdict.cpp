#include "harness/model/verdict.hpp"

#include <algorithm>
#include <array>

namespace gateproof {
namespace {
struct Name {
    Outcome outcome;
    std::string_view name;
};
constexpr std::array names{
    Name{Outcome::pass, "pass"},   Name{Outcome::warning, "warning"},           Name{Outcome::fail, "fail"},
    Name{Outcome::error, "error"}, Name{Outcome::inconclusive, "inconclusive"}, Name{Outcome::skipped, "skipped"},
};
}  // namespace

std::string_view to_string(Outcome outcome) {
    const auto* found = std::ranges::find(names, outcome, &Name::outcome);
    return found == names.end() ? "unknown" : found->name;
}

std::optional<Outcome> outcome_from(std::string_view name) {
    const auto* found = std::ranges::find(names, name, &Name::name);
    if (found == names.end()) {
        return std::nullopt;
    }
    return found->outcome;
}

}  // namespace gateproof
