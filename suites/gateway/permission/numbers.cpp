#include "suites/gateway/permission/numbers.hpp"

#include "harness/profile/causes.hpp"
#include "suites/gateway/permission/suite.hpp"

namespace gateproof::suites {

Placeholders with_number(Placeholders with, std::string_view digits) {
    for (auto& [name, value] : with) {
        if (examine_ird_number(value).number) {
            value = digits;
        }
    }
    return with;
}

Verdict judge_invalid_number(const Answer& good, const Tries& tries, const Answer& shape, const NobodysNumber& number,
                             const ErrorModel& model) {
    constexpr std::string_view remedy =
        "look at range and check digit of an IRD number before anything is looked up by it";
    if (!number.wrong_digit) {
        return judge_refused_case(good, tries, number.what, remedy);
    }
    return judge_refused_for(
        good, tries, shape,
        {.what = number.what,
         .reason = *model.invalid_number,
         .remedy = remedy,
         .remedy_of_another = "refuse it with the documented code: with another, people look for a delegation "
                              "that is missing instead of for a slip of the pen"});
}

}  // namespace gateproof::suites
