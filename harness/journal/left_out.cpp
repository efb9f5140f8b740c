#include "harness/journal/left_out.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gateproof {

void LeftOutChecks::add(const LeftOutCheck& check, const std::string& target) {
    std::string key =
        fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", check.id, check.case_name, check.title, check.suite,
                    check.scenario ? to_string(*check.scenario) : "", check.by, check.excluded, check.newer_than,
                    check.skipped_anyway, to_string(check.skip), fmt::join(check.requirements, "\n"));
    const auto [place, fresh] = index_.try_emplace(std::move(key), all_.size());
    if (fresh) {
        all_.push_back(check);
        all_.back().targets.clear();
    }
    all_[place->second].targets.push_back(target);
}

}  // namespace gateproof
