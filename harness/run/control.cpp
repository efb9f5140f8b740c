#include "harness/run/control.hpp"

#include <fmt/format.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>

#include "harness/probe/http/answer_value.hpp"
#include "harness/probe/http/correlation.hpp"
#include "harness/probe/http/request.hpp"
#include "harness/run/notes.hpp"

namespace gateproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

ControlService::ControlService(asio::any_io_executor executor, const Profile& profile, HttpClient& http,
                               Openings& openings, Politeness& politeness)
    : executor_(std::move(executor)),
      profile_(profile),
      http_(http),
      openings_(openings),
      politeness_(politeness),
      watch_(profile.limits) {
    if (must_prove_itself(profile, profile.endpoint)) {
        trust_ = std::make_shared<const Trust>(profile.trust);
    }
}

asio::awaitable<ControlResult> ControlService::since(Clock::time_point moment) {
    while (!last_ || (last_->begun < moment && !ended_)) {
        if (!running_) {
            running_ = true;
            asio::co_spawn(executor_, perform(),
                           asio::bind_cancellation_slot(cancellation_.slot(), [this](const std::exception_ptr& thrown) {
                               running_ = false;
                               if (thrown) {
                                   let_go();
                                   last_ = ControlResult{};
                                   last_->summary = "could not be made";
                                   last_->begun = Clock::now();
                               }
                               changed_.wake_all();
                           }));
        }
        co_await changed_.wait();
    }
    co_return *last_;
}

asio::awaitable<void> ControlService::settle() {
    const Clock::time_point latest = Clock::now() + settle_time;
    while (working_ > 0 && Clock::now() < latest) {
        co_await changed_.wait(latest);
    }
}

void ControlService::work_done() {
    if (--working_ == 0) {
        changed_.wake_all();
    }
}

namespace {

/// Between the controls that have to fail in a row.
constexpr std::chrono::milliseconds longest_between{1000};

/// The error code of an answer that is no service: where it stands is published for REST and for SOAP.
std::string code_in(const HttpOutcome& outcome) {
    if (!outcome.response) {
        return {};
    }
    for (const char* const name : {"rest", "soap"}) {
        const ErrorModel& model = documented_errors().at(name);
        if (const auto code = value_at(outcome.response->body, model.pointer, model.xpath)) {
            return *code;
        }
    }
    return {};
}

}  // namespace

asio::awaitable<ControlResult> ControlService::ask(int most, int most_cut) {
    const Operation& operation = profile_.control_operation();
    ControlResult result;
    for (result.attempts = 1;; ++result.attempts) {
        Permit permit =
            co_await politeness_.acquire(hold_ ? Politeness::Priority::past_hold : Politeness::Priority::control);
        HttpRequest request = make_request(profile_, operation);
        request.identity = serving_identity(profile_);
        correlate(request, "control", ++sent_);
        result.correlation = correlation_in(request);
        const std::string secret = request.secret;
        if (!secret.empty()) {
            request.trust = trust_;
        }
        std::shared_ptr<void> place = co_await openings_.enter();
        result.begun = Clock::now();
        result.first_begun = result.attempts == 1 ? result.begun : result.first_begun;
        const HttpOutcome outcome = co_await send_within(profile_.limits, http_, std::move(request));
        place.reset();
        result.served = outcome.served(operation);
        if (!result.served && watch_.has_served() && profile_.limits.cut_off_after > 0 && !hold_) {
            // Whoever is banned only makes it worse by asking on; and if it is chance, the others lose a moment.
            hold_ = politeness_.hold();
            held_since_ = Clock::now();
        }
        permit.reset();
        const std::string unlike = outcome.unlike(operation);
        result.summary = unlike.empty() ? outcome.summary() : fmt::format("{}, but {}", outcome.summary(), unlike);
        result.withheld.clear();
        result.proxy_failure = outcome.end == Ending::proxy_failed ? outcome.detail : std::string();
        result.code = result.served ? std::string() : code_in(outcome);
        if (outcome.end == Ending::unproven) {
            result.withheld = withheld(profile_.endpoint, outcome.detail, secret);
            result.summary = result.withheld;
        }
        resets_ += outcome.was_cut() || outcome.broken_off() ? 1 : 0;
        const bool silent = outcome.end == Ending::timeout || outcome.end == Ending::connect_timeout;
        const int enough = outcome.was_cut() || outcome.broken_off() ? most_cut : most;
        if (result.served || silent || result.attempts >= enough) {
            co_return result;
        }
        asio::steady_timer backoff(executor_, 100ms * result.attempts);
        co_await backoff.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> ControlService::perform() {
    ControlResult result = co_await ask(max_attempts, max_attempts_cut);
    // What was not sent since the server did not prove itself says nothing of a ban, nor does a proxy that fails.
    if (result.withheld.empty() && result.proxy_failure.empty()) {
        result = co_await ask_until_known(std::move(result));
    }
    if (!ended_) {
        let_go();
    }
    last_ = result;
}

void ControlService::let_go() {
    held_before_ = held();
    hold_.reset();
}

asio::awaitable<ControlResult> ControlService::ask_until_known(ControlResult result) {
    using Next = CutOffWatch::Next;
    const std::chrono::milliseconds wait = profile_.limits.cut_off_wait;
    for (bool counted = false;; counted = true) {
        const Next next = watch_.after_control(result.served, result.summary, result.first_begun);
        if (next == Next::go_on) {
            if (counted) {
                recovered_();
            }
            co_return result;
        }
        holds_ += counted ? 0 : 1;
        if (next == Next::end_of_target) {
            ended_ = true;
            cut_off_(watch_.found());
            co_return result;
        }
        const std::chrono::milliseconds between = std::min(wait / 10, longest_between);
        asio::steady_timer pause(executor_, next == Next::wait_and_ask ? wait : between);
        co_await pause.async_wait(asio::use_awaitable);
        const int attempts = result.attempts;
        result = co_await ask(1, 1);
        result.attempts += attempts;
    }
}

Clock::duration ControlService::held() const {
    return held_before_ + (hold_ ? Clock::now() - held_since_ : Clock::duration::zero());
}

void ControlService::cancel() {
    cancellation_.emit(asio::cancellation_type::terminal);
}

}  // namespace gateproof
