// What a server sends behind the handshake, before an answer and between two.
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "suites/client/tls/checks.hpp"
#include "suites/client/tls/judge.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;
using stage::AfterAct;

SceneChange tickets_of(int count) {
    return [count](stage::Scene& scene, const ClientContext&) { scene.tickets = count; };
}

SceneChange act_of(AfterAct act) {
    return [act](stage::Scene& scene, const ClientContext&) { scene.after.push_back(act); };
}

/// RFC 8446 4.2: "unrecognized extensions" of a ticket are passed over, GREASE among them (RFC 8701 4).
void unknown_in_ticket(stage::Scene& scene, const ClientContext&) {
    stage::ExtraExtension extra;
    extra.in_tickets = true;
    scene.extensions.push_back(extra);
}

/// One connection over three answers at the twin, and then one over as many at the scene.
awaitable<Verdict> over_answers(ClientContext& ctx, std::string_view what, SceneChange change) {
    const std::function<bool(const Attempt&)> kept = [](const Attempt& seen) { return answers_in_a_row(seen) >= 3; };
    const std::unique_ptr<Stay> stay = co_await ctx.stay(ctx.twin());
    const Attempt before = co_await stay->until(kept, ctx.client().start);
    if (!kept(before)) {
        const Attempt whole = co_await stay->end();
        co_return judge_keeps_none(whole);
    }
    stage::Scene scene = ctx.twin();
    change(scene, ctx);
    stay->change(std::move(scene));
    Attempt seen = co_await stay->until(kept, ctx.client().start);
    const Attempt whole = co_await stay->end();
    if (whole.claim.kind == Claim::Kind::crashed) {
        seen.claim = whole.claim;
    }
    co_return judge_goes_on(seen, what);
}

awaitable<Verdict> at_once(ClientContext& ctx, std::string_view what, SceneChange change) {
    stage::Scene scene = ctx.twin();
    change(scene, ctx);
    const Attempt attempt = co_await ctx.attempt(std::move(scene));
    Verdict served = judge_client_served(attempt, what, follows_tls_1_3);
    if (served.outcome() == Outcome::pass) {
        if (std::optional<Verdict> old_keys = judge_key_updates(attempt)) {
            co_return std::move(*old_keys);
        }
    }
    co_return served;
}

}  // namespace

/// RFC 8446 4.6.1
std::vector<ShownCase> tickets() {
    return {{"none", "No session ticket at all", Twin::conforming, tickets_of(0)},
            {"fifty", "Fifty session tickets behind the handshake", Twin::tls_1_3, tickets_of(50)},
            {"unknown-extension", "Tickets with an extension that nobody knows", Twin::tls_1_3, &unknown_in_ticket},
            {"between-answers", "Tickets between two answers of a connection", Twin::tls_1_3,
             act_of({AfterAct::Kind::tickets, AfterAct::When::between_answers, 4}), ClientAct::stay}};
}

/// RFC 8446 4.6.3
std::vector<ShownCase> key_updates() {
    return {{"before-answer", "KeyUpdate before the first answer of a connection", Twin::tls_1_3,
             act_of({AfterAct::Kind::key_update, AfterAct::When::before_answer, 1})},
            {"between-answers", "KeyUpdate between two answers of a connection", Twin::tls_1_3,
             act_of({AfterAct::Kind::key_update, AfterAct::When::between_answers, 1}), ClientAct::stay}};
}

ClientCheck goes_on(std::string_view what, std::vector<ShownCase> cases) {
    std::vector<Twin> twins = twins_of(cases);
    return {[what, cases = std::move(cases)](ClientContext& ctx) {
                const ShownCase& shown = cases.at(ctx.case_index());
                const SceneChange change = change_of(cases, ctx);
                return shown.act == ClientAct::stay ? over_answers(ctx, what, change) : at_once(ctx, what, change);
            },
            std::move(twins)};
}

}  // namespace gateproof::suites
