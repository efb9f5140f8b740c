#include "harness/run/clock.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <utility>

#include "harness/probe/http/date.hpp"
#include "harness/probe/http/http1.hpp"
#include "harness/probe/http/request.hpp"

namespace gateproof {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// The control's own path is known to be answered; where it holds something secret, any answer tells the time too.
std::string path_of_control(const Profile& profile) {
    const Operation& control = profile.control_operation();
    return control.method == "GET" && !control.carries_secret() ? control.path : "/";
}

}  // namespace

ClockService::ClockService(asio::any_io_executor executor, const Profile& profile, Openings& openings,
                           Politeness& politeness)
    : executor_(std::move(executor)), profile_(profile), openings_(openings), politeness_(politeness) {}

asio::awaitable<ClockReading> ClockService::read() {
    while (!reading_) {
        if (!running_) {
            running_ = true;
            asio::co_spawn(executor_, perform(),
                           asio::bind_cancellation_slot(cancellation_.slot(), [this](const std::exception_ptr& thrown) {
                               running_ = false;
                               if (thrown || !reading_) {
                                   reading_ = ClockReading{};
                                   reading_->sentence =
                                       "this machine's clock was compared with no other: the Date "
                                       "header could not be read";
                               }
                               if (told_) {
                                   told_(*reading_);
                               }
                               ended_.wake_all();
                           }));
        }
        co_await ended_.wait();
    }
    co_return *reading_;
}

asio::awaitable<void> ClockService::perform() {
    const std::chrono::milliseconds tolerance = profile_.limits.clock_tolerance;
    std::shared_ptr<const Identity> ours = serving_identity(profile_);
    DateSource endpoint = co_await ask(profile_.endpoint, std::move(ours), path_of_control(profile_));
    std::optional<DateSource> authority;
    const bool another = profile_.authority && profile_.authority->endpoint.authority() != endpoint.peer;
    if (another && needs_second(endpoint, tolerance)) {
        DateSource asked = co_await ask(profile_.authority->endpoint, nullptr, "/");
        authority = std::move(asked);
    }
    reading_ = judge_clocks(endpoint, authority, tolerance);
}

asio::awaitable<DateSource> ClockService::ask(Endpoint endpoint, std::shared_ptr<const Identity> identity,
                                              std::string path) {
    DateSource source{endpoint.authority()};
    while (asks_again(source)) {
        if (!source.samples.empty()) {
            asio::steady_timer timer(executor_, source.samples.back().date ? pause : pause / 10);
            co_await timer.async_wait(asio::use_awaitable);
        }
        DateSample sample = co_await ask_once(endpoint, identity, path);
        source.samples.push_back(std::move(sample));
    }
    co_return source;
}

asio::awaitable<DateSample> ClockService::ask_once(Endpoint endpoint, std::shared_ptr<const Identity> identity,
                                                   std::string path) {
    const Permit permit = co_await politeness_.acquire(Politeness::Priority::control);
    HttpRequest request;
    request.endpoint = endpoint;
    request.path = std::move(path);
    request.headers.emplace_back("Cache-Control", "no-cache");
    TlsOptions options;
    options.server_name = endpoint.host;
    options.endpoint = std::move(endpoint);
    options.identity = std::move(identity);
    options.connect_timeout = profile_.limits.connect_timeout;
    options.timeout = profile_.limits.probe_timeout;
    TlsConnection connection;
    std::shared_ptr<void> place = co_await openings_.enter();
    connection.session = std::make_unique<TlsSession>(executor_, std::move(options));
    connection.step = co_await connection.session->connect();
    place.reset();
    Http1 http(std::move(connection));
    DateSample sample;
    // Not earlier: what the handshake takes would only blur the moment.
    sample.sent = std::chrono::system_clock::now();
    std::string bytes = wire(request, Connection::close);
    co_await http.send(std::move(bytes));
    const HttpOutcome outcome = co_await http.receive();
    sample.received = std::chrono::system_clock::now();
    if (outcome.response) {
        sample.date = date_of(*outcome.response);
    }
    sample.silent = outcome.end == Ending::timeout || outcome.end == Ending::connect_timeout;
    if (!sample.date) {
        sample.problem = outcome.summary() + (outcome.response ? " without a Date header" : "");
    }
    co_await http.session().shutdown();
    co_return sample;
}

void ClockService::cancel() {
    cancellation_.emit(asio::cancellation_type::terminal);
}

}  // namespace gateproof
