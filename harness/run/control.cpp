#include "harness/run/control.hpp"

#include <fmt/format.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

#include "harness/probe/http/answer_value.hpp"
#include "harness/probe/http/request.hpp"
#include "harness/run/notes.hpp"

namespace gateproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

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
        const HttpOutcome outcome = co_await send_within(profile_.limits, http_, std::move(request));
        place.reset();
        permit.reset();
        result.served = outcome.served(operation);
        const std::string unlike = outcome.unlike(operation);
        result.summary = unlike.empty() ? outcome.summary() : fmt::format("{}, but {}", outcome.summary(), unlike);
        result.withheld.clear();
        result.code = result.served ? std::string() : code_in(outcome);
        if (outcome.end == Ending::unproven) {
            result.withheld = withheld(profile_.endpoint, outcome.detail, secret);
            result.summary = result.withheld;
        }
        resets_ += outcome.was_cut() || outcome.broken_off() ? 1 : 0;
        const bool silent = outcome.end == Ending::timeout || outcome.end == Ending::connect_timeout;
        const int enough = outcome.was_cut() || outcome.broken_off() ? max_attempts_cut : max_attempts;
        if (result.served || silent || result.attempts >= enough) {
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
