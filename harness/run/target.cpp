#include "harness/run/target.hpp"

#include "harness/run/gateway_check_run.hpp"

namespace gateproof {

std::unique_ptr<CheckRun> TargetRun::begin(const PlannedCheck& planned, std::uint64_t seed) {
    return std::make_unique<GatewayCheckRun>(*this, planned, seed);
}

void TargetRun::cancel() {
    controls_.cancel();
    clock_.cancel();
    tokens_.cancel();
}

}  // namespace gateproof
