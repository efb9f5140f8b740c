// A write that was cut: its client knows neither whether it was heard nor whether it may send it again.
#include <chrono>
#include <vector>

#include "harness/run/context.hpp"
#include "suites/gateway/timeout/needs.hpp"
#include "suites/gateway/timeout/slow.hpp"
#include "suites/gateway/timeout/suite.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using Clock = std::chrono::steady_clock;

/// The write is sent once, whatever comes of it. Sentences name it as the profile has it: its key is another each time.
awaitable<Verdict> cut_write_accounted_for(Context& ctx) {
    const Profile& profile = ctx.profile();
    const TimedOperation& timed = *profile.timing.slow_write;
    const Operation& write = profile.operations.at(timed.operation);
    const Placeholders submission = fresh_submission();
    const auto ask_about = [&] { return ask_fate(ctx, write, submission, {}, ctx.serving_identity()); };
    const Clock::time_point begun = Clock::now();
    const SlowExchange exchange = co_await ask_slowly(ctx, timed_request(profile, timed, submission));
    if (!exchange.connection.step.ok()) {
        co_return Verdict::inconclusive("no connection for the operation: {}", exchange.connection.step.summary());
    }
    CutWrite cut;
    cut.answer = exchange.answer;
    if (write_was_cut(cut.answer, write)) {
        cut.at_once = co_await ask_about();
        if (cut.at_once->kind != WriteFate::Kind::carried_out && cut.at_once->answered) {
            // What works on behind the gateway is done by then.
            co_await ctx.wait_quietly(begun + timed.takes + profile.timing.tolerance);
            cut.later = co_await ask_about();
        }
    }
    co_return judge_cut_write(cut, profile.timing, write);
}

std::vector<const Operation*> write_and_status(const Profile& profile) {
    if (!profile.timing.slow_write) {
        return {};
    }
    const Operation& write = profile.operations.at(profile.timing.slow_write->operation);
    std::vector<const Operation*> sent{&write};
    if (write.status) {
        sent.push_back(&profile.operations.at(write.status->operation));
    }
    return sent;
}

}  // namespace

std::vector<Check> timeout_write_checks() {
    return checks(timeout_family(), {{.id = "timeout.cut-write-accounted-for",
                                      .title = "A write that was cut must not be carried out unnoticed",
                                      .requirements = {adds("TIMEOUT")},
                                      .run = cut_write_accounted_for,
                                      .needs = {slow_write()},
                                      .sends = write_and_status}});
}

}  // namespace gateproof::suites
