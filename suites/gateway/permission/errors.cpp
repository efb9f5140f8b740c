// DELEG-ERROR: otherwise an error is returned, of the documented shape, which gives nothing away.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/run/context.hpp"
#include "harness/run/tokens.hpp"
#include "suites/gateway/permission/needs.hpp"
#include "suites/gateway/permission/record.hpp"
#include "suites/gateway/permission/suite.hpp"
#include "suites/shared/failures.hpp"
#include "suites/shared/needs.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

std::vector<CheckCase> refused(const Profile& profile) {
    return described(refused_cases(profile), profile);
}

Need refused_case() {
    return need("refused case", "needs a case that must be refused; give one in permissions.cases of the profile",
                [](const Profile& profile) { return !refused_cases(profile).empty(); });
}

CaseList cases_with_record(const Profile& profile) {
    CaseList chosen = refused_cases(profile);
    std::erase_if(chosen, [](const PermissionCase* one) { return !one->record; });
    return chosen;
}

std::vector<CheckCase> with_record(const Profile& profile) {
    return described(cases_with_record(profile), profile);
}

Need refused_case_with_record() {
    return need("refused case whose target is known",
                "needs a refused case whose target is known; give record in one of permissions.cases",
                [](const Profile& profile) { return !cases_with_record(profile).empty(); });
}

/// An error answer as the model documents it for this reason.
Verdict judge_shape(const Answer& answer, const ErrorModel::Reason& reason, std::string_view what) {
    if (answer.served()) {
        return Verdict::skipped("{} was served ({}), which another check judges", what, answer.summary);
    }
    if (answer.status == 0) {
        return Verdict::inconclusive("{}: {}, which is no error answer to look at", what, answer.summary);
    }
    if (matches(answer, reason)) {
        return Verdict::pass("{} is answered with {}, as documented", what, answer.summary);
    }
    return Verdict::fail("{} is answered with {}; documented is {}", what, answer.summary, describe(reason))
        .remedy(
            "answer with the documented status and code, or describe this service's own errors in "
            "permissions.errors of the profile");
}

awaitable<Verdict> error_shape(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *refused_cases(profile).at(ctx.case_index());
    const CaseAnswer answer = co_await ask_case(ctx, one);
    if (!answer.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", answer.problem);
    }
    Verdict verdict =
        judge_shape(answer.reading, profile.permissions.model_of(one)->not_permitted, "a missing delegation");
    if (verdict.outcome() == Outcome::fail) {
        // It may be another error for another reason: then the subject is refused its own case too.
        const CaseAnswer control = co_await ask_case(ctx, *profile.permissions.find(one.control));
        if (!control.reading.served()) {
            co_return Verdict::inconclusive("the subject is not served its own case either ({}): {}",
                                            control.problem.empty() ? control.reading.summary : control.problem,
                                            verdict.sentence());
        }
    }
    co_return verdict;
}

awaitable<Verdict> error_leaks_nothing(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *cases_with_record(profile).at(ctx.case_index());
    const Record record = co_await known_record(ctx, one);
    if (!record.problem.empty()) {
        co_return Verdict::inconclusive("{}", record.problem);
    }
    const CaseAnswer answer = co_await ask_case(ctx, one);
    if (!answer.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", answer.problem);
    }
    if (answer.reading.served()) {
        co_return Verdict::skipped("the request was served, which another check judges");
    }
    if (answer.reading.status == 0) {
        co_return Verdict::inconclusive("{}, which is no error answer to look at", answer.reading.summary);
    }
    const std::vector<std::string> places = leaked_in(answer.outcome, record.fields);
    if (!places.empty()) {
        co_return Verdict::fail("the error ({}) holds what the target's record has at {}", answer.reading.summary,
                                fmt::join(places, ", "))
            .remedy("say in an error nothing but that access is not permitted")
            .found(places);
    }
    co_return Verdict::pass("the error ({}) holds none of {} known values of the target", answer.reading.summary,
                            record.fields.size());
}

/// No good token is sent, so none is needed; but what stands for {ird} may be a secret.
std::vector<CheckCase> on_each_model_without_token(const Profile& profile) {
    std::vector<CheckCase> cases = on_each_model(profile);
    std::ranges::for_each(cases, [&](CheckCase& one) { one.unmet = secret_unmet(profile, profile.endpoint); });
    return cases;
}

/// TOKEN-CHECKED: a missing token and a bad one are told apart as documented.
awaitable<Verdict> token_error_shape(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *token_cases(profile).at(ctx.case_index());
    const ErrorModel& model = *profile.permissions.model_of(one);
    if (!model.no_token && !model.invalid_token) {
        co_return Verdict::not_tried("the error model {} does not say how a missing or bad token is answered",
                                     model.name);
    }
    const std::shared_ptr<const Identity> identity = ctx.serving_identity();
    std::string answers;
    Failures failures;
    for (const bool missing : {true, false}) {
        const std::optional<ErrorModel::Reason>& reason = missing ? model.no_token : model.invalid_token;
        if (!reason) {
            continue;
        }
        const Operation operation = operation_of(profile, one, missing ? "" : "Bearer not-a-token");
        const Answer answer = co_await ask_and_read(ctx, operation, identity, model);
        Verdict verdict = judge_shape(answer, *reason, missing ? "a missing token" : "a bad token");
        failures.add(verdict);
        answers += (answers.empty() ? "" : ", ") + verdict.sentence();
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        co_return *failed;
    }
    co_return Verdict::pass("{}", answers);
}

}  // namespace

std::vector<Check> permission_error_checks() {
    return checks({.requirements = {decides("DELEG-ERROR")}, .intrusiveness = Intrusiveness::active},
                  {{.id = "permission.error-shape",
                    .title = "A missing delegation must be answered with the documented error",
                    .run = error_shape,
                    .needs = {refused_case()},
                    .cases = refused},
                   {.id = "permission.error-leaks-nothing",
                    .title = "The error must hold nothing of the target's record",
                    .run = error_leaks_nothing,
                    .mock_lacks = no_delegations,
                    .needs = {refused_case_with_record()},
                    .cases = with_record},
                   {.id = "permission.token-error-shape",
                    .title = "A missing and a bad token must be answered as documented",
                    .requirements = {decides("TOKEN-CHECKED")},
                    .run = token_error_shape,
                    .needs = {token_case()},
                    .cases = on_each_model_without_token}});
}

}  // namespace gateproof::suites
