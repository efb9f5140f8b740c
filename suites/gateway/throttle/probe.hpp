// Load on the profile's throttled operation: as ourselves (A) and as the second identity (B), within the profile's
// caps.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/model/verdict.hpp"
#include "harness/probe/load/generator.hpp"
#include "harness/run/context.hpp"

namespace gateproof::suites {

class ThrottleProbe {
public:
    /// Whether throttle.tokens are sent: for them, as for a secret of an operation, the endpoint has to prove itself.
    enum class Tokens { none, sent };
    /// `limits`: the profile's throttle or concurrency.
    ThrottleProbe(Context& ctx, const ThrottleLimits& limits, Tokens tokens = Tokens::none);

    [[nodiscard]] const ThrottleLimits& limits() const { return limits_; }
    [[nodiscard]] const Operation& operation() const { return operation_; }
    [[nodiscard]] bool sends_tokens() const { return tokens_ == Tokens::sent; }

    /// Proves that the operation is served to us, and measures how long that takes; waits for what earlier load has
    /// left behind. What makes all else pointless; empty: go on.
    boost::asio::awaitable<std::optional<Verdict>> begin();
    /// We were refused, in the declared way, before this check sent anything to speak of.
    [[nodiscard]] bool refused_from_the_start() const { return refused_from_the_start_; }

    /// The operation as A or B. Connections are kept, and no more of them than twice the declared limit takes: a limit
    /// for each connection is to be seen as one.
    [[nodiscard]] load::Stream as_a(std::string name, load::Schedule schedule);
    [[nodiscard]] load::Stream as_b(std::string name, load::Schedule schedule);
    /// The operation's request, to be changed.
    [[nodiscard]] HttpRequest request() const { return ctx_.request_of(operation_); }

    /// The rate that is heavy use beyond doubt, with `besides` requests a second of others beside it.
    [[nodiscard]] double flood_rate(double besides = 0) const;
    /// A until so many in turn are refused, at the flood rate.
    [[nodiscard]] load::Stream flood_until_refused(std::size_t refusals);

    /// So many calls of A at once, each on a connection of its own.
    [[nodiscard]] load::Stream at_once(std::size_t calls);
    /// The same calls one after another, each when the one before it is answered.
    [[nodiscard]] load::Stream in_turn(std::size_t calls);
    /// Runs it without a control: a limit of calls at once may count that as well.
    boost::asio::awaitable<load::LoadResult> run_alone(load::Stream stream);

    /// Runs the streams beside a control of the endpoint, and notes what they brought.
    boost::asio::awaitable<load::LoadResult> run(std::vector<load::Stream> streams);
    boost::asio::awaitable<load::LoadResult> run(load::Stream stream);
    boost::asio::awaitable<void> pause(std::chrono::nanoseconds time);
    /// Lets the limit forget us, so that the next check begins as this one did.
    boost::asio::awaitable<void> end();

private:
    [[nodiscard]] load::Stream stream(std::string name, load::Client& client, load::Schedule schedule) const;
    [[nodiscard]] load::Stream control();
    void note(const load::LoadResult& result);
    /// "the secret of operation 'status'", "throttle.tokens"; empty: what we send is nobody's secret.
    [[nodiscard]] std::string secret() const;
    /// Sends the streams, and notes what was kept back from a server that did not prove itself.
    boost::asio::awaitable<load::LoadResult> send(std::vector<load::Stream> streams);

    Context& ctx_;
    Tokens tokens_;
    const ThrottleLimits& limits_;
    const Operation& operation_;
    load::Budget budget_;
    std::unique_ptr<load::Client> a_;
    std::unique_ptr<load::Client> b_;  ///< null without a second identity
    std::unique_ptr<load::Client> control_;
    std::chrono::nanoseconds round_trip_{0};  ///< of the fastest answer so far
    bool refused_from_the_start_ = false;
    std::chrono::steady_clock::time_point begun_;
    std::size_t windows_left_ = 60;
};

/// The operation with each of the profile's further tokens, or with a few that nobody issued where it needs none.
/// Empty: it needs one and the profile has no other. The probe is made for them (Tokens::sent), or std::logic_error.
std::vector<std::string> requests_with_other_tokens(const ThrottleProbe& probe);

/// What was calculated in seconds, as a time.
std::chrono::nanoseconds time_of(double seconds);

/// Why a load says nothing about the limit (its control failed, nobody answered); empty: it does.
std::optional<Verdict> unusable(const load::LoadResult& result);

using LoadCheck = boost::asio::awaitable<Verdict>(Context& ctx, ThrottleProbe& probe);
/// A check that loads the endpoint; inconclusive or skipped where that would show nothing.
GatewayCheck under_load(LoadCheck* check, ThrottleProbe::Tokens tokens = ThrottleProbe::Tokens::none);
/// The same against the declared limit of calls at once.
GatewayCheck with_calls_at_once(LoadCheck* check);

/// That nothing was refused, for checks that look at refusals.
Verdict never_refused(const load::LoadResult& result);

}  // namespace gateproof::suites
