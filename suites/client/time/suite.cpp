#include "suites/client/time/suite.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "harness/text/ascii.hpp"
#include "suites/client/cases.hpp"
#include "suites/client/judge.hpp"
#include "suites/client/time/judge.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;
using stage::AnswerAct;
using std::chrono::milliseconds;

constexpr milliseconds never = std::chrono::hours(24);  ///< the attempt is over long before
/// Blanks behind the content that count: without them the content is whole, and the answer is not.
constexpr std::size_t blanks_behind = std::size_t{64} * 1024;

std::string with_long_end(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    stage::Answer longer = answer;
    longer.body.append(blanks_behind, ' ');
    std::erase_if(longer.fields, [](const auto& field) { return same_ignoring_case(field.first, "Content-Length"); });
    return stage::encoded(longer, request.method);
}

/// 504 as the gateway says it, and as what stands before it does.
stage::Answer gateway_timeout(bool page) {
    stage::Answer answer{.status = 504};
    answer.fields.emplace_back("Content-Type", page ? "text/html" : "application/json; charset=utf-8");
    answer.body = page
                      ? "<html><head><title>504 Gateway Time-out</title></head><body>504 Gateway Time-out</body></html>"
                      : R"({"errors":[{"code":"EU6003","type":"server","message":"Gateway timeout"}]})";
    return answer;
}

AnswerAct nothing_said() {
    return {.carried_out = false, .after = never};
}

AnswerAct half_said() {
    return {.written_by = &with_long_end, .held_back = blanks_behind / 2, .farewell = stage::Farewell::hang};
}

/// The software is started once at the scene, in no other's way while it waits, and goes on to its end.
awaitable<Verdict> let_wait(ClientContext& ctx, SceneChange change, AttemptJudge judge) {
    stage::Scene scene = ctx.twin();
    change(scene, ctx);
    const std::unique_ptr<Stay> stay = co_await ctx.wait_at(std::move(scene), ClientAct::read);
    const Attempt attempt = co_await stay->to_its_end();
    co_return judge(attempt, ctx);
}

ClientCheck waits_in_each(AttemptJudge judge, std::vector<ShownCase> cases) {
    std::vector<Twin> twins = twins_of(cases);
    return {
        [judge, cases = std::move(cases)](ClientContext& ctx) { return let_wait(ctx, change_of(cases, ctx), judge); },
        std::move(twins)};
}

ClientCheck waits(AttemptJudge judge, SceneChange change) {
    return waits_in_each(judge, {{{}, {}, Twin::conforming, std::move(change)}});
}

void slow(stage::Scene& scene, const ClientContext& ctx) {
    const Timing& timing = ctx.profile().timing;
    scene.answers = {{.after = timing.limit - timing.tolerance}};
}

/// Whoever asks again is told at once.
SceneChange cut_with(bool page) {
    return [page](stage::Scene& scene, const ClientContext& ctx) {
        const AnswerAct at_once{.carried_out = false, .said = gateway_timeout(page)};
        AnswerAct in_time = at_once;
        in_time.after = ctx.profile().timing.limit;
        scene.answers = {in_time, at_once};
        scene.every_answer = true;
    };
}

void unanswered_hello(stage::Scene& scene, const ClientContext&) {
    scene.handshake.kind = stage::HandshakeAct::Kind::says_nothing;
}

/// A byte every two seconds of sixty.
void dripped(stage::Scene& scene, const ClientContext& ctx) {
    constexpr int bytes_within_limit = 30;
    constexpr milliseconds least{50};
    AnswerAct act{.written_by = &with_long_end};
    act.drip = {1, std::max(ctx.profile().timing.limit / bytes_within_limit, least)};
    scene.answers = {std::move(act)};
    scene.every_answer = true;
}

Verdict slow_answer(const Attempt& attempt, const ClientContext& ctx) {
    return judge_slow_answer(attempt, ctx.profile().timing);
}

Verdict cut(const Attempt& attempt, const ClientContext& ctx) {
    return judge_cut(attempt, ctx.client().retries);
}

Verdict silence(const Attempt& attempt, const ClientContext& ctx) {
    return judge_silence(attempt, ctx.profile().timing, ctx.client().end);
}

Verdict silent_handshake(const Attempt& attempt, const ClientContext& ctx) {
    return judge_silent_handshake(attempt, ctx.profile().timing, ctx.client().end);
}

Verdict stalled(const Attempt& attempt, const ClientContext& ctx) {
    return judge_unfinished(
        attempt,
        {"the rest of an answer",
         "give every call a time by which its whole answer has to be there, and report a failure then"},
        ctx.profile().timing, ctx.client().end);
}

Verdict drip(const Attempt& attempt, const ClientContext& ctx) {
    return judge_unfinished(
        attempt,
        {"an answer that comes byte by byte",
         "bound the whole call, and not only the pause between two bytes (curl: --max-time; requests: a deadline of your own beside timeout=; Java: HttpRequest.Builder.timeout and a limit on the body)"},
        ctx.profile().timing, ctx.client().end);
}

/// What the first call of software that goes on calling meets, before the conforming gateway.
struct Trouble {
    std::string_view name;
    std::string_view title;
    std::string_view what;
    SceneChange change;
    bool in_handshake = false;  ///< for as long as the scene is shown, and not for one answer
};

SceneChange first_answer(AnswerAct act) {
    return [act = std::move(act)](stage::Scene& scene, const ClientContext&) { scene.answers = {act}; };
}

const std::vector<Trouble>& troubles() {
    static const std::vector<Trouble> all{
        {"silence", "After an answer that did not come", "an answer that did not come", first_answer(nothing_said())},
        {"handshake", "After a handshake that nobody answered", "a handshake that nobody answered", &unanswered_hello,
         true},
        {"stalled-body", "After an answer whose rest did not come", "an answer whose rest did not come",
         first_answer(half_said())},
        {"cut", "After the gateway's 504", "the gateway's 504",
         first_answer({.carried_out = false, .said = gateway_timeout(false)})}};
    return all;
}

