#include "gateway/faults/fault_set.hpp"

#include <algorithm>
#include <stdexcept>

namespace gateproof::gateway {

FaultSet::FaultSet(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const Fault* const fault = find_fault(name);
        if (fault == nullptr) {
            throw std::invalid_argument("unknown fault \"" + name + "\"");
        }
        active_.push_back(fault);
    }
}

bool FaultSet::has(FaultName name) const {
    return std::ranges::find(active_, name.text(), &Fault::name) != active_.end();
}

}  // namespace gateproof::gateway
