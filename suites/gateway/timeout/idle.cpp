// Clients that stop half-way: before the handshake, in it, in headers or body, between two requests.
#include <fmt/format.h>

#include <algorithm>

#include "harness/probe/http/http1.hpp"
#include "harness/run/context.hpp"
#include "suites/gateway/timeout/needs.hpp"
#include "suites/gateway/timeout/suite.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using std::chrono::milliseconds;

constexpr std::string_view before_tls = "before the TLS handshake";
constexpr std::string_view in_handshake = "in the TLS handshake";
constexpr std::string_view in_headers = "in its request headers, though not quite silent,";
constexpr std::string_view in_body = "in its request body";
constexpr std::string_view in_trickled_body = "in its request body, though not quite silent,";

/// Bytes that keep a connection from being silent, as a slow attack sends them.
milliseconds drip_interval(milliseconds due) {
    return std::max(milliseconds(10), due / 12);
}

void note(Context& ctx, std::string_view phase, const Held& held) {
    if (held.status() == 0) {
        ctx.note_cut(held.end);
    }
    ctx.evidence()
        .add("held_connection")
        .with("phase", phase)
        .with("held_ms", held.lasted.count())
        .with("drips", held.drips)
        .with("end", held.end.summary())
        .with("received", held.received);
}

/// What the client says before it stops, over a connection whose handshake is done. No proof is asked of the server, so
/// it says nothing secret.
awaitable<Held> hold_request(Context& ctx, Hold hold, std::string_view phase) {
    TlsOptions options = ctx.tls_options();
    const Context::TlsConnection connection = co_await ctx.tls(std::move(options), Context::Stay::held);
    Held held;
    held.end = connection.step;
    if (connection.step.ok()) {
        held = co_await hold_tls(*connection.session, std::move(hold));
        co_await connection.session->shutdown();
    }
    note(ctx, phase, held);
    co_return held;
}

/// A connection that was held, again where it was cut so early that the cut need not be that of a timeout.
struct TriedHold {
    Held held;
    Tries tries;

    void add(Held next, milliseconds due) {
        const bool early =
            next.opened && next.end.was_cut() && next.received.empty() && next.lasted < due / early_share;
        tries.add(Answer{.kind = early ? Answer::Kind::cut : Answer::Kind::unclear, .summary = next.end.summary()});
        held = std::move(next);
    }
    [[nodiscard]] Verdict judge(milliseconds due, const Timing& timing, std::string_view doing) const {
        return judge_idle_cut(held, due, timing, doing).rests_on_resets(tries.rests_on_resets());
    }

    static constexpr int early_share = 10;
};

awaitable<TriedHold> try_tcp(Context& ctx, Hold hold, std::string_view phase, milliseconds due) {
    TriedHold tried;
    while (co_await asks_on(ctx, tried.tries)) {
        Held held = co_await ctx.hold_tcp(hold);
        tried.add(held, due);
        if (!hold.opening.empty()) {
            held.received = fmt::format("{} bytes", held.received.size());  // of TLS, which nobody can read
        }
        note(ctx, phase, held);
    }
    note_tries(ctx, tried.tries);
    if (!hold.opening.empty()) {
        tried.held.received.clear();  // nor is an HTTP status to be looked for in it
    }
    co_return tried;
}

