#include "suites/gateway/timeout/suite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "harness/probe/http/http1.hpp"
#include "harness/run/context.hpp"
#include "suites/gateway/timeout/needs.hpp"
#include "suites/gateway/timeout/slow.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;
using std::chrono::milliseconds;

namespace {

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

Verdict not_connected(const TlsStep& step) {
    return Verdict::inconclusive("no connection for the operation: {}", step.summary());
}

using JudgeAnswer = Verdict(const SlowAnswer& answer, const Timing& timing, const Operation& operation);
/// One of the profile's operations whose duration is known.
using Timed = std::optional<TimedOperation> Timing::*;

awaitable<Verdict> ask_and_judge(Context& ctx, Timed timed, JudgeAnswer* judge) {
    const Timing& timing = ctx.profile().timing;
    const Placeholders submission = fresh_submission();
    const Operation operation = timed_request(ctx.profile(), *(timing.*timed), submission);
    const SlowExchange exchange = co_await ask_slowly(ctx, operation);
    if (!exchange.connection.step.ok()) {
        co_return not_connected(exchange.connection.step);
    }
    Verdict verdict = judge(exchange.answer, timing, operation);
    if (operation.status && write_was_cut(exchange.answer, operation)) {
        std::shared_ptr<const Identity> identity = ctx.serving_identity();
        const Operation& write = ctx.profile().operations.at(operation.name);
        const WriteFate fate = co_await ask_fate(ctx, write, submission, {}, std::move(identity));
        co_return std::move(verdict).adding(fate.told());
    }
    co_return verdict;
}
/// Check::sends of one that sends the timed operation.
OperationsFunction sent(Timed timed) {
    return [timed](const Profile& profile) {
        const std::optional<TimedOperation>& given = profile.timing.*timed;
        return given ? std::vector{&profile.operations.at(given->operation)} : std::vector<const Operation*>{};
    };
}
GatewayCheck answered(Timed timed, JudgeAnswer* judge) {
    return [timed, judge](Context& ctx) { return ask_and_judge(ctx, timed, judge); };
}

awaitable<Verdict> connection_usable_after(Context& ctx) {
    const Timing& timing = ctx.profile().timing;
    const Operation operation = timed_request(ctx.profile(), *timing.slow, fresh_submission());
    const SlowExchange exchange = co_await ask_slowly(ctx, operation);
    if (!exchange.connection.step.ok()) {
        co_return not_connected(exchange.connection.step);
    }
    const Operation& control = ctx.profile().control_operation();
    TlsSession& session = *exchange.connection.session;
    AfterCut after;
    if (cut_with_an_answer(exchange.answer) && exchange.answer.keep_alive) {
        after.next = co_await ask_on(ctx, session, control, timing.lateness() + timing.margin);
    } else if (cut_with_an_answer(exchange.answer)) {
        Hold hold;
        hold.patience = timing.lateness();
        const Held held = co_await hold_tls(session, std::move(hold));
        after.ended = !held.still_open();
    }
    co_await session.shutdown();
    co_return judge_usable_after(exchange.answer, after, control);
}

}  // namespace

awaitable<SlowAnswer> ask_on(Context& ctx, TlsSession& session, Operation operation, milliseconds patience) {
    std::string request = wire(ctx.request_of(operation), Connection::keep);
    session.set_timeout(patience);
    const TlsStep written = co_await session.write(std::move(request));
    SlowAnswer answer;
    answer.end = written;
    if (written.ok()) {
        answer = co_await read_slow_answer(session, patience);
    }
    note(ctx, operation, answer);
    if (!answer.is_whole()) {
        ctx.note_cut(answer.end);
    }
    co_return answer;
}

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
        exchange.answer = co_await ask_on(ctx, session, std::move(operation), patience);
    }
    co_return exchange;
}

Placeholders fresh_submission() {
    std::random_device random;
    return {{"submission_key", std::to_string(std::uniform_int_distribution<int>(100'000'000, 999'999'999)(random))}};
}

Operation timed_request(const Profile& profile, const TimedOperation& timed, const Placeholders& with) {
    Operation operation = timed_request(profile, timed);
    operation.path = filled_in(operation.path, with);
    operation.body = filled_in(operation.body, with);
    return operation;
}

CheckFamily timeout_family() {
    return {.requirements = {decides("TIMEOUT")}, .intrusiveness = Intrusiveness::active, .deadline = timeout_deadline};
}

milliseconds timeout_deadline(const Profile& profile) {
    const Timing& timing = profile.timing;
    milliseconds longest = timing.limit;
    if (timing.slow_write) {
        longest = std::max(longest, timing.slow_write->takes);  // what was cut is asked after when its time is over
    }
    for (const PhaseLimit& phase : {timing.handshake, timing.headers, timing.body, timing.keep_alive}) {
        longest = std::max(longest, timing.by(phase));
    }
    // Around the wait: a control, the connection, and what is asked when the wait is over.
    const Limits& limits = profile.limits;
    return timing.patience(longest) + timing.lateness() + timing.margin + limits.connect_timeout +
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
    return checks(timeout_family(), {{.id = "timeout.slow-operation-cut",
                                      .title = "An operation that takes too long must be cut, on time and cleanly",
                                      .run = answered(&Timing::slow, judge_slow_cut),
                                      .needs = {slow_operation()},
                                      .sends = sent(&Timing::slow)},
                                     {.id = "timeout.below-limit-served",
                                      .title = "An operation below the timeout must be served",
                                      .run = answered(&Timing::below_limit, judge_below_limit),
                                      .control = Control::before,
                                      .needs = {operation_below_timeout()},
                                      .sends = sent(&Timing::below_limit)},
                                     {.id = "timeout.connection-usable-after",
                                      .title = "After a timeout the connection must be good, or closed",
                                      .run = connection_usable_after,
                                      .needs = {slow_operation()},
                                      .sends = sent(&Timing::slow)},
                                     {.id = "timeout.no-partial-body-as-success",
                                      .title = "What was cut must not be handed out as a success",
                                      .run = answered(&Timing::slow, judge_no_partial_success),
                                      .needs = {slow_operation()},
                                      .sends = sent(&Timing::slow)}});
}

Suite timeout_suite() {
    Suite suite{"timeout", "Timeouts", {}};
    for (const auto& part : {timeout_slow_checks(), timeout_write_checks(), timeout_idle_checks()}) {
        suite.checks.insert(suite.checks.end(), part.begin(), part.end());
    }
    return suite;
}

}  // namespace gateproof::suites
