#include "client/faults/fault_set.hpp"

#include <algorithm>
#include <stdexcept>

namespace gateproof::client {

FaultSet::FaultSet(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const auto* const fault = std::ranges::find(all_faults, name, &Fault::name);
        if (fault == all_faults.end()) {
            throw std::invalid_argument("no fault of the client is called \"" + name + "\"");
        }
        active_.set(static_cast<std::size_t>(fault - all_faults.begin()));
    }
}

bool FaultSet::has(FaultName name) const {
    asked_.set(name.index());
    return active_.test(name.index());
}

std::string_view FaultSet::needed_identity() const {
    std::string_view role;
    for (std::size_t i = 0; i < all_faults.size(); ++i) {
        if (!all_faults[i].needs.empty()) {
            asked_.set(i);
            role = active_.test(i) && role.empty() ? all_faults[i].needs : role;
        }
    }
    return role;
}

std::vector<std::string_view> FaultSet::asked() const {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < all_faults.size(); ++i) {
        if (asked_.test(i)) {
            names.push_back(all_faults[i].name);
        }
    }
    return names;
}

}  // namespace gateproof::client
