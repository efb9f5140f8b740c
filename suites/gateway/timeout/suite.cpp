#include "suites/gateway/timeout/suite.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/context.hpp"
#include "suites/shared/http1.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;
using std::chrono::milliseconds;

namespace {

/// A slow operation, answered or not, and the connection that it was asked on.
struct SlowExchange {
    Context::TlsConnection connection;
    SlowAnswer answer;
};

void note(Context& ctx, const Operation& operation, const SlowAnswer& answer) {
    ctx.evidence()
        .add("slow_exchange")
        .with("request", fmt::format("{} {}", operation.method, operation.path))
        .with("result", answer.summary())
        .with("status", answer.status)
        .with("head_ms", answer.head_at.count())
        .with("end_ms", answer.end_at.count())
        .with("body_bytes", answer.body.size())
        .with("keep_alive", answer.keep_alive);
}

awaitable<SlowAnswer> ask(Context& ctx, TlsSession& session, Operation operation, milliseconds patience) {
    std::string request = http1_request(ctx.profile(), operation, ctx.profile().endpoint.authority(), false);
    session.set_timeout(patience);
    const TlsStep written = co_await session.write(std::move(request));
    SlowAnswer answer;
    answer.end = written;
    if (written.ok()) {
        answer = co_await read_slow_answer(session, patience);
    }
    note(ctx, operation, answer);
    co_return answer;
}

/// Empty `connection.session` handshake: `connection.step` tells why.
awaitable<SlowExchange> ask_slowly(Context& ctx, Operation operation) {
    const Timing& timing = ctx.profile().timing;
    SlowExchange exchange;
    // The control operation may follow on the same connection.
    TlsOptions options = ctx.guarded(ctx.tls_options(), ctx.profile().control_operation());
    options = ctx.guarded(std::move(options), operation);
    exchange.connection = co_await ctx.tls(std::move(options), Context::Stay::held);
    if (exchange.connection.step.ok()) {
        TlsSession& session = *exchange.connection.session;
        const milliseconds patience = timing.patience(timing.limit);
        exchange.answer = co_await ask(ctx, session, std::move(operation), patience);
    }
    co_return exchange;
}

Verdict not_connected(const TlsStep& step) {
    return Verdict::inconclusive("no connection for the operation: {}", step.summary());
}

using JudgeAnswer = Verdict(const SlowAnswer& answer, const Timing& timing, const Operation& operation);

awaitable<Verdict> ask_and_judge(Context& ctx, const TimedOperation& timed, JudgeAnswer* judge) {
    const Operation operation = timed_request(ctx.profile(), timed);
    const SlowExchange exchange = co_await ask_slowly(ctx, operation);
    if (!exchange.connection.step.ok()) {
        co_return not_connected(exchange.connection.step);
    }
    co_return judge(exchange.answer, ctx.profile().timing, operation);
}

awaitable<Verdict> slow_operation_cut(Context& ctx) {
    return ask_and_judge(ctx, *ctx.profile().timing.slow, &judge_slow_cut);
}

awaitable<Verdict> below_limit_served(Context& ctx) {
    return ask_and_judge(ctx, *ctx.profile().timing.below_limit, &judge_below_limit);
}

awaitable<Verdict> no_partial_body_as_success(Context& ctx) {
    return ask_and_judge(ctx, *ctx.profile().timing.slow, &judge_no_partial_success);
}

awaitable<Verdict> connection_usable_after(Context& ctx) {
    const Timing& timing = ctx.profile().timing;
    const Operation operation = timed_request(ctx.profile(), *timing.slow);
    const SlowExchange exchange = co_await ask_slowly(ctx, operation);
    if (!exchange.connection.step.ok()) {
        co_return not_connected(exchange.connection.step);
    }
    const Operation& control = ctx.profile().control_operation();
    TlsSession& session = *exchange.connection.session;
    AfterCut after;
    if (cut_with_an_answer(exchange.answer) && exchange.answer.keep_alive) {
        after.next = co_await ask(ctx, session, control, timing.tolerance + timing.margin);
    } else if (cut_with_an_answer(exchange.answer)) {
        Hold hold;
        hold.patience = timing.tolerance;
        const Held held = co_await hold_tls(session, std::move(hold));
        after.ended = !held.still_open();
    }
    co_await session.shutdown();
    co_return judge_usable_after(exchange.answer, after, control);
}

std::string needs_slow(const Profile& profile) {
    return profile.timing.slow ? std::string()
                               : "needs an operation that takes longer than the gateway's timeout; give timeouts.slow "
                                 "in the profile";
}

std::string needs_below_limit(const Profile& profile) {
    return profile.timing.below_limit ? std::string()
                                      : "needs an operation that takes long, but less than the gateway's timeout; give "
                                        "timeouts.below_limit in the profile";
}

std::vector<const Operation*> sent(const Profile& profile, const std::optional<TimedOperation>& timed) {
    return timed ? std::vector{&profile.operations.at(timed->operation)} : std::vector<const Operation*>{};
}
std::vector<const Operation*> slow_sent(const Profile& profile) {
    return sent(profile, profile.timing.slow);
}
std::vector<const Operation*> below_limit_sent(const Profile& profile) {
    return sent(profile, profile.timing.below_limit);
}

}  // namespace

