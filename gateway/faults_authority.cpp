#include "gateway/faults.hpp"

namespace gateproof::gateway {

std::vector<Fault> authority_faults() {
    return {};
}

}  // namespace gateproof::gateway
