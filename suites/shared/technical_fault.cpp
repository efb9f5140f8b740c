#include "suites/shared/technical_fault.hpp"

#include <chrono>
#include <utility>

#include "harness/run/context.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

awaitable<void> pause_for_fault(Context& ctx) {
    const std::chrono::milliseconds pause = ctx.profile().limits.technical_fault_pause;
    ctx.evidence().add("technical_fault").with("asked_again_after_ms", pause.count());
    co_await ctx.wait_quietly(std::chrono::steady_clock::now() + pause);
}

}  // namespace

awaitable<HttpOutcome> http_past_technical_faults(Context& ctx, HttpRequest request, bool reads) {
    if (!reads) {
        co_return co_await ctx.http(std::move(request));
    }
    const auto once = [&] { return ctx.http(request); };
    const auto pause = [&ctx] { return pause_for_fault(ctx); };
    co_return co_await past_technical_faults(once, pause);
}

}  // namespace gateproof::suites
