// This machine's clock beside the endpoint's, compared once for all checks of a target that judge by a time.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <functional>
#include <optional>

#include "harness/model/clock.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/clock_judgement.hpp"
#include "harness/run/openings.hpp"
#include "harness/run/politeness.hpp"
#include "harness/run/shared_event.hpp"

namespace gateproof {

/// Reads the Date header over a TLS session of its own whose server nobody verifies: verification needs the very clock
/// that is in question, so nothing secret goes over it. Nothing is believed because of what it says: it only takes
/// back what would be a failure.
class ClockService {
public:
    /// Between two questions to a host that seems to have another time: a clock goes on meanwhile, a stored answer
    /// does not.
    static constexpr std::chrono::milliseconds pause{1000};

    ClockService(boost::asio::any_io_executor executor, const Profile& profile, Openings& openings,
                 Politeness& politeness);

    /// The reading; the first call asks, the others wait for it. Cancellable.
    boost::asio::awaitable<ClockReading> read();
    /// The same, if it is there already.
    [[nodiscard]] const std::optional<ClockReading>& known() const { return reading_; }
    /// Called when the reading is there.
    void on_read(std::function<void(const ClockReading&)> told) { told_ = std::move(told); }
    /// Ends a reading in progress: the run is over.
    void cancel();

private:
    boost::asio::awaitable<void> perform();
    boost::asio::awaitable<DateSource> ask(Endpoint endpoint, std::shared_ptr<const Identity> identity,
                                           std::string path);
    boost::asio::awaitable<DateSample> ask_once(Endpoint endpoint, std::shared_ptr<const Identity> identity,
                                                std::string path);

    boost::asio::any_io_executor executor_;
    const Profile& profile_;
    Openings& openings_;
    Politeness& politeness_;
    std::optional<ClockReading> reading_;
    bool running_ = false;
    SharedEvent ended_;
    std::function<void(const ClockReading&)> told_;
    boost::asio::cancellation_signal cancellation_;
};

}  // namespace gateproof
