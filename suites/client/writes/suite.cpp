#include "suites/client/writes/suite.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "suites/client/cases.hpp"
#include "suites/client/judge.hpp"
#include "suites/client/writes/judge.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;
using stage::AnswerAct;
using stage::Callers;
using stage::Farewell;

/// A submission is carried out and then meets this; whatever comes behind it is answered as ever.
struct Loss {
    std::string_view name;
    std::string_view title;
    Mishap mishap;
    AnswerAct act;
};

AnswerAct unanswered(Callers whose, Farewell how) {
    AnswerAct act;
    act.callers = whose;
    act.cut_at = 0;
    act.farewell = how;
    return act;
}

/// What stands before the gateway says so, without a word about what became of the request.
AnswerAct answered(Callers whose, int status) {
    AnswerAct act;
    act.callers = whose;
    act.said = stage::Answer{.status = status};
    act.said->fields = {{"Content-Type", "text/plain; charset=utf-8"}};
    act.said->body = "Something went wrong\n";
    return act;
}

std::vector<Loss> losses() {
    constexpr Callers fresh = Callers::fresh_writers;
    constexpr Callers reused = Callers::reused_writers;
    std::vector<Loss> all;
    for (const auto& [name, title, whose] :
         {std::tuple("reset", "Over a fresh connection, which is reset", fresh),
          std::tuple("reset-reused", "Over a used connection, which is reset", reused)}) {
        all.push_back({name, title, {"its connection was reset", whose}, unanswered(whose, Farewell::reset)});
    }
    for (const auto& [name, title, whose] :
         {std::tuple("close", "Over a fresh connection, which is closed", fresh),
          std::tuple("close-reused", "Over a used connection, which is closed", reused)}) {
        all.push_back({name, title, {"its connection was closed", whose}, unanswered(whose, Farewell::close_notify)});
    }
    for (const auto& [name, title, whose] :
         {std::tuple("silence", "Over a fresh connection, and nothing is answered", fresh),
          std::tuple("silence-reused", "Over a used connection, and nothing is answered", reused)}) {
        all.push_back({name, title, {"silence", whose, false, true}, unanswered(whose, Farewell::hang)});
    }
    // RFC 9110 15.5.9: a request in transit may be repeated behind 408.
    for (const auto& [name, title, whose] :
         {std::tuple("status-408", "Answered with 408", fresh),
          std::tuple("status-408-reused", "Over a used connection, answered with 408", reused)}) {
        all.push_back({name, title, {"an answer of 408", whose, true}, answered(whose, 408)});
    }
    for (const auto& [name, title, whose] :
         {std::tuple("status-503", "Answered with 503", fresh),
          std::tuple("status-503-reused", "Over a used connection, answered with 503", reused)}) {
        all.push_back({name, title, {"an answer of 503", whose}, answered(whose, 503)});
    }
    // Whether the connection was used before tells nothing of an answer.
    all.push_back({"status-502", "Answered with 502", {"an answer of 502"}, answered(Callers::writers, 502)});
    all.push_back({"status-504", "Answered with 504", {"an answer of 504"}, answered(Callers::writers, 504)});
    return all;
}

std::vector<CheckCase> cases_of_losses(const Profile&) {
    return cases_from(losses());
}

awaitable<Attempt> submitted(ClientContext& ctx, std::vector<AnswerAct> acts) {
    stage::Scene scene = ctx.twin();
    scene.answers = std::move(acts);
    Attempt attempt = co_await ctx.attempt(std::move(scene), ClientAct::write);
    co_return attempt;
}

std::vector<AnswerAct> one_act(AnswerAct act) {
    std::vector<AnswerAct> acts;
    acts.push_back(std::move(act));
    return acts;
}

awaitable<Verdict> once(ClientContext& ctx) {
    const Loss loss = losses().at(ctx.case_index());
    const ClientCommand& command = ctx.client().acts.at(ClientAct::write);
    const std::size_t harmless = command.idempotent ? static_cast<std::size_t>(ctx.client().retries) : 0;
    const Attempt attempt = co_await submitted(ctx, one_act(loss.act));
    Verdict verdict = judge_once(attempt, loss.mishap, harmless);
    if (verdict.outcome() != Outcome::fail && verdict.outcome() != Outcome::warning) {
        co_return verdict;
    }
    const Attempt sound = co_await submitted(ctx, {});
    if (const std::size_t usual = writes_of(sound).size(); usual >= writes_of(attempt).size()) {
        co_return Verdict::not_tried(
            "it sends {} submissions where nothing goes wrong; let client.trigger.command.write make one", usual);
    }
    co_return verdict;
}

