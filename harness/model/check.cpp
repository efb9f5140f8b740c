#include "harness/model/check.hpp"

#include <algorithm>

namespace gateproof {

std::string_view to_string(Intrusiveness intrusiveness) {
    switch (intrusiveness) {
        case Intrusiveness::passive: return "passive";
        case Intrusiveness::active: return "active";
        case Intrusiveness::load: return "load";
    }
    return "unknown";
}

const Requirement* Catalogue::requirement(std::string_view id) const {
    const auto found = std::ranges::find(requirements, id, &Requirement::id);
    return found == requirements.end() ? nullptr : &*found;
}

const Check* Catalogue::check(std::string_view id) const {
    for (const Suite& suite : suites) {
        const auto found = std::ranges::find(suite.checks, id, &Check::id);
        if (found != suite.checks.end()) {
            return &*found;
        }
    }
    return nullptr;
}

}  // namespace gateproof