std::vector<CheckCase> cases_of_troubles(const Profile&) {
    return cases_from(troubles());
}

awaitable<Verdict> recovers(ClientContext& ctx) {
    const Trouble& trouble = troubles().at(ctx.case_index());
    stage::Scene scene = ctx.twin();
    trouble.change(scene, ctx);
    const std::unique_ptr<Stay> stay = co_await ctx.wait_at(std::move(scene), ClientAct::stay);
    if (trouble.in_handshake) {
        const std::function<bool(const Attempt&)> came = [](const Attempt& seen) {
            return seen.reached() >= stage::Reached::hello;
        };
        co_await stay->until(came, ctx.client().start);
        stay->change(ctx.twin());  // that connection goes on with its scene
    }
    const std::function<bool(const Attempt&)> served = [&stay](const Attempt&) { return served_later(stay->so_far()); };
    co_await stay->until(served, ctx.client().end);
    const Attempt whole = co_await stay->end();
    co_return judge_recovery(whole, trouble.what, ctx.profile().timing);
}

/// Its first call is not answered, and all others are.
awaitable<Verdict> closes_after(ClientContext& ctx) {
    stage::Scene scene = ctx.twin();
    scene.answers = {nothing_said()};
    const std::unique_ptr<Stay> stay = co_await ctx.wait_at(std::move(scene), ClientAct::stay);
    const std::function<bool(const Attempt&)> closed = &first_call_closed;
    co_await stay->until(closed, ctx.client().end);
    const Attempt whole = co_await stay->end();
    co_return judge_closed(whole, ctx.profile().timing);
}

awaitable<Verdict> late_answer(ClientContext& ctx) {
    stage::Scene scene = ctx.twin();
    scene.answers = {{.after = never, .until_next = true}};
    scene.every_answer = true;
    const std::unique_ptr<Stay> stay = co_await ctx.wait_at(std::move(scene), ClientAct::stay);
    const std::function<bool(const Attempt&)> over = [](const Attempt& seen) {
        return first_call_closed(seen) || went_on_mixing(seen);
    };
    co_await stay->until(over, ctx.client().end);
    const Attempt whole = co_await stay->end();
    co_return judge_late_answer(whole, ctx.profile().timing);
}

/// RFC 9110 15.6.5
std::vector<ShownCase> cuts() {
    return {{"json", "504 as a service says it", Twin::conforming, cut_with(false)},
            {"page", "504 with a page for humans", Twin::conforming, cut_with(true)}};
}

std::vector<CheckRow> patience_rows() {
    return {{.id = "client-time.waits-for-a-slow-answer",
             .title = "An answer is waited for as long as the gateway may take",
             .requirements = {decides("CLIENT-PATIENCE")},
             .run = waits(&slow_answer, &slow),
             .control = Control::none},
            {.id = "client-time.takes-the-cut",
             .title = "The gateway's 504 is told as a failure",
             .requirements = {decides("CLIENT-PATIENCE")},
             .run = waits_in_each(&cut, cuts()),
             .cases = cases_of(cuts())},
            {.id = "client-time.gives-up-on-silence",
             .title = "An answer that does not come is given up, and not before the gateway gives it up",
             .requirements = {decides("CLIENT-GIVES-UP")},
             .run = waits(&silence, every_answer(nothing_said()))},
            {.id = "client-time.gives-up-on-handshake",
             .title = "A handshake that nobody answers is given up",
             .requirements = {decides("CLIENT-GIVES-UP")},
             .run = waits(&silent_handshake, &unanswered_hello)},
            {.id = "client-time.stalled-body",
             .title = "An answer whose rest does not come is given up, and not taken for whole",
             .requirements = {decides("CLIENT-PATIENCE"), adds("CLIENT-GIVES-UP")},
             .run = waits(&stalled, every_answer(half_said()))},
            {.id = "client-time.gives-up-on-drip",
             .title = "An answer that comes byte by byte is given up",
             .requirements = {adds("CLIENT-GIVES-UP"), adds("CLIENT-PATIENCE")},
             .run = waits(&drip, &dripped)}};
}

std::vector<CheckRow> behind_rows() {
    return {{.id = "client-time.recovers",
             .title = "After a call that took too long the next one is served",
             .requirements = {decides("CLIENT-PATIENCE")},
             .run = ClientCheck{&recovers},
             .control = Control::none,
             .cases = &cases_of_troubles},
            {.id = "client-time.closes-after-giving-up",
             .title = "The connection of a call that was given up is closed",
             .requirements = {decides("CLIENT-GIVES-UP")},
             .run = ClientCheck{&closes_after}},
            {.id = "client-time.late-answer-not-mixed",
             .title = "The answer of a call that was given up is not taken for that of the next",
             .requirements = {decides("CLIENT-PATIENCE")},
             .run = ClientCheck{&late_answer}}};
}

/// A plan says of the longest beforehand that waits overlap.
milliseconds longest(const Profile& profile) {
    return profile.client->end + profile.limits.check_deadline;
}

}  // namespace

Suite client_time_suite() {
    CheckFamily family{
        .intrusiveness = Intrusiveness::active, .needs = {able_to(ClientAct::read)}, .deadline = &longest};
    Suite suite{"client-time", "How long client software waits", checks(family, patience_rows())};
    family.needs = {able_to(ClientAct::stay)};
    std::vector<Check> behind = checks(family, behind_rows());
    std::ranges::move(behind, std::back_inserter(suite.checks));
    return suite;
}

}  // namespace gateproof::suites
