#include "reports/view/details.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/journal/codec.hpp"

namespace gateproof::reports {
namespace {

constexpr std::array<std::string_view, 4> names{"Organisation", "Product", "Tested by", "Valid until"};

std::array<std::string, names.size()> values_of(const RecordDetails& details) {
    const bool both = !details.product.empty() && !details.version.empty();
    return {details.organisation, details.product + (both ? " " : "") + details.version, details.tester,
            details.valid_until ? iso_day(*details.valid_until) : std::string()};
}

/// "A" where every target says so, otherwise "A (cloud, desktop), B (mock)".
std::string value_of(const RunRecord& run, std::size_t index) {
    constexpr std::size_t most_values = 10;
    constexpr std::size_t most_names = 5;
    std::vector<std::pair<std::string, std::vector<std::string>>> by_value;
    for (const TargetRecord& target : run.targets) {
        std::string value = values_of(target.details).at(index);
        const auto found = std::ranges::find_if(by_value, [&](const auto& one) { return one.first == value; });
        if (found == by_value.end()) {
            by_value.push_back({std::move(value), {target.name}});
        } else {
            found->second.push_back(target.name);
        }
    }
    if (by_value.size() <= 1) {
        return by_value.empty() ? std::string() : by_value.front().first;
    }
    std::string text;
    std::size_t told = 0;
    for (const auto& [value, targets] : by_value) {
        if (value.empty()) {
            continue;
        }
        if (++told > most_values) {
            return text + " and others";
        }
        text += (text.empty() ? "" : ", ") + value + " (";
        for (std::size_t i = 0; i < std::min(targets.size(), most_names); ++i) {
            text += (i == 0 ? "" : ", ") + targets[i];
        }
        text += targets.size() > most_names ? fmt::format(" and {} more)", targets.size() - most_names) : ")";
    }
    return text;
}

}  // namespace

std::vector<Detail> details_of(const RunRecord& run) {
    std::vector<Detail> details;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (std::string value = value_of(run, i); !value.empty()) {
            details.push_back({names.at(i), std::move(value)});
        }
    }
    return details;
}

std::vector<Detail> details_of(const TargetRecord& target) {
    std::vector<Detail> details;
    std::array<std::string, names.size()> values = values_of(target.details);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!values.at(i).empty()) {
            details.push_back({names.at(i), std::move(values.at(i))});
        }
    }
    return details;
}

}  // namespace gateproof::reports
