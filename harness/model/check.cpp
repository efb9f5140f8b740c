#include "harness/model/check.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "harness/model/name_table.hpp"

namespace gateproof {
namespace {

constexpr std::array levels_of_intrusion{
    Named<Intrusiveness>{Intrusiveness::passive, "passive"},
    Named<Intrusiveness>{Intrusiveness::active, "active"},
    Named<Intrusiveness>{Intrusiveness::load, "load"},
};

}  // namespace

std::string_view to_string(Intrusiveness intrusiveness) {
    return name_in(levels_of_intrusion, intrusiveness);
}

std::vector<Check> checks(const CheckFamily& family, std::vector<CheckRow> rows) {
    const auto own = [](auto& row, const auto& common) { return row.empty() ? common : std::move(row); };
    std::vector<Check> made;
    for (CheckRow& row : rows) {
        Check check;
        check.id = row.id;
        check.title = row.title;
        check.requirements = own(row.requirements, family.requirements);
        check.explain = row.explain;
        check.run = std::move(row.run);
        check.intrusiveness = row.intrusiveness.value_or(family.intrusiveness);
        check.control = row.control.value_or(family.control);
        check.channels = own(row.channels, family.channels);
        check.environments = own(row.environments, family.environments);
        check.needs = family.needs;
        std::ranges::move(row.needs, std::back_inserter(check.needs));
        check.resource = row.resource.empty() ? family.resource : row.resource;
        check.deadline = row.deadline ? row.deadline : family.deadline;
        check.cases = std::move(row.cases);
        check.sends = row.sends ? row.sends : family.sends;
        check.judges_hellos_alone = row.judges_hellos_alone || family.judges_hellos_alone;
        made.push_back(std::move(check));
    }
    return made;
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
