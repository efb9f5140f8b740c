// DELEG-SCOPE: a user gets the data of those customers that the credential may access, and no other.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/probe/http/answer_value.hpp"
#include "harness/run/context.hpp"
#include "harness/run/tokens.hpp"
#include "suites/gateway/permission/needs.hpp"
#include "suites/gateway/permission/record.hpp"
#include "suites/gateway/permission/suite.hpp"
#include "suites/shared/explanations.hpp"
#include "suites/shared/needs.hpp"
#include "suites/shared/subjects.hpp"
#include "suites/shared/write_fate.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using Kind = PermissionCase::Kind;

CasesFunction each_of_kind(Kind kind) {
    return [kind](const Profile& profile) { return described(cases_of(profile, kind), profile); };
}

/// The published causes of the code, and what is not the cause, behind a remedy.
awaitable<std::string> with_causes(Context& ctx, std::string remedy, const PermissionCase& one, Answer answer) {
    RefusedCall call;
    call.answer = std::move(answer);
    call.with = one.with;
    call.body = operation_of(ctx.profile(), one, {}).body;
    if (one.of_user() && !call.answer.code.empty()) {
        std::string role = one.subject;
        const AccessToken token = co_await ctx.access_token(std::move(role));
        call.token = co_await ask_about_token(ctx, one.subject, token.value);
    }
    const std::string causes = explained(call, ctx.profile().permissions.causes);
    co_return causes.empty() ? remedy : remedy + ". " + causes;
}

/// Where the answer to a write leaves open whether it was carried out, what its status query says to the same subject.
awaitable<Verdict> with_fate(Context& ctx, const PermissionCase& one, bool open, Verdict verdict) {
    const Operation& operation = ctx.profile().operations.at(one.operation);
    if (!open || !operation.status) {
        co_return verdict;
    }
    std::string subject = one.subject;
    const Credential credential = co_await credential_of(ctx, std::move(subject));
    if (!credential.problem.empty()) {
        co_return verdict;
    }
    const WriteFate fate = co_await ask_fate(ctx, operation, one.with, credential.authorization, credential.identity);
    co_return std::move(verdict).adding(fate.told());
}

awaitable<Verdict> own_data_served(Context& ctx) {
    const PermissionCase& one = *cases_of(ctx.profile(), Kind::own).at(ctx.case_index());
    const CaseAnswer answer = co_await ask_case(ctx, one);
    if (!answer.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", answer.problem);
    }
    if (answer.reading.served()) {
        co_return Verdict::pass("{} was served ({})", one.name, answer.reading.summary);
    }
    std::string remedy = co_await with_causes(
        ctx, "see that the delegation exists in this environment and that the request is as documented", one,
        answer.reading);
    if (!answer.reading.refused()) {
        Verdict unclear =
            Verdict::inconclusive("{}: {}, which is neither service nor a refusal", one.name, answer.reading.summary)
                .remedy(std::move(remedy));
        Verdict verdict = co_await with_fate(ctx, one, leaves_open(answer.outcome), std::move(unclear));
        co_return verdict;
    }
    co_return Verdict::fail("{} is the subject's own to see, and was answered with {}", one.name,
                            answer.reading.summary)
        .remedy(std::move(remedy));
}

/// What each kind of refusal is about, in words.
std::string_view target_of(Kind kind) {
    switch (kind) {
        case Kind::customer: return "another customer's data";
        case Kind::account: return "another account's data";
        default: return "a change without the right to it";
    }
}

awaitable<Verdict> refused_case(Context& ctx, Kind kind) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *cases_of(profile, kind).at(ctx.case_index());
    const CaseAnswer control = co_await ask_case(ctx, *profile.permissions.find(one.control));
    if (!control.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", control.problem);
    }
    const TriedCase tried = co_await try_case(ctx, one);
    if (!tried.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", tried.problem);
    }
    const bool open = !tried.tries.served() && !tried.tries.is_refusal(Reading::documented);
    Verdict judged =
        judge_refused_case(control.reading, tried.tries, target_of(kind),
                           "check the delegation for the very customer and account of each request, and what it "
                           "allows, whoever the token belongs to");
    Verdict verdict = co_await with_fate(ctx, one, open, std::move(judged));
    co_return verdict;
}
/// Each case of the kind must be refused, beside its control that is served.
GatewayCheck refused(Kind kind) {
    return [kind](Context& ctx) { return refused_case(ctx, kind); };
}