Check timeout_check(std::string_view id, std::string_view title, CheckFunction run, UnmetFunction unmet) {
    Check check;
    check.id = id;
    check.title = title;
    check.requirements = {"TIMEOUT"};
    check.run = run;
    check.intrusiveness = Intrusiveness::active;  // holds a connection and what works for it
    check.unmet = unmet;
    check.deadline = &timeout_deadline;
    return check;
}

milliseconds timeout_deadline(const Profile& profile) {
    const Timing& timing = profile.timing;
    milliseconds longest = timing.limit;
    for (const PhaseLimit& phase : {timing.handshake, timing.headers, timing.body, timing.keep_alive}) {
        longest = std::max(longest, timing.by(phase));
    }
    // Around the wait: a control, the connection, and what is asked when the wait is over.
    const Limits& limits = profile.limits;
    return timing.patience(longest) + timing.tolerance + timing.margin + limits.connect_timeout +
           std::max(limits.probe_timeout, limits.check_deadline);
}

Operation timed_request(const Profile& profile, const TimedOperation& timed) {
    constexpr std::string_view placeholder = "{takes_ms}";
    Operation operation = profile.operations.at(timed.operation);
    const std::size_t at = operation.path.find(placeholder);
    if (at != std::string::npos) {
        operation.path.replace(at, placeholder.size(), std::to_string(timed.takes.count()));
    }
    return operation;
}

std::vector<Check> timeout_slow_checks() {
    Check below = timeout_check("timeout.below-limit-served", "An operation below the timeout is served",
                                &below_limit_served, &needs_below_limit);
    below.control = Control::before;
    below.sends = &below_limit_sent;
    std::vector<Check> checks{
        timeout_check("timeout.slow-operation-cut", "An operation that takes too long is cut, on time and cleanly",
                      &slow_operation_cut, &needs_slow),
        below,
        timeout_check("timeout.connection-usable-after", "After a timeout the connection is good, or closed",
                      &connection_usable_after, &needs_slow),
        timeout_check("timeout.no-partial-body-as-success", "What was cut is not handed out as a success",
                      &no_partial_body_as_success, &needs_slow),
    };
    for (Check& check : checks) {
        check.sends = check.sends == nullptr ? &slow_sent : check.sends;
    }
    return checks;
}

Suite timeout_suite() {
    Suite suite{"timeout", "Timeouts", timeout_slow_checks()};
    for (const Check& check : timeout_idle_checks()) {
        suite.checks.push_back(check);
    }
    return suite;
}

}  // namespace gateproof::suites
