#include "suites/gateway/permission/oracle.hpp"

#include <fmt/ranges.h>

#include <chrono>
#include <random>
#include <utility>

#include "harness/probe/http/http1.hpp"
#include "harness/run/context.hpp"
#include "suites/gateway/permission/suite.hpp"
#include "suites/shared/needs.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using Clock = std::chrono::steady_clock;

/// Asks over one kept-alive connection, so that no handshake is part of a time.
class Asker {
public:
    explicit Asker(Context& ctx) : ctx_(ctx) {}

    /// The answer, `total` measured from the first byte sent to the last received. A connection that the server has
    /// closed meanwhile is opened anew, once.
    awaitable<HttpOutcome> ask(const Operation& operation) {
        HttpOutcome outcome = co_await once(operation);
        if (!outcome.response && !fresh_) {
            connection_.reset();
            outcome = co_await once(operation);
        }
        co_return outcome;
    }

private:
    awaitable<HttpOutcome> once(const Operation& operation) {
        fresh_ = !connection_;
        if (!connection_) {
            TlsOptions options = ctx_.guarded(ctx_.tls_options(), secret_of(operation));
            Context::TlsConnection connection = co_await ctx_.tls(std::move(options));
            connection_.emplace(std::move(connection));
        }
        std::string bytes = wire(ctx_.request_of(operation), Connection::keep);
        const Clock::time_point begun = Clock::now();
        co_await connection_->send(std::move(bytes));
        HttpOutcome outcome = co_await connection_->receive();
        outcome.total = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun);
        if (!outcome.response) {
            connection_.reset();
        }
        co_return outcome;
    }

    /// What stands for {ird} may be one even where there is no token.
    static std::string secret_of(const Operation& operation) {
        return fmt::format("what operation '{}' asks for", operation.name);
    }

    Context& ctx_;
    std::optional<Http1> connection_;
    bool fresh_ = true;
};

struct Targets {
    Operation forbidden;
    Operation unknown;
};

double milliseconds(const HttpOutcome& outcome) {
    return static_cast<double>(outcome.total.count()) / 1000;
}

/// Nothing when an answer failed to come.
awaitable<std::optional<Series>> measure(Context& ctx, Asker& asker, const Targets& targets) {
    Series series;
    for (std::size_t pair = 0; pair < pairs_per_series || is_undecided(series); ++pair) {
        const bool forbidden_first = (ctx.random()() & 1) != 0;
        for (const bool forbidden : {forbidden_first, !forbidden_first}) {
            const HttpOutcome outcome = co_await asker.ask(forbidden ? targets.forbidden : targets.unknown);
            if (!outcome.response) {
                co_return std::nullopt;
            }
            (forbidden ? series.forbidden : series.unknown).push_back(milliseconds(outcome));
        }
    }
    co_return series;
}

void note(Evidence& evidence, std::string_view which, const Series& series) {
    std::string forbidden;
    std::string unknown;
    for (const double time : series.forbidden) {
        forbidden += fmt::format("{}{:.2f}", forbidden.empty() ? "" : " ", time);
    }
    for (const double time : series.unknown) {
        unknown += fmt::format("{}{:.2f}", unknown.empty() ? "" : " ", time);
    }
    evidence.add("answer_times").with("series", which).with("forbidden_ms", forbidden).with("unknown_ms", unknown);
}

CaseList cases_with_unknown(const Profile& profile) {
    CaseList chosen = refused_cases(profile);
    std::erase_if(chosen, [](const PermissionCase* one) { return !one->unknown; });
    return chosen;
}

std::vector<CheckCase> described_cases(const Profile& profile) {
    return described(cases_with_unknown(profile), profile);
}

Need refused_case_with_unknown() {
    return need("refused case with a target that does not exist",
                "needs a refused case with a target that does not exist; give unknown in one of permissions.cases",
                [](const Profile& profile) { return !cases_with_unknown(profile).empty(); });
}

awaitable<Verdict> no_existence_oracle(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *cases_with_unknown(profile).at(ctx.case_index());
    const ErrorModel& model = *profile.permissions.model_of(one);
    const Credential credential = co_await credential_of(ctx, one.subject);
    if (!credential.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", credential.problem);
    }
    const Targets targets{operation_of(profile, one, credential.authorization),
                          operation_of(profile, one, *one.unknown, credential.authorization)};
    // Compared over connections of their own; only times need one that is kept.
    const HttpOutcome forbidden = co_await ask(ctx, targets.forbidden, credential.identity);
    const HttpOutcome unknown = co_await ask(ctx, targets.unknown, credential.identity);
    const Answer forbidden_read = answer_of(forbidden, targets.forbidden, model);
    const Answer unknown_read = answer_of(unknown, targets.unknown, model);
    if (forbidden_read.served()) {
        co_return Verdict::skipped("the forbidden target was served, which another check judges");
    }
    if (forbidden_read.status == 0 || unknown_read.status == 0) {
        co_return Verdict::inconclusive("no answers to compare: {} and {}", forbidden_read.summary,
                                        unknown_read.summary);
    }
    if (std::optional<Verdict> contract = judge_contract(forbidden_read, unknown_read, model)) {
        co_return *contract;
    }
    if (std::vector<std::string> apart = differences(*forbidden.response, one.with, *unknown.response, *one.unknown);
        !apart.empty()) {
        co_return Verdict::warning("the answer tells whether a customer exists: {}", fmt::join(apart, "; "))
            .remedy("answer for an unknown customer exactly as for a forbidden one")
            .found(std::move(apart));
    }
    Asker asker(ctx);
    const std::optional<Series> first = co_await measure(ctx, asker, targets);
    if (!first) {
        co_return Verdict::inconclusive("answers stopped coming while times were measured");
    }
    note(ctx.evidence(), "first", *first);
    std::optional<Series> second;
    if (is_suspicious(*first)) {
        second = co_await measure(ctx, asker, targets);
    }
    if (second) {
        note(ctx.evidence(), "second", *second);
    }
    co_return judge_times(*first, second);
}

}  // namespace

std::vector<Check> permission_oracle_checks() {
    return checks({.requirements = {decides("DELEG-ERROR")}, .intrusiveness = Intrusiveness::active},
                  {{.id = "permission.no-existence-oracle",
                    .title = "An unknown customer must be answered like a forbidden one, in status, body and time",
                    .run = no_existence_oracle,
                    .mock_lacks = no_delegations,
                    .needs = {refused_case_with_unknown()},
                    .resource = "answer-times",  // two cases at once would see each other's load
                    .cases = described_cases}});
}

}  // namespace gateproof::suites
