// Numbers that are nobody's: with a wrong check digit, or outside the range of IRD numbers.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "harness/model/verdict.hpp"
#include "harness/profile/permission_case.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

/// What is no IRD number for one reason alone, and so cannot be anybody's.
struct NobodysNumber {
    std::string_view digits;
    std::string_view what;
    bool wrong_digit;
};
inline constexpr auto nobodys_numbers =
    std::to_array<NobodysNumber>({{"123456789", "a wrong check digit", true},
                                  {"150000009", "a number above the range", false},
                                  {"009999996", "a number below the range", false}});

/// With these digits in place of each IRD number; the same where there is none.
Placeholders with_number(Placeholders with, std::string_view digits);

/// A wrong check digit is refused as the model documents it; what lies outside the range is refused in whatever way,
/// since no text says in which.
Verdict judge_invalid_number(const Answer& good, const Tries& tries, const Answer& shape, const NobodysNumber& number,
                             const ErrorModel& model);

}  // namespace gateproof::suites
