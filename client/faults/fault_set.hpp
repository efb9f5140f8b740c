// The faults that one client has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/faults/table.hpp"

namespace gateproof::client {

class FaultSet {
public:
    FaultSet() = default;
    /// Throws std::invalid_argument for a name that is not in faults().
    explicit FaultSet(const std::vector<std::string>& names);

    [[nodiscard]] bool has(FaultName name) const;
    /// The role of the identity that one of them shows; empty: the client's own.
    [[nodiscard]] std::string_view needed_identity() const;
    [[nodiscard]] bool empty() const { return active_.empty(); }

private:
    std::vector<const Fault*> active_;
};

}  // namespace gateproof::client
