#include "client/faults/table.hpp"

namespace gateproof::client {

std::span<const Fault> faults() {
    return all_faults;
}

const Fault* find_fault(std::string_view name) {
    const auto* const found = std::ranges::find(all_faults, name, &Fault::name);
    return found == all_faults.end() ? nullptr : found;
}

}  // namespace gateproof::client
