// Clients that stop half-way: before the handshake, in it, in headers or body, between two requests.
#include <fmt/format.h>

#include <algorithm>

#include "harness/run/context.hpp"
#include "suites/shared/http1.hpp"
#include "suites/gateway/timeout/suite.hpp"
#include "suites/shared/tries.hpp"

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
    ctx.evidence()
        .add("held_connection")
        .with("phase", phase)
        .with("held_ms", held.lasted.count())
        .with("drips", held.drips)
        .with("end", held.end.summary())
        .with("received", held.received);
}

/// What the client says before it stops, over a connection whose handshake is done.
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
        tries.add(early ? TryEnd::cut : TryEnd::answered, next.end.summary());
        held = std::move(next);
    }
    [[nodiscard]] Verdict judge(milliseconds due, const Timing& timing, std::string_view doing) const {
        return judge_idle_cut(held, due, timing, doing).rests_on_resets(tries.rests_on_resets());
    }

    static constexpr int early_share = 10;
};

awaitable<TriedHold> try_tcp(Context& ctx, Hold hold, std::string_view phase, milliseconds due) {
    TriedHold tried;
    while (!tried.tries.decided()) {
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
    while (!tried.tries.decided()) {
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
    hold.opening = fmt::format("GET {}{} HTTP/1.1\r\nHost: {}\r\nX-Slow: ", profile.endpoint.path_prefix,
                               profile.control_operation().path, profile.endpoint.authority());
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
    return fmt::format(
        "POST {}{} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{",
        profile.endpoint.path_prefix, path_for_a_body(profile), profile.endpoint.authority());
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
    std::string request = http1_request(profile, control, profile.endpoint.authority(), false);
    const TlsStep written = co_await connection.session->write(std::move(request));
    const SlowAnswer answer = co_await read_slow_answer(*connection.session, profile.limits.probe_timeout);
    if (!written.ok() || !answer.is_whole() || answer.status / 100 != 2) {
        co_return Verdict::inconclusive("the control operation was not served on the connection to be kept alive: {}",
                                        written.ok() ? answer.summary() : written.summary());
    }
    Hold hold;
    hold.patience = answer.keep_alive ? timing.patience(timing.by(timing.keep_alive)) : timing.tolerance;
    const Held held = co_await hold_tls(*connection.session, std::move(hold));
    note(ctx, "between two requests", held);
    co_await connection.session->shutdown();
    co_return judge_keep_alive(held, answer.keep_alive, timing);
}

std::string no_cut_expected(const PhaseLimit& phase, std::string_view key) {
    return phase.cut ? std::string()
                     : fmt::format("the profile expects no cut there: timeouts.phases.{}.cut is false", key);
}

std::string handshake_unmet(const Profile& profile) {
    return no_cut_expected(profile.timing.handshake, "handshake");
}
std::string headers_unmet(const Profile& profile) {
    return no_cut_expected(profile.timing.headers, "headers");
}
std::string body_unmet(const Profile& profile) {
    return no_cut_expected(profile.timing.body, "body");
}
std::string keep_alive_unmet(const Profile& profile) {
    return no_cut_expected(profile.timing.keep_alive, "keep_alive");
}

}  // namespace

std::vector<Check> timeout_idle_checks() {
    return {
        timeout_check("timeout.silent-connection-cut", "A connection without a handshake is cut",
                      &silent_connection_cut, &handshake_unmet),
        timeout_check("timeout.idle-handshake-cut", "An unfinished TLS handshake is cut", &idle_handshake_cut,
                      &handshake_unmet),
        timeout_check("timeout.slow-headers-cut", "Headers that come in a trickle are cut", &slow_headers_cut,
                      &headers_unmet),
        timeout_check("timeout.slow-body-cut", "A body that stops half-way is cut", &slow_body_cut, &body_unmet),
        timeout_check("timeout.trickled-body-cut", "A body that comes in a trickle is cut", &trickled_body_cut,
                      &body_unmet),
        timeout_check("timeout.idle-keep-alive", "An idle connection is kept for a while, not for ever",
                      &idle_keep_alive, &keep_alive_unmet),
    };
}

}  // namespace gateproof::suites
