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

bool FaultSet::has(std::string_view name) const {
    const Fault* const fault = find_fault(name);
    if (fault == nullptr) {
        throw std::logic_error("no fault is called \"" + std::string(name) + "\"");
    }
    return std::find(active_.begin(), active_.end(), fault) != active_.end();
}

}  // namespace gateproof::gateway