awaitable<Verdict> doubt_told(ClientContext& ctx) {
    const Attempt attempt = co_await submitted(ctx, one_act(unanswered(Callers::writers, Farewell::reset)));
    Verdict verdict = judge_doubt_told(attempt);
    if (verdict.outcome() != Outcome::pass) {
        co_return verdict;
    }
    const Attempt sound = co_await submitted(ctx, {});
    if (!sound.served()) {  // who always reports a failure tells nothing by it
        co_return Verdict::inconclusive("its submission is not served where nothing goes wrong: {}", sound.summary())
            .remedy("see what the software wrote (client_run in the evidence), and what its exit code means");
    }
    co_return verdict;
}

awaitable<Verdict> asks_first(ClientContext& ctx) {
    const Attempt attempt = co_await submitted(ctx, one_act(unanswered(Callers::writers, Farewell::reset)));
    co_return judge_asks_first(attempt);
}

awaitable<Verdict> same_key(ClientContext& ctx) {
    AnswerAct busy = answered(Callers::writers, 429);
    busy.carried_out = false;
    busy.said->fields.emplace_back("Retry-After", "1");
    const Attempt attempt = co_await submitted(ctx, one_act(std::move(busy)));
    co_return judge_same_key(attempt);
}

std::string moved(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    const char join = request.target.find('?') == std::string::npos ? '?' : '&';
    return fmt::format("HTTP/1.1 {} Moved\r\nLocation: {}{}{}\r\nContent-Length: 0\r\n\r\n", answer.status,
                       request.target, join, moved_mark);
}

struct Redirect {
    std::string_view name;
    std::string_view title;
    int status;
};
constexpr std::array redirects{Redirect{"status-307", "307 to another address of the same host", 307},
                               Redirect{"status-308", "308 to another address of the same host", 308},
                               Redirect{"status-303", "Carried out, and 303 to where the result lies", 303}};

std::vector<CheckCase> cases_of_redirects(const Profile&) {
    return cases_from(redirects);
}

awaitable<Verdict> redirected(ClientContext& ctx) {
    const int status = redirects.at(ctx.case_index()).status;
    AnswerAct act;
    act.callers = Callers::writers;
    act.carried_out = status == 303;
    act.said = stage::Answer{.status = status};
    act.written_by = &moved;
    const Attempt attempt = co_await submitted(ctx, one_act(std::move(act)));
    co_return status == 303 ? judge_see_other(attempt) : judge_kept(attempt, status);
}

std::vector<CheckRow> rows() {
    return {{.id = "client-writes.once",
             .title = "A submission that was carried out is not sent again, whatever its answer comes to",
             .requirements = {decides("CLIENT-WRITE-ONCE")},
             .run = ClientCheck{&once},
             .cases = &cases_of_losses},
            {.id = "client-writes.doubt-told",
             .title = "A submission whose answer is lost is not reported as carried out",
             .requirements = {decides("CLIENT-WRITE-ONCE")},
             .run = ClientCheck{&doubt_told}},
            {.id = "client-writes.asks-first",
             .title = "What became of a submission is asked for before it is sent again",
             .requirements = {adds("CLIENT-WRITE-ONCE")},
             .run = ClientCheck{&asks_first}},
            {.id = "client-writes.same-key",
             .title = "A submission that was put off is made again as the same one",
             .requirements = {adds("CLIENT-WRITE-ONCE")},
             .run = ClientCheck{&same_key}},
            {.id = "client-writes.redirects",
             .title = "A redirect neither loses a submission nor makes it twice",
             .requirements = {decides("CLIENT-WRITE-ONCE")},
             .run = ClientCheck{&redirected},
             .cases = &cases_of_redirects}};
}

}  // namespace

/// A pass rests on what was carried out in the attempt itself, so no control stands around it.
Suite client_writes_suite() {
    const CheckFamily family{
        .intrusiveness = Intrusiveness::active, .control = Control::none, .needs = {able_to(ClientAct::write)}};
    return {"client-writes", "How client software submits, and nothing twice", checks(family, rows())};
}

}  // namespace gateproof::suites
