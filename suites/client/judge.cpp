#include "suites/client/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "harness/probe/socket/deadline.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;

namespace {

std::string_view cannot(ClientAct act) {
    switch (act) {
        case ClientAct::read: return "needs software that reads; give client.trigger.command.read in the profile";
        case ClientAct::write: return "needs software that writes; give client.trigger.command.write in the profile";
        case ClientAct::stay:
            return "needs software that goes on calling; give client.trigger.command.stay in the profile";
        case ClientAct::login: return "needs software that logs in; give client.trigger.command.login in the profile";
        case ClientAct::machine:
            return "needs software that calls as a machine; give client.trigger.command.machine in the profile";
        case ClientAct::logout:
            return "needs software that logs out; give client.trigger.command.logout in the profile";
    }
    return {};
}

/// What nothing can be said of: the client did not come, or it cannot do what was asked. Nothing: it came.
std::optional<Verdict> not_there(const Attempt& attempt) {
    if (attempt.claim.kind == Claim::Kind::unsupported) {
        return Verdict::not_tried("the client says that it cannot do that: {}", attempt.claim.sentence);
    }
    if (attempt.reached() < stage::Reached::hello) {
        return Verdict::inconclusive("the client never came with a ClientHello: {}", attempt.summary())
            .remedy("see what the software wrote (client_run in the evidence), and that it calls {url}");
    }
    return std::nullopt;
}

/// Where the text of the element MessageID (WS-Addressing 1.0) begins and ends; both are 0 where there is none.
std::pair<std::size_t, std::size_t> message_number_in(std::string_view body) {
    const std::size_t name = body.find("MessageID");
    const std::size_t tag = name == std::string_view::npos ? name : body.find('>', name);
    const std::size_t end = tag == std::string_view::npos ? tag : body.find('<', tag);
    return end == std::string_view::npos ? std::pair<std::size_t, std::size_t>() : std::pair(tag + 1, end);
}

awaitable<Verdict> show_and_refuse(ClientContext& ctx, Refusable shown, SceneChange change) {
    std::optional<Verdict> last;
    for (int i = 0; i < ctx.profile().limits.repeat; ++i) {
        stage::Scene scene = ctx.twin();
        change(scene, ctx);
        const Attempt attempt = co_await ctx.attempt(std::move(scene));
        last = judge_client_refused(attempt, shown);
        if (last->outcome() != Outcome::pass) {
            break;
        }
    }
    co_return std::move(*last);
}

awaitable<Verdict> advise(ClientContext& ctx, std::function<awaitable<Verdict>(ClientContext&)> run) {
    Verdict verdict = co_await run(ctx);
    co_return advised(std::move(verdict));
}

awaitable<Verdict> show_and_serve(ClientContext& ctx, std::string_view what, std::string_view remedy,
                                  SceneChange change) {
    stage::Scene scene = ctx.twin();
    change(scene, ctx);
    const Attempt attempt = co_await ctx.attempt(std::move(scene));
    Verdict verdict = co_await ctx.beside_service(judge_client_served(attempt, what, remedy));
    co_return verdict;
}

awaitable<Verdict> show_untakable(ClientContext& ctx, Refusable shown, Outcome taken, SceneChange change) {
    stage::Scene scene = ctx.twin();
    change(scene, ctx);
    const Attempt attempt = co_await ctx.attempt(std::move(scene));
    co_return judge_not_taken(attempt, shown, taken);
}

awaitable<Verdict> show_and_look(ClientContext& ctx, AttemptJudge judge, SceneChange change) {
    stage::Scene scene = ctx.twin();
    change(scene, ctx);
    const Attempt attempt = co_await ctx.attempt(std::move(scene));
    co_return judge(attempt, ctx);
}

}  // namespace

