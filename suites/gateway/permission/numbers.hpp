// Numbers that are nobody's: with a wrong check digit, or outside the range of IRD numbers; and somebody's number,
// written as requests do not have it.
#pragma once

#include <array>
#include <optional>
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

/// A number that is somebody's, in a form that requests do not have.
enum class NumberForm {
    dashed,    ///< 049-091-850
    unpadded,  ///< 49091850
};
/// Nothing where `text` is no IRD number of nine digits, or where its first digit is not the zero that pads it.
std::optional<std::string> in_form(std::string_view text, NumberForm form);
/// Each IRD number in this form; the same where none can be had in it.
Placeholders with_form(Placeholders with, NumberForm form);

/// As what a number in such a form is refused: an invalid message or an invalid number, as the model documents them.
ErrorModel::Reason reason_of_form(const ErrorModel& model);

/// A number with dashes is refused by the published contract of the REST services. Of SOAP services, and of eight
/// digits, only the form of requests is published and no refusal, so what serves them is lenient: a warning.
Verdict judge_number_form(const Answer& good, const Tries& tries, const Answer& shape, NumberForm form,
                          const ErrorModel& model);

}  // namespace gateproof::suites
