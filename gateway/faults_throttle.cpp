#include "gateway/faults.hpp"

namespace gateproof::gateway {

std::vector<Fault> throttle_faults() {
    return {};
}

}  // namespace gateproof::gateway
