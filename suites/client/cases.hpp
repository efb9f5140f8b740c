// Cases of a check that stand in a table of its suite.
#pragma once

#include <string>
#include <vector>

#include "harness/model/check.hpp"

namespace gateproof::suites {

/// A case for each row, which has a `name` and a `title` as a CheckCase has, in the order of the rows.
template <class Rows>
std::vector<CheckCase> cases_from(const Rows& rows) {
    std::vector<CheckCase> cases;
    for (const auto& row : rows) {
        cases.push_back({std::string(row.name), std::string(row.title)});
    }
    return cases;
}

}  // namespace gateproof::suites
