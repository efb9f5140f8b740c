#include "client/faults/fault_set.hpp"

#include <algorithm>
#include <stdexcept>

namespace gateproof::client {

FaultSet::FaultSet(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const Fault* const fault = find_fault(name);
        if (fault == nullptr) {
            throw std::invalid_argument("no fault of the client is called \"" + name + "\"");
        }
        active_.push_back(fault);
    }
}

bool FaultSet::has(FaultName name) const {
    return std::ranges::find(active_, name.text(), &Fault::name) != active_.end();
}

std::string_view FaultSet::needed_identity() const {
    const auto found = std::ranges::find_if(active_, [](const Fault* fault) { return !fault->needs.empty(); });
    return found == active_.end() ? std::string_view() : (*found)->needs;
}

}  // namespace gateproof::client
