// TEST-SCENARIO: what published test report templates try of a service is answered as they expect.
#include "suites/gateway/scenario/suite.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "harness/run/context.hpp"
#include "suites/shared/explanations.hpp"
#include "suites/shared/needs.hpp"
#include "suites/shared/subjects.hpp"
#include "suites/shared/technical_fault.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// What the row lacks to be asked with this profile; empty: nothing.
std::string unmet(const ScenarioCall& call, const Profile& profile) {
    std::string lack;
    if (call.of_user()) {
        lack = token_unmet(profile, call.subject);
    } else if (call.subject == "tds" && profile.identity("tds") == nullptr) {
        lack = "needs the certificate for summary and batch requests of TDS; give identities.tds";
    }
    // Without a token too: what stands for {ird} may be a secret.
    return lack.empty() ? secret_unmet(profile, profile.endpoint) : lack;
}

std::vector<CheckCase> rows_as_cases(const Profile& profile) {
    std::vector<CheckCase> cases;
    for (const AskedRow& asked : asked_rows(profile.scenarios)) {
        const ScenarioRow& row = *asked.row;
        std::string title =
            fmt::format("{}: {}{}", row.key, row.operation.empty() ? "" : row.operation + ", ", row.description);
        std::string lack = unmet(*asked.call, profile);
        if (const ScenarioCall* const beside = asked.table->find(asked.call->beside); lack.empty() && beside) {
            lack = unmet(*beside, profile);
        }
        cases.push_back({row.case_name, std::move(title), std::move(lack)});
    }
    return cases;
}

Need asked_row() {
    return need("scenario",
                "needs a row of a test report template that is asked; give scenarios in the profile (gateproof init "
                "--service writes them)",
                [](const Profile& profile) { return !asked_rows(profile.scenarios).empty(); });
}

/// A row, its answer and the request that brought it.
struct AskedScenario {
    RowAnswer row;
    HttpOutcome outcome;
    Operation operation;
    std::string problem;  ///< why nothing could be asked; empty: it was
};

bool has_expired_token(const Profile& profile) {
    return profile.authority && profile.authority->tokens.contains(ScenarioCall::expired);
}

awaitable<Credential> credential_of_row(Context& ctx, const ScenarioCall& call) {
    const bool expired = call.subject == ScenarioCall::expired;
    const bool invalid = call.subject == ScenarioCall::invalid || (expired && !has_expired_token(ctx.profile()));
    if (call.subject == ScenarioCall::nobody || invalid) {
        Credential credential;
        credential.identity = ctx.serving_identity();
        credential.authorization = invalid ? "Bearer not-a-token" : "";
        co_return credential;
    }
    std::string subject = call.subject;
    Credential credential = co_await credential_of(ctx, std::move(subject));
    if (expired && credential.problem.empty()) {
        const TimeSpan now = co_await ctx.times();
        const std::string& token = ctx.profile().authority->tokens.at(ScenarioCall::expired);
        if (is_still_valid(token, now.latest)) {
            credential.problem = "oauth.tokens.expired has not expired yet; wait until it has, or leave it out";
        }
    }
    co_return credential;
}

/// What makes an answer the operation's own. Where the row says which status it wants, that is its own finding, and
/// the body alone tells.
Operation own_answer(const Operation& operation, const ScenarioCall& call, const HttpOutcome& outcome) {
    Operation own = operation;
    if (!call.status.empty() && !operation.expect_body_contains.empty() && outcome.response &&
        is_success(outcome.response->status)) {
        own.expect_status = {outcome.response->status};
    }
    return own;
}

awaitable<AskedScenario> ask_row(Context& ctx, const ScenarioCall& call) {
    AskedScenario asked;
    const Credential credential = co_await credential_of_row(ctx, call);
    asked.problem = credential.problem;
    if (!asked.problem.empty()) {
        co_return asked;
    }
    const Operation& operation = ctx.profile().operations.at(call.operation);
    asked.operation = addressed(operation, call.with, credential.authorization);
    std::shared_ptr<const Identity> identity = credential.identity;
    asked.outcome = co_await ask(ctx, asked.operation, std::move(identity));
    asked.row.reading = answer_of(asked.outcome, asked.operation, *ctx.profile().permissions.model(call.error));
    asked.row.unlike = asked.outcome.unlike(own_answer(asked.operation, call, asked.outcome));
    asked.row.technical = is_technical_fault(asked.outcome);
    if (asked.outcome.response) {
        asked.row.missing = missing_of(call, asked.outcome.response->body);
    }
    co_return asked;
}

