#include "harness/run/client/check_run.hpp"

#include <fmt/format.h>

#include "harness/run/client/target.hpp"

namespace gateproof {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// How old the control before a check may be: a program is not started anew for each check that begins with others.
constexpr auto twin_freshness = 2s;

/// A check that is looking at the client, to the end of this object.
class AtWork {
public:
    explicit AtWork(TwinControl& control) : control_(control) { control_.working(1); }
    ~AtWork() { control_.working(-1); }
    AtWork(const AtWork&) = delete;
    AtWork& operator=(const AtWork&) = delete;

private:
    TwinControl& control_;
};

}  // namespace

ClientCheckRun::ClientCheckRun(ClientTarget& target, const PlannedCheck& planned)
    : target_(target), context_(target, planned) {}

asio::awaitable<bool> ClientCheckRun::control_since(Clock::time_point moment, std::string_view phase) {
    const ClientContext::Waiting waiting(context_);  // for a start of the software that is no start of the check's
    const TwinControlResult result = co_await target_.controls(context_.twin_kind()).since(moment);
    control_summary_ = result.summary;
    advice_ = result.advice;
    lacks_version_ = result.lacks_version;
    flaky_ = flaky_ || (result.served && result.attempts > 1);
    context_.evidence()
        .add("control")
        .with("phase", phase)
        .with("twin", to_string(context_.twin_kind()))
        .with("served", result.served)
        .with("attempts", result.attempts)
        .with("summary", result.summary);
    co_return result.served;
}

asio::awaitable<bool> ClientCheckRun::control_before() {
    return control_since(started() - twin_freshness, "before");
}

asio::awaitable<Verdict> ClientCheckRun::work() {
    const AtWork working(target_.controls(context_.twin_kind()));
    Verdict verdict = co_await std::get<ClientCheck>(context_.check().run).run(context_);
    co_return verdict;
}

asio::awaitable<bool> ClientCheckRun::control_after() {
    const Clock::time_point ended = Clock::now();
    co_await target_.controls(context_.twin_kind()).settle();
    const bool served = co_await control_since(ended, "after");
    co_return served;
}

CheckRun::Clock::duration ClientCheckRun::waited() const {
    return context_.waited_ +
           (context_.waiting_ > 0 ? Clock::now() - context_.waiting_since_ : Clock::duration::zero());
}

std::string ClientCheckRun::control_failed() const {
    return fmt::format("the client was not served by the conforming gateway beside it: {}", control_summary_);
}

Verdict ClientCheckRun::not_served() const {
    if (lacks_version_) {
        return Verdict::skipped("the client offers no version of the gateway that this is compared with ({})",
                                to_string(context_.twin_kind()));
    }
    return Verdict::inconclusive("the client is not served by the conforming gateway: {}", control_summary_)
        .remedy(advice_ + "; nothing can be judged beside a control that fails");
}

}  // namespace gateproof
