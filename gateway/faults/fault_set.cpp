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

FaultSet FaultSet::at_second_address() const {
    constexpr std::string_view prefix = "second-address-";
    FaultSet there = *this;
    for (const Fault* const fault : active_) {
        if (fault->name.starts_with(prefix)) {
            there.active_.push_back(find_fault(fault->name.substr(prefix.size())));
        }
    }
    return there;
}

}  // namespace gateproof::gateway
