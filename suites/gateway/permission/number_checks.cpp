// IRD-NUMBER, IRD-FORMAT: what is no IRD number is refused, and so is one that is not written as requests have it.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/run/context.hpp"
#include "suites/gateway/permission/numbers.hpp"
#include "suites/gateway/permission/suite.hpp"
#include "suites/shared/failures.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using Kind = PermissionCase::Kind;

/// Cases that are served, read, and that `differs` holds for; the first of each error model.
CaseList first_of_each_model(const Profile& profile, bool (*differs)(const Placeholders&)) {
    CaseList chosen;
    for (const PermissionCase* const one : cases_of(profile, Kind::own)) {
        const Operation* const operation = operation_of_case(profile, *one);
        const ErrorModel* const model = profile.permissions.model_of(*one);
        const bool known =
            std::ranges::any_of(chosen, [one](const PermissionCase* other) { return other->error == one->error; });
        if (!known && operation != nullptr && only_reads(*operation) && model != nullptr && model->invalid_number &&
            one->subject != "m2m" && differs(one->with)) {
            chosen.push_back(one);
        }
    }
    return chosen;
}

CaseList number_cases(const Profile& profile) {
    return first_of_each_model(profile, [](const Placeholders& with) { return with_number(with, "") != with; });
}
/// Of which a number can be had in this form.
template <NumberForm form>
CaseList cases_in_form(const Profile& profile) {
    return first_of_each_model(profile, [](const Placeholders& with) { return with_form(with, form) != with; });
}

/// The model, in which whatever it says of this number is a refusal of it.
ErrorModel refusing_number(const ErrorModel& model) {
    ErrorModel expected = expecting(model, *model.invalid_number);
    for (const auto& reason : {model.unknown, model.invalid_message}) {
        expected = reason ? expecting(std::move(expected), *reason) : expected;
    }
    return expected;
}

awaitable<Verdict> invalid_number(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *number_cases(profile).at(ctx.case_index());
    const ErrorModel& model = *profile.permissions.model_of(one);
    const ErrorModel expected = refusing_number(model);
    const AskedCase own = co_await ask_as_it_stands(ctx, one);
    if (!own.credential.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", own.credential.problem);
    }
    Failures failures;
    std::string told;
    for (const NobodysNumber& number : nobodys_numbers) {
        const Placeholders with = with_number(one.with, number.digits);
        const Operation operation = operation_of(profile, one, with, own.credential.authorization);
        const Tries tries = co_await try_refused(ctx, operation, own.credential.identity, expected);
        Answer shape{};
        if (number.wrong_digit && tries.is_refusal(Reading::documented)) {
            shape = co_await ask_and_read(ctx, operation, own.credential.identity, expected);
        }
        failures.add(judge_invalid_number(own.good, tries, shape, number, model));
        told += fmt::format("{}{}: {}", told.empty() ? "" : "; ", number.what, tries.summary());
        if (!own.good.served()) {
            break;
        }
    }
    std::optional<Verdict> worst = std::move(failures).verdict();
    co_return worst ? std::move(*worst) : Verdict::pass("what is no IRD number is refused ({})", told);
}

template <NumberForm form>
awaitable<Verdict> in_another_form(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *cases_in_form<form>(profile).at(ctx.case_index());
    const ErrorModel& model = *profile.permissions.model_of(one);
    const ErrorModel expected = refusing_number(model);
    const AskedCase own = co_await ask_as_it_stands(ctx, one);
    if (!own.credential.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", own.credential.problem);
    }
    const Placeholders with = with_form(one.with, form);
    for (const auto& [name, value] : with) {
        if (value != one.with.at(name)) {
            ctx.keep_secret(value);  // the number itself may be a secret, and is looked for as it stands in the profile
        }
    }
    const Operation operation = operation_of(profile, one, with, own.credential.authorization);
    const Tries tries = co_await try_refused(ctx, operation, own.credential.identity, expected);
    Answer shape{};
    if (tries.is_refusal(Reading::documented)) {
        shape = co_await ask_and_read(ctx, operation, own.credential.identity, expected);
    }
    co_return judge_number_form(own.good, tries, shape, form, model);
}

constexpr std::string_view lacks_number =
    "needs a read that names an IRD number, of a service that says how it refuses a wrong one (error customer, income, "
    "document, irv or soap); give permissions.cases one of kind own with \"with\": {\"ird\": ...} in the profile";
constexpr std::string_view lacks_padded_number =
    "needs a read of a customer whose IRD number begins with 0, since no other has eight digits, of a service that says "
    "how it refuses a wrong one (error customer, income, document, irv or soap); give permissions.cases one of kind own "
    "with \"with\": {\"ird\": ...} in the profile";

}  // namespace

std::vector<Check> permission_number_checks() {
    return checks({.requirements = {decides("IRD-FORMAT")}, .intrusiveness = Intrusiveness::active},
                  {{.id = "permission.invalid-number-refused",
                    .title = "What is no IRD number must be refused as such",
                    .requirements = {decides("IRD-NUMBER")},
                    .run = invalid_number,
                    .needs = {case_among<number_cases>("read by IRD number", lacks_number)},
                    .cases = cases_as_described<number_cases>},
                   {.id = "permission.dashed-number-refused",
                    .title = "An IRD number with dashes must be refused",
                    .run = in_another_form<NumberForm::dashed>,
                    .needs = {case_among<cases_in_form<NumberForm::dashed>>("read by IRD number", lacks_number)},
                    .cases = cases_as_described<cases_in_form<NumberForm::dashed>>},
                   {.id = "permission.unpadded-number-refused",
                    .title = "An IRD number of eight digits must not be served",
                    .run = in_another_form<NumberForm::unpadded>,
                    .needs = {case_among<cases_in_form<NumberForm::unpadded>>("read by IRD number that begins with 0",
                                                                              lacks_padded_number)},
                    .cases = cases_as_described<cases_in_form<NumberForm::unpadded>>}});
}

}  // namespace gateproof::suites
