#include "suites/gateway/throttle/probe.hpp"

#include <fmt/format.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "harness/text/ascii.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;
using load::LoadEnd;
using load::LoadResult;
using load::Schedule;
using load::Stream;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

namespace {

constexpr double control_rate = 4;
constexpr auto control_time = 3600s;  // it ends with the run

load::Caps caps_of(const LoadLimits& limits) {
    return {.requests_per_second = static_cast<std::size_t>(std::ceil(limits.requests_per_second)),
            .requests = static_cast<std::size_t>(limits.requests),
            .duration = limits.duration,
            .errors = static_cast<std::size_t>(limits.errors)};
}

/// `secret`: what is sent over it, empty for nothing such.
std::unique_ptr<load::Client> client_of(const Context& ctx, std::shared_ptr<const Identity> identity,
                                        std::string_view secret) {
    load::ClientOptions options;
    options.endpoint = ctx.profile().endpoint;
    options.identity = std::move(identity);
    if (!secret.empty()) {
        options.trust = ctx.trust_for(options.endpoint);
    }
    options.connect_timeout = ctx.profile().limits.connect_timeout;
    return std::make_unique<load::Client>(ctx.executor(), std::move(options));
}

std::int64_t microseconds(nanoseconds time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}
std::int64_t whole_milliseconds(nanoseconds time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

awaitable<Verdict> check_under_load(Context& ctx, LoadCheck* check, const ThrottleLimits& limits,
                                    ThrottleProbe::Tokens tokens) {
    ThrottleProbe probe(ctx, limits, tokens);
    const std::optional<Verdict> pointless = co_await probe.begin();
    if (pointless) {
        co_return *pointless;
    }
    Verdict verdict = co_await check(ctx, probe);
    co_return verdict;
}

}  // namespace

nanoseconds time_of(double seconds) {
    return nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

GatewayCheck under_load(LoadCheck* check, ThrottleProbe::Tokens tokens) {
    return [check, tokens](Context& ctx) { return check_under_load(ctx, check, *ctx.profile().throttle, tokens); };
}

GatewayCheck with_calls_at_once(LoadCheck* check) {
    return [check](Context& ctx) {
        return check_under_load(ctx, check, *ctx.profile().concurrency, ThrottleProbe::Tokens::none);
    };
}

ThrottleProbe::ThrottleProbe(Context& ctx, const ThrottleLimits& limits, Tokens tokens)
    : ctx_(ctx),
      tokens_(tokens),
      limits_(limits),
      operation_(ctx.profile().operations.at(limits_.operation)),
      budget_(caps_of(limits_.load)),
      a_(client_of(ctx, ctx.serving_identity(), secret())),
      control_(client_of(ctx, ctx.serving_identity(), ctx.request_of(ctx.profile().control_operation()).secret)),
      begun_(std::chrono::steady_clock::now()) {
    if (auto second = ctx.identity("second")) {
        b_ = client_of(ctx, std::move(second), secret());
    }
}

std::string ThrottleProbe::secret() const {
    const bool tokens = tokens_ == Tokens::sent && !limits_.tokens.empty();
    const std::string of_operation = request().secret;
    return of_operation.empty() && tokens ? "throttle.tokens" : of_operation;
}

awaitable<LoadResult> ThrottleProbe::send(std::vector<Stream> streams) {
    const load::LoadOptions options{.request_timeout = ctx_.profile().limits.probe_timeout};
    LoadResult result = co_await load::run_load(ctx_.executor(), std::move(streams), budget_, options);
    for (const load::Client* client : {a_.get(), b_.get(), control_.get()}) {
        if (client != nullptr && !client->proxy_failure().empty()) {
            ctx_.note_ending(Ending::proxy_failed, client->proxy_failure());
        }
        if (client != nullptr && !client->lack_of_proof().empty()) {
            const std::string kept =
                client == control_.get() ? ctx_.request_of(ctx_.profile().control_operation()).secret : secret();
            ctx_.note_withheld(ctx_.profile().endpoint, client->lack_of_proof(), kept);
        }
    }
    co_return result;
}

Stream ThrottleProbe::stream(std::string name, load::Client& client, Schedule schedule) const {
    Stream made;
    made.name = std::move(name);
    made.client = &client;
    made.requests = {load::request_bytes(request(), false)};
    made.schedule = std::move(schedule);
    const double needed = 2 * limits_.rate() * std::chrono::duration<double>(round_trip_).count();
    made.max_connections =
        static_cast<std::size_t>(std::clamp(std::ceil(needed), 1.0, static_cast<double>(limits_.load.connections)));
    made.served_status = operation_.expect_status;
    made.served_body = operation_.expect_body_contains;
    made.refused_status = limits_.refusal_status;
    made.refused_body = limits_.refusal_body.empty() ? limits_.soap_fault : limits_.refusal_body;
    return made;
}

Stream ThrottleProbe::as_a(std::string name, Schedule schedule) {
    return stream(std::move(name), *a_, std::move(schedule));
}

Stream ThrottleProbe::as_b(std::string name, Schedule schedule) {
    return stream(std::move(name), *b_, std::move(schedule));
}

Stream ThrottleProbe::at_once(std::size_t calls) {
    Stream made = as_a("A", Schedule::burst(calls));
    made.max_connections = calls;
    return made;
}

Stream ThrottleProbe::in_turn(std::size_t calls) {
    Stream made = as_a("A, in turn", Schedule::burst(calls));
    made.max_connections = 1;
    return made;
}

awaitable<LoadResult> ThrottleProbe::run_alone(Stream stream) {
    std::vector<Stream> one;
    one.push_back(std::move(stream));
    LoadResult result = co_await send(std::move(one));
    note(result);
    co_return result;
}

double ThrottleProbe::flood_rate(double besides) const {
    return std::min(4 * limits_.rate(), limits_.load.requests_per_second - besides - control_rate);
}

Stream ThrottleProbe::flood_until_refused(std::size_t refusals) {
    // Long enough for what the tolerance allows, and then some.
    const double rate = flood_rate();
    const double most = (1 + limits_.tolerance) * static_cast<double>(limits_.burst);
    const double excess = std::max(rate - (1 + limits_.tolerance) * limits_.rate(), 0.1 * rate);
    const auto time = nanoseconds(static_cast<std::int64_t>((2 * most / excess + 1) * 1e9));
    Stream flood = as_a("A", Schedule::constant(rate, time));
    flood.enough_refusals = refusals;
    return flood;
}

Stream ThrottleProbe::control() {
    const Operation& operation = ctx_.profile().control_operation();
    Stream made = stream("control", *control_, Schedule::constant(control_rate, control_time));
    made.requests = {load::request_bytes(ctx_.request_of(operation), false)};
    made.max_connections = 2;
    made.served_status = operation.expect_status;
    made.served_body = operation.expect_body_contains;
    made.is_control = true;
    return made;
}

awaitable<LoadResult> ThrottleProbe::run(Stream stream) {
    std::vector<Stream> one;
    one.push_back(std::move(stream));
    LoadResult result = co_await run(std::move(one));
    co_return result;
}

awaitable<LoadResult> ThrottleProbe::run(std::vector<Stream> streams) {
    streams.push_back(control());
    LoadResult result = co_await send(std::move(streams));
    note(result);
    co_return result;
}

void ThrottleProbe::note(const LoadResult& result) {
    for (const load::StreamResult& stream : result.streams) {
        const load::Counts counts = load::count(stream.samples);
        Observation& seen = ctx_.evidence().add("load");
        seen.with("stream", stream.name)
            .with("at_ms", whole_milliseconds(result.begun - begun_))
            .with("duration_ms", whole_milliseconds(result.duration))
            .with("sent", counts.sent)
            .with("served", counts.served)
            .with("refused", counts.refused)
            .with("failed", counts.failed)
            .with("connections", stream.connections)
            .with("resumed", stream.resumed)
            .with("end", load::to_string(result.end))
            .with("late_p99_us", microseconds(result.schedule_error(0.99)));
        if (!result.detail.empty()) {
            seen.with("detail", result.detail);
        }
        if (!stream.first_failure.empty()) {
            seen.with("first_failure", stream.first_failure);
        }
    }
    for (const load::StreamResult& stream : result.streams) {
        if (stream.name == "control" || stream.samples.size() < 2) {
            continue;
        }
        const std::size_t share = std::max<std::size_t>(windows_left_ / result.streams.size(), 1);
        for (const load::Window& window : load::windows(stream.samples, std::min(share, windows_left_))) {
            ctx_.evidence()
                .add("load_window")
                .with("stream", stream.name)
                .with("at_ms", whole_milliseconds(result.begun - begun_ + window.begins))
                .with("sent", window.counts.sent)
                .with("served", window.counts.served)
                .with("refused", window.counts.refused)
                .with("failed", window.counts.failed)
                .with("p50_us", microseconds(window.p50))
                .with("p99_us", microseconds(window.p99));
            --windows_left_;
        }
    }
}

awaitable<void> ThrottleProbe::pause(nanoseconds time) {
    boost::asio::steady_timer timer(ctx_.executor(), time);
    co_await timer.async_wait(boost::asio::use_awaitable);
}

awaitable<std::optional<Verdict>> ThrottleProbe::begin() {
    constexpr int wanted = 3;
    const auto latest = std::chrono::steady_clock::now() + 2 * limits_.recovery;
    round_trip_ = nanoseconds::max();
    for (int served = 0; served < wanted;) {
        // One stream and nothing beside it: the control would be a second request for each of these.
        std::vector<Stream> one;
        one.push_back(stream("A", *a_, Schedule::burst(1)));
        one.front().max_connections = 1;
        const LoadResult result = co_await send(std::move(one));
        const load::StreamResult& got = result.streams.front();
        const load::Counts counts = load::count(got.samples);
        if (counts.served == 1) {
            round_trip_ = std::min(round_trip_, got.samples.front().latency);
            ++served;
            continue;
        }
        const int status = got.samples.empty() ? 0 : got.samples.front().status;
        if (std::ranges::find(limits_.refusal_status, status) == limits_.refusal_status.end()) {
            note(result);
            co_return Verdict::inconclusive("operation '{}' is not served before any load: {}", operation_.name,
                                            status != 0
                                                ? fmt::format("HTTP {}", status)
                                                : (got.first_failure.empty() ? result.detail : got.first_failure))
                .remedy("see that the endpoint is up and that throttle.operation is served to identities.enrolled");
        }
        if (std::chrono::steady_clock::now() >= latest) {
            note(result);
            refused_from_the_start_ = true;
            round_trip_ = got.samples.front().latency;
            break;
        }
        co_await pause(limits_.recovery / 4);
    }
    co_return std::nullopt;
}

awaitable<void> ThrottleProbe::end() {
    if (limits_.concurrency > 0) {
        co_await pause(2 * limits_.recovery);
        co_return;
    }
    const double refill = static_cast<double>(limits_.burst) / limits_.rate();
    co_await pause(nanoseconds(static_cast<std::int64_t>(refill * 1.1e9)));
}

std::vector<std::string> requests_with_other_tokens(const ThrottleProbe& probe) {
    if (!probe.sends_tokens()) {
        throw std::logic_error("tokens for a server that is not asked to prove itself");
    }
    const auto is_token = [](const auto& header) { return same_ignoring_case(header.first, "authorization"); };
    HttpRequest request = probe.request();
    std::vector<std::string> tokens = probe.limits().tokens;
    if (tokens.empty() && std::ranges::none_of(request.headers, is_token)) {
        constexpr int made_up = 16;
        for (int i = 0; i < made_up; ++i) {
            tokens.push_back(fmt::format("Bearer another-{}", i));
        }
    }
    std::erase_if(request.headers, is_token);
    std::vector<std::string> requests;
    for (const std::string& token : tokens) {
        HttpRequest one = request;
        one.headers.emplace_back("Authorization", token);
        requests.push_back(load::request_bytes(one, false));
    }
    return requests;
}

std::optional<Verdict> unusable(const LoadResult& result) {
    if (result.end == LoadEnd::control_failed) {
        return Verdict::inconclusive("the load was stopped: the control operation was not served beside it: {}",
                                     result.detail);
    }
    if (result.end == LoadEnd::unresolved) {
        return Verdict::inconclusive("no load was sent: {}", result.detail);
    }
    for (const load::StreamResult& stream : result.streams) {
        const load::Counts counts = load::count(stream.samples);
        if (counts.sent > 0 && counts.failed * 10 > counts.sent) {
            return Verdict::inconclusive("{} of {} requests had no answer ({})", counts.failed, counts.sent,
                                         stream.first_failure);
        }
    }
    return std::nullopt;
}

Verdict never_refused(const LoadResult& result) {
    const load::Counts counts = load::count(result.streams.front().samples);
    if (result.end == LoadEnd::cap) {
        return Verdict::inconclusive("nothing of {} requests was refused before our own load reached {}", counts.sent,
                                     result.detail)
            .remedy("raise the caps in throttle.load, if the endpoint's owner agrees");
    }
    return Verdict::skipped(
        "nothing of {} requests in {:.1f} s was refused, so there is no refusal to look at; see "
        "throttle.engages",
        counts.sent, std::chrono::duration<double>(result.duration).count());
}

}  // namespace gateproof::suites
