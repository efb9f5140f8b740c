#include "suites/client/throttle/suite.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "suites/client/calls.hpp"
#include "suites/client/cases.hpp"
#include "suites/client/judge.hpp"
#include "suites/client/throttle/answers.hpp"
#include "suites/client/throttle/judge.hpp"
#include "suites/client/throttle/repetitions.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr milliseconds told{told_seconds * 1000};
constexpr std::string_view told_field = "3";
static_assert(told_seconds == 3);
constexpr std::string_view a_day = "86400";
constexpr std::string_view a_second = "1";

/// What is answered, and what is made of it.
struct PutOff {
    std::vector<stage::AnswerAct> answers;
    bool every = false;  ///< the last of them is for all that follow
    AttemptJudge judge = nullptr;
    milliseconds told{0};  ///< zero: no time that is to be kept
    ClientAct act = ClientAct::read;
};

awaitable<Verdict> put_off(ClientContext& ctx, PutOff shown) {
    stage::Scene scene = ctx.twin();
    scene.answers = std::move(shown.answers);
    scene.every_answer = shown.every;
    const Attempt attempt = co_await ctx.attempt(std::move(scene), shown.act);
    note_retries(ctx.evidence(), {attempt}, shown.told);
    co_return shown.judge(attempt, ctx);
}

ClientCheck puts_off(PutOff shown) {
    return {[shown = std::move(shown)](ClientContext& ctx) { return put_off(ctx, shown); }};
}

Verdict waited(const Attempt& attempt, const ClientContext&) {
    return judge_wait(attempt, told);
}

/// Few clients read dates, and RFC 9110 10.2.3 wants no more than that they are understood.
Verdict waited_for_date(const Attempt& attempt, const ClientContext&) {
    return judge_wait(attempt, told, PutOffAt::gateway, Outcome::warning);
}

/// Only technical faults of SOAP have a published pause.
Verdict backed_off(const Attempt& attempt, const ClientContext& ctx) {
    const bool rest = calls_none_of(attempt, stage::Callers::soap);
    return judge_backs_off(attempt, rest ? 0ms : ctx.profile().limits.technical_fault_pause);
}

Verdict stopped(const Attempt& attempt, const ClientContext& ctx) {
    return judge_stops(attempt, static_cast<std::size_t>(ctx.client().retries) + 1);
}

Verdict outlived(const Attempt& attempt, const ClientContext&) {
    return judge_long_wait(attempt);
}

Verdict recovered(const Attempt& attempt, const ClientContext&) {
    return judge_recovers(attempt);
}

/// What it reads before it submits is answered as ever.
stage::AnswerAct busy_for_writers() {
    stage::AnswerAct act = busy(a_second);
    act.callers = stage::Callers::writers;
    return act;
}

Verdict wrote_once(const Attempt& attempt, const ClientContext&) {
    return judge_refused_write(attempt);
}

struct StrangeValue {
    std::string_view name;
    std::string_view title;
    std::string_view value;
    bool is_over = false;
};

constexpr std::array strange_values{
    StrangeValue{"negative", "Retry-After: -1", "-1"}, StrangeValue{"zero", "Retry-After: 0", "0", true},
    StrangeValue{"word", "Retry-After: soon", "soon"},
    StrangeValue{"huge", "Retry-After: 1000000000000", "1000000000000"},
    StrangeValue{"past", "Retry-After: a date of 1970", "Thu, 01 Jan 1970 00:00:00 GMT", true}};

std::vector<CheckCase> cases_of_values(const Profile&) {
    return cases_from(strange_values);
}

Verdict outlived_value(const Attempt& attempt, const ClientContext& ctx) {
    return judge_strange_value(attempt, strange_values.at(ctx.case_index()).is_over);
}

awaitable<Verdict> strange_value(ClientContext& ctx) {
    PutOff shown;
    shown.answers = first_ones(busy(strange_values.at(ctx.case_index()).value), 2);
    shown.judge = &outlived_value;
    co_return co_await put_off(ctx, std::move(shown));
}

/// Issues for others: starts that were put off together come back by chance, each at its own time. Chance puts them
/// close together once in a while, so that only two rounds, each of them close, show that they do not spread.
awaitable<Verdict> come_back_apart(ClientContext& ctx) {
    stage::Scene scene = ctx.twin();
    scene.answers = {busy("2")};
    const auto count = static_cast<std::size_t>(ctx.client().instances);
    std::vector<Attempt> attempts = co_await ctx.attempts(scene, count);
    Verdict verdict = judge_jitter(attempts);
    if (verdict.outcome() == Outcome::warning || verdict.outcome() == Outcome::inconclusive) {
        std::vector<Attempt> second = co_await ctx.attempts(std::move(scene), count);
        verdict = judge_jitter(second);
        std::ranges::move(second, std::back_inserter(attempts));
    }
    note_retries(ctx.evidence(), attempts, 2s);
    co_return verdict;
}

std::size_t answers_of(const Attempt& attempt) {
    const std::vector<const stage::RequestSeen*> all = requests_in_order(attempt);
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [](const stage::RequestSeen* one) { return one->answered.has_value(); }));
}

