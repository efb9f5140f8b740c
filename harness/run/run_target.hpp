// What a run judges, as the scheduler has it: an endpoint, or client software.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "harness/journal/record.hpp"
#include "harness/journal/redact.hpp"
#include "harness/run/check_run.hpp"
#include "harness/run/quiet_waits.hpp"

namespace gateproof {

class RunTarget {
public:
    RunTarget() = default;
    virtual ~RunTarget() = default;
    RunTarget(const RunTarget&) = delete;
    RunTarget& operator=(const RunTarget&) = delete;

    /// One check of it; `planned` outlives that.
    virtual std::unique_ptr<CheckRun> begin(const PlannedCheck& planned, std::uint64_t seed) = 0;
    /// Ends what its checks share and what is in flight: the run is over.
    virtual void cancel() = 0;
    [[nodiscard]] QuietWaits& quiet_waits() { return quiet_waits_; }
    /// Who is told, once, that nothing of it can be judged. `blind`: nor is there anything to see for checks that need
    /// no control.
    using Hopeless = std::function<void(const CutOff& why, bool blind)>;
    void on_hopeless(Hopeless told) { hopeless_ = std::move(told); }

protected:
    void give_up(const CutOff& why, bool blind) { hopeless_(why, blind); }

private:
    QuietWaits quiet_waits_;
    Hopeless hopeless_ = [](const CutOff&, bool) {};
};

/// Makes the target of a profile whose side is the client's; profile and redactor outlive it.
using ClientTargetFactory = std::function<std::unique_ptr<RunTarget>(const boost::asio::any_io_executor& executor,
                                                                     const Profile& profile, Redactor& redactor)>;

}  // namespace gateproof
