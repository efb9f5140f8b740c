// Whoever comes of his own accord to the scenes of a check, instead of software that is started: to debug against.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <utility>

#include "harness/run/client/parts.hpp"
#include "harness/run/plan.hpp"
#include "harness/stage/place.hpp"

namespace gateproof {

class ClientTarget;

/// Waits for visitors at the places of attempts, all of them at one port. An attempt is over when somebody has come and
/// every connection has ended for a moment.
class Visitors {
public:
    /// `port` 0: the system chooses one. `work`: the folder that {work} is, for all attempts.
    Visitors(std::uint16_t port, std::filesystem::path work) : port_(port), work_(std::move(work)) {}
    Visitors(const Visitors&) = delete;
    Visitors& operator=(const Visitors&) = delete;

    /// Called for each attempt when its place is open, with all that the software is to know.
    std::function<void(const stage::Place& place, const StartValues& values)> on_stage = [](const auto&, const auto&) {
    };
    /// Called for each connection when it has ended.
    std::function<void(const stage::Visit& visit)> on_visit = [](const auto&) {};

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::size_t attempts() const { return attempts_; }
    /// What visitors have been told up to now, these secrets of the attempt that begins included: some read it once and
    /// come again.
    const Secrets& told(const Secrets& minted);
    /// The place outlives what is returned.
    std::unique_ptr<StartedClient> expect(StartValues values, stage::Place& place);

private:
    friend class ExpectedVisitor;
    void tell(const stage::Place& place);

    std::uint16_t port_;
    std::filesystem::path work_;
    std::size_t attempts_ = 0;
    Secrets secrets_;
    std::set<std::uint64_t> told_;  ///< visits of the attempt that is on
};

/// Runs the check for whoever comes, again and again, and tells what each run of it came to; beside no control, which
/// nobody could be asked for. Returns when a run of the check showed nothing; else it goes on until it is cancelled.
boost::asio::awaitable<void> serve_visitors(ClientTarget& target, const PlannedCheck& planned, const Visitors& visitors,
                                            std::function<void(const Verdict& verdict)> judged);

}  // namespace gateproof
