#include "suites/gateway/permission/numbers.hpp"

#include <utility>

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

std::optional<std::string> in_form(std::string_view text, NumberForm form) {
    const IrdNumberForm known = examine_ird_number(text);
    if (!known.number || !known.padded || known.dashes) {
        return std::nullopt;
    }
    const std::string digits(text);
    if (form == NumberForm::dashed) {
        return digits.substr(0, 3) + "-" + digits.substr(3, 3) + "-" + digits.substr(6);
    }
    return digits.front() == '0' ? std::optional(digits.substr(1)) : std::nullopt;
}

Placeholders with_form(Placeholders with, NumberForm form) {
    for (auto& [name, value] : with) {
        if (std::optional<std::string> written = in_form(value, form)) {
            value = std::move(*written);
        }
    }
    return with;
}

ErrorModel::Reason reason_of_form(const ErrorModel& model) {
    ErrorModel::Reason reason;
    for (const auto& one : {model.invalid_message, model.invalid_number}) {
        if (one) {
            reason.status.insert(reason.status.end(), one->status.begin(), one->status.end());
            reason.codes.insert(reason.codes.end(), one->codes.begin(), one->codes.end());
        }
    }
    return reason;
}

Verdict judge_number_form(const Answer& good, const Tries& tries, const Answer& shape, NumberForm form,
                          const ErrorModel& model) {
    const bool dashed = form == NumberForm::dashed;
    const std::string_view what = dashed ? "a number with dashes" : "a number of eight digits";
    const bool refused_by_contract = dashed && model.xpath.empty();
    if (good.served() && tries.served() && !refused_by_contract) {
        return Verdict::warning("{} is served like the one of nine digits ({}); requests have nine digits alone", what,
                                tries.summary())
            .remedy("take nine digits alone: software that is used to others being mended here sends them elsewhere");
    }
    return judge_refused_for(
        good, tries, shape,
        {.what = what,
         .reason = reason_of_form(model),
         .remedy = "take an IRD number of nine digits without dashes alone, as the published document has it",
         .remedy_of_another = "refuse it as not valid: with another code, people look for a delegation that is missing "
                              "instead of for the way the number is written"});
}

}  // namespace gateproof::suites