Verdict judge_client_refused(const Attempt& attempt, const Refusable& shown) {
    if (attempt.accepted()) {
        const stage::RequestSeen* const request = attempt.first_request();
        const std::string came = request == nullptr
                                     ? std::string("application data came over it")
                                     : fmt::format("{} {} came over it", request->method, request->path());
        const bool token = request != nullptr && request->carried("access token");
        return Verdict::fail("{} was accepted: {}{}", shown.what, came, token ? ", with an access token" : "")
            .remedy(std::string(shown.remedy));
    }
    if (const stage::Visit* const clear = attempt.in_clear()) {
        return Verdict::fail("shown {}, it came without TLS: {}", shown.what, clear->summary())
            .remedy("never fall back to http: who can break a connection could then read everything");
    }
    if (std::ranges::any_of(attempt.visits, [](const stage::Visit& visit) { return visit.went_on; })) {
        return Verdict::fail("{} was accepted: the client went on with its handshake", shown.what)
            .remedy(std::string(shown.remedy));
    }
    if (std::optional<Verdict> absent = not_there(attempt)) {
        return std::move(*absent);
    }
    if (attempt.claim.kind == Claim::Kind::crashed) {
        return Verdict::fail("the client crashed over {}: {}", shown.what, attempt.summary())
            .remedy("let it refuse and report that, instead of breaking off");
    }
    if (std::optional<Verdict> doubt = told_otherwise(attempt)) {
        return std::move(*doubt);
    }
    if (!attempt.refused()) {
        return Verdict::inconclusive("{} was neither refused nor used: {}", shown.what, attempt.summary());
    }
    if (std::optional<Verdict> doubt = reports_success(attempt, fmt::format("{} was refused", shown.what))) {
        return std::move(*doubt);
    }
    return Verdict::pass("{} was refused: {}", shown.what, attempt.summary());
}

std::optional<Verdict> told_otherwise(const Attempt& attempt) {
    switch (attempt.claim.kind) {
        case Claim::Kind::crashed:
            return Verdict::fail("the client crashed: {}", attempt.summary())
                .remedy("let it report a failure, instead of breaking off");
        case Claim::Kind::unsupported:
            return Verdict::not_tried("the client says that it cannot do that: {}", attempt.claim.sentence);
        case Claim::Kind::lost:
        case Claim::Kind::not_started:
            return Verdict::inconclusive("nothing can be said of the client: {}", attempt.claim.sentence);
        default: return std::nullopt;
    }
}

std::optional<Verdict> reports_success(const Attempt& attempt, std::string_view what) {
    if (attempt.claim.kind != Claim::Kind::success) {
        return std::nullopt;
    }
    return Verdict::inconclusive("{}, and yet the client reports success: {}", what, attempt.summary())
        .remedy("see whether it called another gateway, and what its exit code means (client.exit in the profile)");
}

Verdict judge_client_served(const Attempt& attempt, std::string_view what, std::string_view remedy) {
    if (attempt.served()) {
        return Verdict::pass("the client is served by {}: {}", what, attempt.summary());
    }
    if (std::optional<Verdict> absent = not_there(attempt)) {
        return std::move(*absent);
    }
    if (attempt.answered_well()) {
        return Verdict::fail("{} answered the client, which reports a failure all the same: {}", what,
                             attempt.summary())
            .remedy(std::string(remedy));
    }
    return Verdict::fail("the client is not served by {}: {}", what, attempt.summary()).remedy(std::string(remedy));
}

std::optional<Verdict> not_answered(const Attempt& attempt) {
    if (std::optional<Verdict> other = told_otherwise(attempt)) {
        return other;
    }
    const bool answered = std::ranges::any_of(attempt.visits, [](const stage::Visit& visit) {
        return std::ranges::any_of(visit.requests, [](const stage::RequestSeen& one) { return one.status != 0; });
    });
    if (!answered) {
        return Verdict::inconclusive("no request came that could be answered: {}", attempt.summary())
            .remedy("see what the software wrote (client_run in the evidence), and that it calls {url}");
    }
    return std::nullopt;
}

Verdict judge_not_taken(const Attempt& attempt, const Refusable& shown, Outcome taken) {
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    switch (attempt.claim.kind) {
        case Claim::Kind::success:
            return Verdict(taken, fmt::format("{} was taken for good: {}", shown.what, attempt.summary()))
                .remedy(std::string(shown.remedy));
        case Claim::Kind::failure: return Verdict::pass("{} was not taken: {}", shown.what, attempt.summary());
        case Claim::Kind::ended_by_us:
            return Verdict::inconclusive("{} was neither taken nor given up: {}", shown.what, attempt.summary());
        default:
            return Verdict::not_tried("needs the client's own word, which it does not give: {}", attempt.summary());
    }
}

Verdict unless_late(Verdict verdict, std::chrono::milliseconds late, std::chrono::milliseconds margin) {
    const bool against = verdict.outcome() == Outcome::fail || verdict.outcome() == Outcome::warning;
    if (!against || late <= margin) {
        return verdict;
    }
    return Verdict::inconclusive("{}; but the stage itself was late by {}, and {} are the most that it may be for that",
                                 verdict.sentence(), seconds_text(late), seconds_text(margin))
        .remedy("run this check again when the machine has less to do");
}

Verdict advised(Verdict verdict) {
    if (verdict.outcome() != Outcome::fail) {
        return verdict;
    }
    return Verdict(Outcome::warning, verdict.sentence()).remedy(verdict.remedy());
}

