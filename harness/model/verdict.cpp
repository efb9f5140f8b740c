#include "harness/model/verdict.hpp"

#include <array>

#include "harness/model/name_table.hpp"

namespace gateproof {

std::string_view to_string(Skip skip) {
    return skip == Skip::not_tried ? "not-tried" : "not-applicable";
}

std::string_view words_of(Skip skip) {
    return skip == Skip::not_tried ? "not tried" : "not applicable";
}
namespace {

constexpr std::array outcomes{
    Named<Outcome>{Outcome::pass, "pass"},
    Named<Outcome>{Outcome::warning, "warning"},
    Named<Outcome>{Outcome::fail, "fail"},
    Named<Outcome>{Outcome::error, "error"},
    Named<Outcome>{Outcome::inconclusive, "inconclusive"},
    Named<Outcome>{Outcome::skipped, "skipped"},
};

}  // namespace

std::string_view to_string(Outcome outcome) {
    return name_in(outcomes, outcome);
}

std::optional<Outcome> outcome_from(std::string_view name) {
    return value_in(outcomes, name);
}

}  // namespace gateproof