/// It goes on calling, first served and then put off.
awaitable<Verdict> not_evaded(ClientContext& ctx) {
    const std::function<bool(const Attempt&)> called = [](const Attempt& seen) { return answers_of(seen) >= 2; };
    const std::function<bool(const Attempt&)> refused = [](const Attempt& seen) { return answers_of(seen) >= 1; };
    const std::function<bool(const Attempt&)> never = [](const Attempt&) { return false; };
    const std::unique_ptr<Stay> stay = co_await ctx.stay(ctx.twin());
    const Attempt before = co_await stay->until(called, ctx.client().start);
    stage::Scene scene = ctx.twin();
    scene.answers = {busy(told_field)};
    scene.every_answer = true;
    stay->change(std::move(scene));
    Attempt seen = co_await stay->until(refused, ctx.client().start);
    if (refused(seen)) {
        seen = co_await stay->until(never, told);
    }
    const Attempt whole = co_await stay->end();
    seen.claim = whole.claim;
    note_retries(ctx.evidence(), {seen}, told);
    if (!called(before)) {
        co_return Verdict::inconclusive("it did not go on calling while it was served: {}", whole.summary())
            .remedy("let the act stay call at least once a second until it is ended (client.trigger.command.stay)");
    }
    co_return judge_not_evaded(before, seen, told);
}

std::vector<CheckCase> cases_of_authority(const Profile&) {
    return {{"status-429", "429 at the token endpoint"}, {"status-503", "503 at the token endpoint"}};
}

awaitable<Verdict> authority_put_off(ClientContext& ctx) {
    stage::Scene authority = ctx.authority_twin();
    authority.answers = {authority_busy(ctx.case_index() == 0 ? 429 : 503, told_field)};
    const Attempt attempt = co_await ctx.log_in(std::move(authority));
    note_retries(ctx.evidence(), {attempt}, told, PutOffAt::authority);
    co_return judge_wait(attempt, told, PutOffAt::authority);
}

std::vector<CheckRow> wait_rows() {
    return {{.id = "client-throttle.retry-after",
             .title = "Put off with Retry-After, it does not come sooner",
             .run = puts_off({{busy(told_field)}, false, &waited, told})},
            {.id = "client-throttle.retry-after-date",
             .title = "Put off with a date, it does not come sooner",
             .requirements = {adds("CLIENT-THROTTLE")},
             .run = puts_off({{busy_until()}, false, &waited_for_date, told})},
            {.id = "client-throttle.unavailable",
             .title = "Out of service with Retry-After, the gateway is not called sooner",
             .run = puts_off({{out_of_service(told_field)}, false, &waited, told})},
            {.id = "client-throttle.backs-off",
             .title = "Put off without a time, it waits, and longer each time",
             .run = puts_off({first_ones(busy({}), 3), false, &backed_off})},
            {.id = "client-throttle.stops",
             .title = "Put off each time, it stops and reports a failure",
             .run = puts_off({{busy(a_second)}, true, &stopped, 1s})},
            {.id = "client-throttle.long-wait",
             .title = "Put off for a day, it does not come sooner, and says so",
             .requirements = {adds("CLIENT-THROTTLE")},
             .run = puts_off({{busy(a_day)}, true, &outlived, 24h})},
            {.id = "client-throttle.recovers",
             .title = "Put off once, it is served when it comes again",
             .run = puts_off({{busy(a_second)}, false, &recovered, 1s})},
            {.id = "client-throttle.strange-values",
             .title = "A Retry-After that means nothing, or is over, begins no loop",
             .run = ClientCheck{&strange_value},
             .cases = &cases_of_values},
            {.id = "client-throttle.jitter",
             .title = "Put off together, its starts do not come back together",
             .requirements = {decides("CLIENT-JITTER")},
             .run = ClientCheck{&come_back_apart}}};
}

std::vector<CheckRow> other_rows() {
    return {{.id = "client-throttle.not-evaded",
             .title = "Put off, it does not try other connections, credentials or spellings",
             .run = ClientCheck{&not_evaded},
             .needs = {able_to(ClientAct::stay)}},
            {.id = "client-throttle.token-endpoint",
             .title = "Put off by the authority, it does not come sooner",
             .run = ClientCheck{&authority_put_off},
             .needs = {able_to(ClientAct::login)},
             .cases = &cases_of_authority},
            {.id = "client-throttle.refused-write",
             .title = "A submission that is put off is carried out once, or told",
             .run = puts_off({{busy_for_writers()}, false, &wrote_once, 1s, ClientAct::write}),
             .needs = {able_to(ClientAct::write)}}};
}

}  // namespace

Suite client_throttle_suite() {
    const CheckFamily reading{.requirements = {decides("CLIENT-THROTTLE")},
                              .intrusiveness = Intrusiveness::active,
                              .channels = {Channel::cloud},
                              .needs = {able_to(ClientAct::read)}};
    Suite suite{"client-throttle", "How client software takes being put off", checks(reading, wait_rows())};
    std::vector<Check> more = checks(reading, other_rows());
    std::ranges::move(more, std::back_inserter(suite.checks));
    return suite;
}

}  // namespace gateproof::suites