std::string message_number_of(const stage::RequestSeen& request) {
    const std::string_view body = request.raw ? std::string_view(request.raw->body) : std::string_view();
    const auto [begin, end] = message_number_in(body);
    return std::string(body.substr(begin, end - begin));
}

std::string call_of(const stage::RequestSeen& request) {
    std::string body = request.raw ? request.raw->body : std::string();
    const auto [begin, end] = message_number_in(body);
    body.erase(begin, end - begin);
    return fmt::format("{} {}\n{}", request.method, request.raw ? request.raw->target : request.target, body);
}

std::vector<const stage::RequestSeen*> requests_in_order(const Attempt& attempt) {
    std::vector<const stage::RequestSeen*> all;
    for (const stage::Visit& visit : attempt.visits) {
        for (const stage::RequestSeen& request : visit.requests) {
            all.push_back(&request);
        }
    }
    std::ranges::sort(all, {}, &stage::RequestSeen::first_byte);
    return all;
}

std::size_t requests_of(const Attempt& attempt) {
    std::size_t count = 0;
    for (const stage::Visit& visit : attempt.visits) {
        count += visit.request_count;
    }
    return count;
}

ClientCheck refuses(Refusable shown, SceneChange change, Twin twin) {
    return {[shown, change = std::move(change)](ClientContext& ctx) { return show_and_refuse(ctx, shown, change); },
            {twin}};
}

ClientCheck should_refuse(Refusable shown, SceneChange change, Twin twin) {
    return as_advice(refuses(shown, std::move(change), twin));
}

ClientCheck as_advice(ClientCheck check) {
    return {[run = std::move(check.run)](ClientContext& ctx) { return advise(ctx, run); }, std::move(check.twins)};
}

ClientCheck is_served(std::string_view what, std::string_view remedy, SceneChange change, Twin twin) {
    return {[what, remedy, change = std::move(change)](ClientContext& ctx) {
                return show_and_serve(ctx, what, remedy, change);
            },
            {twin}};
}

std::vector<Twin> twins_of(const std::vector<ShownCase>& cases) {
    std::vector<Twin> twins;
    std::ranges::transform(cases, std::back_inserter(twins), &ShownCase::twin);
    return twins;
}

SceneChange change_of(const std::vector<ShownCase>& cases, const ClientContext& ctx) {
    const SceneChange& change = cases.at(ctx.case_index()).change;
    return change ? change : [](stage::Scene&, const ClientContext&) {};
}

CasesFunction cases_of(const std::vector<ShownCase>& cases) {
    return [cases](const Profile& profile) {
        std::vector<CheckCase> listed;
        for (const ShownCase& one : cases) {
            listed.push_back({std::string(one.name), std::string(one.title), able_to(one.act).lack(profile)});
        }
        return listed;
    };
}

ClientCheck refuses_each(Refusable shown, std::vector<ShownCase> cases) {
    std::vector<Twin> twins = twins_of(cases);
    return {[shown, cases = std::move(cases)](ClientContext& ctx) {
                return show_and_refuse(ctx, shown, change_of(cases, ctx));
            },
            std::move(twins)};
}

ClientCheck is_served_in_each(std::string_view what, std::string_view remedy, std::vector<ShownCase> cases) {
    std::vector<Twin> twins = twins_of(cases);
    return {[what, remedy, cases = std::move(cases)](ClientContext& ctx) {
                return show_and_serve(ctx, what, remedy, change_of(cases, ctx));
            },
            std::move(twins)};
}

ClientCheck looks_at_each(AttemptJudge judge, std::vector<ShownCase> cases) {
    std::vector<Twin> twins = twins_of(cases);
    return {[judge, cases = std::move(cases)](ClientContext& ctx) {
                return show_and_look(ctx, judge, change_of(cases, ctx));
            },
            std::move(twins)};
}

SceneChange every_answer(stage::AnswerAct act) {
    return [act = std::move(act)](stage::Scene& scene, const ClientContext&) {
        scene.answers = {act};
        scene.every_answer = true;
    };
}

ClientCheck is_not_taken(Refusable shown, std::vector<ShownCase> cases, Outcome taken) {
    std::vector<Twin> twins = twins_of(cases);
    return {[shown, taken, cases = std::move(cases)](ClientContext& ctx) {
                return show_untakable(ctx, shown, taken, change_of(cases, ctx));
            },
            std::move(twins)};
}

Need able_to(ClientAct act) {
    return {to_string(act), [act](const Profile& profile) {
                return profile.client && !profile.client->can(act) ? std::string(cannot(act)) : std::string();
            }};
}

}  // namespace gateproof::suites
