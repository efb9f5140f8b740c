// Checks that a selection left out, gathered from one target after the other.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "harness/journal/record.hpp"

namespace gateproof {

/// Keeps what is alike but for its targets as one LeftOutCheck.
class LeftOutChecks {
public:
    /// `check` with this target instead of its own; each target once for a check and case.
    void add(const LeftOutCheck& check, const std::string& target);
    /// In the order in which they were met.
    [[nodiscard]] std::vector<LeftOutCheck> take() && { return std::move(all_); }

private:
    std::vector<LeftOutCheck> all_;
    std::map<std::string, std::size_t> index_;
};

}  // namespace gateproof
