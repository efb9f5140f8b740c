#include "harness/probe/load/generator.hpp"

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <utility>

#include "harness/probe/http/http1.hpp"
#include "harness/probe/load/stream_run.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof::load {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds sweep_interval{50};

/// The streams, the clock that sends them, and whoever waits for their end. Shared with its own timers' handlers.
class LoadRun final : public StreamRun::Run, public std::enable_shared_from_this<LoadRun> {
public:
    LoadRun(const asio::any_io_executor& executor, std::vector<Stream> streams, Budget& budget,
            const LoadOptions& options)
        : budget_(budget),
          options_(options),
          begun_(Clock::now()),
          send_timer_(executor),
          sweep_timer_(executor),
          done_(executor, Clock::time_point::max()) {
        for (Stream& stream : streams) {
            streams_.push_back(std::make_unique<StreamRun>(std::move(stream), *this, begun_));
        }
    }

    Budget& budget() override { return budget_; }
    [[nodiscard]] bool stopped() const override { return ended_; }
    void stop(LoadEnd end, std::string detail) override {
        if (!ended_) {
            ended_ = true;
            end_ = end;
            detail_ = std::move(detail);
            done_.cancel();
        }
    }
    void progressed() override {
        if (!ended_ && std::ranges::all_of(streams_, [](const auto& stream) { return stream->finished(); })) {
            stop(LoadEnd::complete, {});
        } else if (!ended_ && sending_ == 0) {
            arm();
        }
    }

    void start() {
        send();
        sweep();
        progressed();
    }
    boost::asio::awaitable<void> wait() {
        if (!ended_) {
            co_await done_.async_wait(quietly);
        }
    }
    /// No callback does anything after this. False: it was stopped from outside.
    bool halt() {
        const bool by_itself = std::exchange(ended_, true);
        if (std::exchange(halted_, true)) {
            return by_itself;
        }
        send_timer_.cancel();
        sweep_timer_.cancel();
        duration_ = Clock::now() - begun_;
        budget_.spent(duration_);
        for (const auto& stream : streams_) {
            stream->abandon();
        }
        return by_itself;
    }
    [[nodiscard]] LoadResult take_result() {
        LoadResult result;
        result.end = end_;
        result.detail = detail_;
        result.begun = begun_;
        result.duration = duration_;
        for (const auto& stream : streams_) {
            result.streams.push_back(stream->take_result());
        }
        return result;
    }

private:
    void send() {
        ++sending_;
        const Clock::time_point now = Clock::now();
        for (const auto& stream : streams_) {
            stream->dispatch(now);
        }
        --sending_;
        arm();
    }

    /// Sets the timer to the next send, unless it is set to that already.
    void arm() {
        const Clock::time_point now = Clock::now();
        Clock::time_point next = Clock::time_point::max();
        for (const auto& stream : streams_) {
            next = std::min(next, stream->next_due(now));
        }
        if (ended_ || next == Clock::time_point::max() || (armed_ && send_timer_.expiry() <= next)) {
            return;
        }
        armed_ = true;
        send_timer_.expires_at(next);
        send_timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
            if (!error && !self->ended_) {
                self->armed_ = false;
                self->send();
            }
        });
    }

    void sweep() {
        sweep_timer_.expires_after(sweep_interval);
        sweep_timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
            if (!error && !self->ended_) {
                self->look_at_clock();
                self->sweep();
            }
        });
    }
    void look_at_clock() {
        const Clock::time_point now = Clock::now();
        for (const auto& stream : streams_) {
            stream->expire(now - options_.request_timeout);
        }
        if (now - begun_ >= budget_.time_left()) {
            stop(LoadEnd::cap, fmt::format("the cap of {} s of load",
                                           std::chrono::duration<double>(budget_.caps().duration).count()));
        }
    }

    Budget& budget_;
    LoadOptions options_;
    Clock::time_point begun_;
    asio::steady_timer send_timer_;
    asio::steady_timer sweep_timer_;
    asio::steady_timer done_;
    std::vector<std::unique_ptr<StreamRun>> streams_;
    bool armed_ = false;
    bool ended_ = false;
    bool halted_ = false;
    Clock::duration duration_{0};
    int sending_ = 0;
    LoadEnd end_ = LoadEnd::complete;
    std::string detail_;
};

struct Halt {
    void operator()(LoadRun* run) const { run->halt(); }
};

}  // namespace

std::string_view to_string(LoadEnd end) {
    switch (end) {
        case LoadEnd::complete: return "complete";
        case LoadEnd::enough_refusals: return "refused often enough";
        case LoadEnd::cap: return "cap reached";
        case LoadEnd::control_failed: return "control failed";
        case LoadEnd::unresolved: return "no address";
    }
    return "unknown";
}

std::chrono::nanoseconds LoadResult::schedule_error(double share) const {
    std::vector<std::chrono::nanoseconds> late;
    for (const StreamResult& stream : streams) {
        for (const Sample& sample : stream.samples) {
            late.push_back(sample.sent - sample.scheduled);
        }
    }
    return quantile(late, share);
}

asio::awaitable<LoadResult> run_load(asio::any_io_executor executor, std::vector<Stream> streams, Budget& budget,
                                     LoadOptions options) {
    for (const Stream& stream : streams) {
        std::string problem = co_await stream.client->resolve();
        if (!problem.empty()) {
            LoadResult unresolved;
            unresolved.end = LoadEnd::unresolved;
            unresolved.detail = std::move(problem);
            for (const Stream& named : streams) {
                unresolved.streams.emplace_back().name = named.name;
            }
            co_return unresolved;
        }
    }
    const auto run = std::make_shared<LoadRun>(executor, std::move(streams), budget, options);
    // Also when this coroutine is cancelled or destroyed: connections hold pointers to their stream.
    const std::unique_ptr<LoadRun, Halt> halt(run.get());
    run->start();
    co_await run->wait();
    if (!run->halt()) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    co_return run->take_result();
}

std::string request_bytes(const HttpRequest& request, bool close, std::string_view host) {
    const auto connection = close ? gateproof::Connection::close : gateproof::Connection::keep;
    const auto is_name = [](const auto& header) { return same_ignoring_case(header.first, "user-agent"); };
    if (std::ranges::any_of(request.headers, is_name)) {
        return wire(request, connection, host);
    }
    HttpRequest named = request;
    named.headers.emplace(named.headers.begin(), "User-Agent", "gateproof");
    return wire(named, connection, host);
}

}  // namespace gateproof::load