std::string text_at(const HttpOutcome& outcome, const std::optional<AnswerValue>& place) {
    if (!outcome.response || !place) {
        return {};
    }
    return value_at(outcome.response->body, place->pointer, place->xpath).value_or("");
}

awaitable<Verdict> batch_mixed(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *cases_of(profile, Kind::batch).at(ctx.case_index());
    const CaseAnswer control = co_await ask_case(ctx, *profile.permissions.find(one.control));
    if (!control.problem.empty() || !control.reading.served()) {
        co_return Verdict::inconclusive("a refusal proves nothing: the control {} is not served ({})", one.control,
                                        control.problem.empty() ? control.reading.summary : control.problem);
    }
    Record record;
    if (one.record) {
        record = co_await known_record(ctx, one);
        if (!record.problem.empty()) {
            co_return Verdict::inconclusive("{}", record.problem);
        }
    }
    const CaseAnswer answer = co_await ask_case(ctx, one);
    BatchAnswer batch;
    batch.reading = answer.reading;
    batch.allowed = text_at(answer.outcome, one.allowed);
    batch.refused = text_at(answer.outcome, one.refused);
    batch.leaked = leaked_in(answer.outcome, record.fields);
    co_return judge_batch(one, batch);
}

}  // namespace

Verdict judge_batch(const PermissionCase& one, const BatchAnswer& batch) {
    constexpr const char* remedy = "judge each item of a batch for itself, and answer for each";
    if (!batch.leaked.empty()) {
        return Verdict::fail("the answer to a batch holds {} of the item that must be refused",
                             fmt::join(batch.leaked, ", "))
            .remedy(remedy)
            .found(batch.leaked);
    }
    if (batch.reading.refused()) {
        return Verdict::warning("the whole batch was refused ({}), the allowed item with it", batch.reading.summary)
            .remedy(remedy);
    }
    if (!batch.reading.served()) {
        return Verdict::inconclusive("{}, which is neither service nor a refusal", batch.reading.summary);
    }
    if (std::ranges::find(one.refused->equals, batch.refused) == one.refused->equals.end()) {
        return Verdict::fail("the item that must be refused is answered with {} where one of {} should stand",
                             batch.refused.empty() ? "nothing" : batch.refused, fmt::join(one.refused->equals, ", "))
            .remedy(remedy);
    }
    if (std::ranges::find(one.allowed->equals, batch.allowed) == one.allowed->equals.end()) {
        return Verdict::fail("the item that is allowed is answered with {} where one of {} should stand",
                             batch.allowed.empty() ? "nothing" : batch.allowed, fmt::join(one.allowed->equals, ", "))
            .remedy(remedy);
    }
    return Verdict::pass("the allowed item was served, the other refused ({})", batch.refused);
}

std::vector<Check> permission_scope_checks() {
    return checks({.requirements = {decides("DELEG-SCOPE")}, .intrusiveness = Intrusiveness::active},
                  {{.id = "permission.own-data-served",
                    .title = "A subject must be served what it may see",
                    .run = own_data_served,
                    .intrusiveness = Intrusiveness::passive,
                    .needs = {case_of_kind(Kind::own)},
                    .cases = each_of_kind(Kind::own)},
                   {.id = "permission.other-customer-refused",
                    .title = "Another customer's data must be refused",
                    .run = refused(Kind::customer),
                    .mock_lacks = no_delegations,
                    .needs = {case_of_kind(Kind::customer)},
                    .cases = each_of_kind(Kind::customer)},
                   {.id = "permission.other-account-refused",
                    .title = "Another account's data must be refused",
                    .run = refused(Kind::account),
                    .mock_lacks = no_delegations,
                    .needs = {case_of_kind(Kind::account)},
                    .cases = each_of_kind(Kind::account)},
                   {.id = "permission.write-refused",
                    .title = "A change without the right to it must be refused",
                    .run = refused(Kind::write),
                    .mock_lacks = no_delegations,
                    .needs = {case_of_kind(Kind::write)},
                    .cases = each_of_kind(Kind::write)},
                   // No service of the published ones takes a batch, so that the requirement is whole without.
                   {.id = "permission.batch-mixed",
                    .title = "Each item of a batch must be judged for itself",
                    .requirements = {adds("DELEG-SCOPE")},
                    .run = batch_mixed,
                    .mock_lacks = no_delegations,
                    .needs = {case_of_kind(Kind::batch)},
                    .cases = each_of_kind(Kind::batch)}});
}

}  // namespace gateproof::suites
