#include "gateway/faults.hpp"

namespace gateproof::gateway {

std::vector<Fault> timing_faults() {
    return {};
}

}  // namespace gateproof::gateway
