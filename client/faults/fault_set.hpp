// The faults that one client has.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "client/faults/table.hpp"

namespace gateproof::client {

/// Of one thread: to ask takes a note.
class FaultSet {
public:
    FaultSet() = default;
    /// Throws std::invalid_argument for a name that is not in faults().
    explicit FaultSet(const std::vector<std::string>& names);

    [[nodiscard]] bool has(FaultName name) const;
    /// The role of the identity that one of them shows; empty: the client's own.
    [[nodiscard]] std::string_view needed_identity() const;
    [[nodiscard]] bool empty() const { return active_.none(); }
    /// Names of those that were asked for so far, whether they are there or not. No other one had to do with what the
    /// client did.
    [[nodiscard]] std::vector<std::string_view> asked() const;

private:
    using Marks = std::bitset<all_faults.size()>;
    Marks active_;
    mutable Marks asked_;
};

}  // namespace gateproof::client