awaitable<TriedHold> try_request_held(Context& ctx, Hold hold, std::string_view phase, milliseconds due) {
    TriedHold tried;
    while (co_await asks_on(ctx, tried.tries)) {
        Held held = co_await hold_request(ctx, hold, phase);
        tried.add(std::move(held), due);
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

awaitable<Verdict> silent_connection_cut(Context& ctx) {
    const Timing& timing = ctx.profile().timing;
    const milliseconds due = timing.by(timing.handshake);
    Hold hold;
    hold.patience = timing.patience(due);
    const TriedHold tried = co_await try_tcp(ctx, std::move(hold), before_tls, due);
    co_return tried.judge(due, timing, before_tls);
}

awaitable<Verdict> idle_handshake_cut(Context& ctx) {
    const Timing& timing = ctx.profile().timing;
    const milliseconds due = timing.by(timing.handshake);
    const std::vector<std::uint8_t> hello = ctx.offering(TlsVersion::tls_1_3, TlsVersion::tls_1_2).encode();
    Hold hold;
    hold.opening.assign(hello.begin(), hello.end());
    hold.patience = timing.patience(due);
    const TriedHold tried = co_await try_tcp(ctx, std::move(hold), in_handshake, due);
    co_return tried.judge(due, timing, in_handshake);
}

awaitable<Verdict> slow_headers_cut(Context& ctx) {
    const Profile& profile = ctx.profile();
    const milliseconds due = profile.timing.by(profile.timing.headers);
    Hold hold;
    hold.opening = request_head(bare_request(profile, profile.control_operation().path), Connection::keep) + "X-Slow: ";
    hold.drip = "a";
    hold.every = drip_interval(due);
    hold.patience = profile.timing.patience(due);
    const TriedHold tried = co_await try_request_held(ctx, std::move(hold), in_headers, due);
    co_return tried.judge(due, profile.timing, in_headers);
}

/// Where a body is waited for: the first operation that has one, if its path is whole; else the control operation's.
const std::string& path_for_a_body(const Profile& profile) {
    const auto takes_one = [](const auto& named) {
        return named.second.method == "POST" && named.second.path.find('{') == std::string::npos;
    };
    const auto found = std::ranges::find_if(profile.operations, takes_one);
    return found == profile.operations.end() ? profile.control_operation().path : found->second.path;
}

/// Head and first byte of a body that is never finished, so the operation behind the path is never called.
std::string unfinished_body(const Profile& profile) {
    HttpRequest request = bare_request(profile, path_for_a_body(profile));
    request.method = "POST";
    request.headers = {{"Content-Type", "application/json"}};
    request.body = std::string(1000, ' ');
    return request_head(request, Connection::keep) + "\r\n{";
}

awaitable<Verdict> slow_body_cut(Context& ctx) {
    const Timing& timing = ctx.profile().timing;
    const milliseconds due = timing.by(timing.body);
    Hold hold;
    hold.opening = unfinished_body(ctx.profile());
    hold.patience = timing.patience(due);
    const TriedHold tried = co_await try_request_held(ctx, std::move(hold), in_body, due);
    co_return tried.judge(due, timing, in_body);
}

awaitable<Verdict> trickled_body_cut(Context& ctx) {
    const Timing& timing = ctx.profile().timing;
    const milliseconds due = timing.by(timing.body);
    Hold hold;
    hold.opening = unfinished_body(ctx.profile());
    hold.drip = " ";
    hold.every = drip_interval(due);
    hold.patience = timing.patience(due);
    const TriedHold tried = co_await try_request_held(ctx, std::move(hold), in_trickled_body, due);
    Verdict verdict = tried.judge(due, timing, in_trickled_body);
    if (verdict.outcome() == Outcome::fail) {
        // Many gateways measure the silence in a body and not its length; a profile's clause does not tell which.
        co_return Verdict(Outcome::warning, verdict.sentence())
            .remedy("bound the time for a whole request body, or its least rate, beside the time between two reads");
    }
    co_return verdict;
}

awaitable<Verdict> idle_keep_alive(Context& ctx) {
    const Profile& profile = ctx.profile();
    const Timing& timing = profile.timing;
    TlsOptions options = ctx.guarded(ctx.tls_options(), profile.control_operation());
    const Context::TlsConnection connection = co_await ctx.tls(std::move(options), Context::Stay::held);
    if (!connection.step.ok()) {
        co_return Verdict::inconclusive("no connection to keep alive: {}", connection.step.summary());
    }
    const Operation& control = profile.control_operation();
    std::string request = wire(ctx.request_of(control), Connection::keep);
    const TlsStep written = co_await connection.session->write(std::move(request));
    const SlowAnswer answer = co_await read_slow_answer(*connection.session, profile.limits.probe_timeout);
    if (!written.ok() || !answer.is_whole() || !is_success(answer.status)) {
        co_return Verdict::inconclusive("the control operation was not served on the connection to be kept alive: {}",
                                        written.ok() ? answer.summary() : written.summary());
    }
    Hold hold;
    hold.patience = answer.keep_alive ? timing.patience(timing.by(timing.keep_alive)) : timing.lateness();
    const Held held = co_await hold_tls(*connection.session, std::move(hold));
    note(ctx, "between two requests", held);
    co_await connection.session->shutdown();
    co_return judge_keep_alive(held, answer.keep_alive, timing);
}

}  // namespace

std::vector<Check> timeout_idle_checks() {
    return checks(timeout_family(), {{.id = "timeout.silent-connection-cut",
                                      .title = "A connection without a handshake must be cut",
                                      .run = silent_connection_cut,
                                      .needs = {cut_in_handshake()}},
                                     {.id = "timeout.idle-handshake-cut",
                                      .title = "An unfinished TLS handshake must be cut",
                                      .run = idle_handshake_cut,
                                      .needs = {cut_in_handshake()}},
                                     {.id = "timeout.slow-headers-cut",
                                      .title = "Headers that come in a trickle must be cut",
                                      .run = slow_headers_cut,
                                      .needs = {cut_in_headers()}},
                                     {.id = "timeout.slow-body-cut",
                                      .title = "A body that stops half-way must be cut",
                                      .run = slow_body_cut,
                                      .needs = {cut_in_body()}},
                                     {.id = "timeout.trickled-body-cut",
                                      .title = "A body that comes in a trickle must be cut",
                                      .requirements = {adds("TIMEOUT")},
                                      .run = trickled_body_cut,
                                      .needs = {cut_in_body()}},
                                     {.id = "timeout.idle-keep-alive",
                                      .title = "An idle connection must be kept for a while, not for ever",
                                      .run = idle_keep_alive,
                                      .needs = {cut_of_keep_alive()}}});
}

}  // namespace gateproof::suites