/// The published causes of a code that was not expected, behind the remedy.
Verdict with_causes(Verdict verdict, const ScenarioCall& call, const AskedScenario& asked, const Profile& profile) {
    if (verdict.outcome() != Outcome::fail || asked.row.reading.code.empty()) {
        return verdict;
    }
    const RefusedCall refused{asked.row.reading, call.with, asked.operation.body, {}};
    const std::string causes = explained(refused, profile.permissions.causes);
    if (causes.empty()) {
        return verdict;
    }
    std::string remedy = verdict.remedy() + ". " + causes;
    return std::move(verdict).remedy(std::move(remedy));
}

/// By one more try where the first one fails. What was served and must not be stands as it was seen, and a write is
/// never sent twice.
awaitable<Verdict> judge_tries(Context& ctx, const ScenarioCall& call, const AskedScenario& asked) {
    const ErrorModel& model = *ctx.profile().permissions.model(call.error);
    Verdict first = judge_row(call, model, asked.row);
    const bool seen_served = call.refuses() && asked.row.reading.served();
    if (first.outcome() != Outcome::fail || seen_served || !only_reads(asked.operation)) {
        co_return first;
    }
    const AskedScenario again = co_await ask_row(ctx, call);
    const Verdict second = again.problem.empty() ? judge_row(call, model, again.row)
                                                 : Verdict::inconclusive("nothing could be asked: {}", again.problem);
    ctx.evidence()
        .add("tries")
        .with("count", 2)
        .with("answers", fmt::format("{}, then {}", asked.row.reading.summary, again.row.reading.summary));
    co_return judge_second_try(std::move(first), second);
}

awaitable<Verdict> judge_request(Context& ctx, const ScenarioCall& call) {
    const Profile& profile = ctx.profile();
    const AskedScenario asked = co_await ask_row(ctx, call);
    if (!asked.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", asked.problem);
    }
    Verdict tried = co_await judge_tries(ctx, call, asked);
    Verdict judged = telling_what_was_sent(std::move(tried), call, has_expired_token(profile));
    co_return with_causes(std::move(judged), call, asked, profile);
}

awaitable<Verdict> row(Context& ctx) {
    const Profile& profile = ctx.profile();
    const AskedRow row = asked_rows(profile.scenarios).at(ctx.case_index());
    if (!row.call->beside.empty()) {
        const ScenarioCall& beside = *row.table->find(row.call->beside);
        const AskedScenario served = co_await ask_row(ctx, beside);
        // What else the answer lacks is that row's own finding: whoever is served at all could have been refused.
        const bool good = served.problem.empty() && served.row.reading.served() && served.row.unlike.empty();
        if (!good) {
            co_return Verdict::inconclusive("a refusal proves nothing: {}, which must be served, was not ({})",
                                            row.call->beside,
                                            served.problem.empty() ? served.row.reading.summary : served.problem);
        }
    }
    std::vector<Verdict> verdicts;
    for (const ScenarioCall& call : row.call->requests()) {
        verdicts.push_back(co_await judge_request(ctx, call));
    }
    co_return judge_all(std::move(verdicts), *row.call);
}

std::vector<const Operation*> operations_of_rows(const Profile& profile) {
    std::vector<const Operation*> sent;
    for (const AskedRow& asked : asked_rows(profile.scenarios)) {
        for (const ScenarioCall& call : asked.call->requests()) {
            sent.push_back(&profile.operations.at(call.operation));
        }
    }
    return sent;
}

}  // namespace

Suite scenario_suite() {
    return {"scenario", "Scenarios of test reports",
            checks({.requirements = {decides("TEST-SCENARIO")}, .intrusiveness = Intrusiveness::active},
                   {{.id = scenario_check,
                     .title = "A scenario of a test report must be answered as its template expects",
                     .run = row,
                     .needs = {asked_row()},
                     .cases = rows_as_cases,
                     .sends = operations_of_rows}})};
}

}  // namespace gateproof::suites
