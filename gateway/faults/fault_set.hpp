// The faults that one gateway runs with.
#pragma once

#include <string>
#include <vector>

#include "gateway/faults/table.hpp"

namespace gateproof::gateway {

class FaultSet {
public:
    FaultSet() = default;
    /// Throws std::invalid_argument for a name that is not in faults().
    explicit FaultSet(const std::vector<std::string>& names);

    /// Whether the fault is on.
    [[nodiscard]] bool has(FaultName name) const;
    /// What is wrong at the second address: all of these, and "accepts-cbc" for "second-address-accepts-cbc".
    [[nodiscard]] FaultSet at_second_address() const;
    [[nodiscard]] bool empty() const { return active_.empty(); }

private:
    std::vector<const Fault*> active_;
};

}  // namespace gateproof::gateway
