// What a run was asked to judge: plain data.
#pragma once

#include <string>
#include <vector>

namespace gateproof {

/// What the user asked for. Patterns are globs ('*' and '?') over suite and check ids.
struct Selection {
    std::vector<std::string> suites;  ///< empty: all
    /// Empty: all; "tls.refuses-*", a suite's name, or one case of a check: "permission.outcome[other-customer]".
    std::vector<std::string> checks;
    std::vector<std::string> excludes;
    bool allow_active = false;  ///< --allow active: production runs active checks if its profile agrees too
    bool allow_load = false;    ///< --allow load
    /// --requirements: the version of the catalogue that judges; empty: every check that there is.
    std::string requirements = {};

    bool operator==(const Selection&) const = default;
};

}  // namespace gateproof
