#include "harness/run/gateway_check_run.hpp"

#include <fmt/format.h>

#include <optional>

#include "harness/run/target.hpp"

namespace gateproof {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// How old the control before a check may be: it proves that the endpoint was alive when the check began.
constexpr auto control_freshness = 1s;

}  // namespace

GatewayCheckRun::GatewayCheckRun(TargetRun& target, const PlannedCheck& planned, std::uint64_t seed)
    : target_(target), context_(target, planned, seed) {}

asio::awaitable<bool> GatewayCheckRun::control_before() {
    return context_.control_since(started() - control_freshness, "before");
}

asio::awaitable<Verdict> GatewayCheckRun::work() {
    std::optional<ControlService::Work> working(std::in_place, target_.controls());
    Verdict verdict = co_await std::get<GatewayCheck>(context_.check().run)(context_);
    working.reset();
    co_return verdict;
}

asio::awaitable<bool> GatewayCheckRun::control_after() {
    const Clock::time_point ended = Clock::now();
    co_await target_.controls().settle();
    const bool served = co_await context_.control_since(ended, "after");
    co_return served;
}

CheckRun::Clock::duration GatewayCheckRun::waited() const {
    const Clock::duration held =
        context_.in_control_ > 0 ? target_.controls().held() - context_.held_by_then_ : Clock::duration::zero();
    return context_.waited_ + held +
           (context_.waiting_ > 0 ? Clock::now() - context_.waiting_since_ : Clock::duration::zero());
}

std::string GatewayCheckRun::control_failed() const {
    return fmt::format("the control operation '{}' was not served beside it: {}", context_.profile().control,
                       context_.control_summary());
}

Verdict GatewayCheckRun::not_served() const {
    const std::string causes = causes_text(context_.control_code(), context_.profile().permissions.causes);
    return Verdict::inconclusive("the endpoint does not serve the control operation '{}': {}",
                                 context_.profile().control, context_.control_summary())
        .remedy(
            "see that the endpoint is up and that the profile's control operation, identity and address are "
            "right; nothing can be judged beside a control that fails" +
            (causes.empty() ? causes : ". " + causes));
}

bool GatewayCheckRun::has_served() const {
    return target_.controls().has_served();
}

std::size_t GatewayCheckRun::holds() const {
    return target_.controls().holds();
}

std::size_t GatewayCheckRun::control_resets() const {
    return target_.controls().resets();
}

asio::awaitable<ClockReading> GatewayCheckRun::clock() {
    return context_.clock();
}

}  // namespace gateproof
