#include "harness/run/control.hpp"

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <exception>

namespace gateproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

std::shared_ptr<const Identity> serving_identity(const Profile& profile) {
    if (profile.channel == Channel::desktop || profile.environment == Environment::mock) {
        return nullptr;
    }
    const auto found = profile.identities.find("enrolled");
    return found == profile.identities.end() ? nullptr : found->second;
}

HttpRequest make_request(const Profile& profile, const Operation& operation) {
    HttpRequest request;
    request.endpoint = profile.endpoint;
    request.method = operation.method;
    request.path = operation.path;
    request.headers.assign(operation.headers.begin(), operation.headers.end());
    request.body = operation.body;
    request.secret = secret_of(operation);
    request.connect_timeout = profile.limits.connect_timeout;
    request.timeout = profile.limits.probe_timeout;
    return request;
}

std::string secret_of(const Operation& operation) {
    return operation.carries_secret() ? fmt::format("the secret of operation '{}'", operation.name) : std::string();
}

std::string withheld(const Endpoint& endpoint, std::string_view lack_of_proof, std::string_view secret) {
    return fmt::format("the certificate of {} does not verify ({}), so {} was not sent to it", endpoint.authority(),
                       lack_of_proof, secret);
}

ControlService::ControlService(asio::any_io_executor executor, const Profile& profile, HttpClient& http,
                               Openings& openings, Politeness& politeness)
    : executor_(std::move(executor)), profile_(profile), http_(http), openings_(openings), politeness_(politeness) {
    if (must_prove_itself(profile, profile.endpoint)) {
        trust_ = std::make_shared<const Trust>(profile.trust);
    }
}

asio::awaitable<ControlResult> ControlService::since(Clock::time_point moment) {
    while (!last_ || last_->begun < moment) {
        if (!running_) {
            running_ = true;
            asio::co_spawn(executor_, perform(),
                           asio::bind_cancellation_slot(cancellation_.slot(), [this](const std::exception_ptr& thrown) {
                               running_ = false;
                               if (thrown) {
                                   last_ = ControlResult{false, 1, "could not be made", {}, Clock::now()};
                               }
                               wake();
                           }));
        }
        co_await wait_until(Clock::time_point::max());
    }
    co_return *last_;
}

asio::awaitable<void> ControlService::settle() {
    const Clock::time_point latest = Clock::now() + settle_time;
    while (working_ > 0 && Clock::now() < latest) {
        co_await wait_until(latest);
    }
}

asio::awaitable<void> ControlService::wait_until(Clock::time_point latest) {
    const auto waiter = waiting_.emplace(waiting_.end(), executor_, latest);
    co_await waiter->async_wait(asio::as_tuple(asio::use_awaitable));
    waiting_.erase(waiter);
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
}

void ControlService::work_done() {
    if (--working_ == 0) {
        wake();
    }
}

void ControlService::wake() {
    for (asio::steady_timer& waiter : waiting_) {
        waiter.cancel();
    }
}

asio::awaitable<void> ControlService::perform() {
    const Operation& operation = profile_.control_operation();
    ControlResult result;
    for (result.attempts = 1;; ++result.attempts) {
        Permit permit = co_await politeness_.acquire(Politeness::Priority::control);
        HttpRequest request = make_request(profile_, operation);
        request.identity = serving_identity(profile_);
        const std::string secret = request.secret;
        if (!secret.empty()) {
            request.trust = trust_;
        }
        std::shared_ptr<void> place = co_await openings_.enter();
        result.begun = Clock::now();
        const HttpOutcome outcome = co_await http_.send(std::move(request));
        place.reset();
        permit.reset();
        result.served = outcome.served(operation);
        result.summary = outcome.summary();
        result.withheld.clear();
        if (outcome.end == Ending::unproven) {
            result.withheld = withheld(profile_.endpoint, outcome.detail, secret);
            result.summary = result.withheld;
        }
        resets_ += outcome.was_cut() ? 1 : 0;
        const bool silent = outcome.end == Ending::timeout || outcome.end == Ending::connect_timeout;
        if (result.served || silent || result.attempts == max_attempts) {
            break;
        }
        asio::steady_timer backoff(executor_, 100ms * result.attempts);
        co_await backoff.async_wait(asio::use_awaitable);
    }
    last_ = result;
}

void ControlService::cancel() {
    cancellation_.emit(asio::cancellation_type::terminal);
}

}  // namespace gateproof
