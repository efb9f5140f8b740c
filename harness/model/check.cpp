#include "harness/model/check.hpp"

#include <fmt/format.h>

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

std::string_view to_string(Twin twin) {
    switch (twin) {
        case Twin::conforming: return "conforming";
        case Twin::tls_1_2: return "tls-1.2";
        case Twin::tls_1_3: return "tls-1.3";
        case Twin::rsa: return "rsa";
    }
    return {};
}

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
        check.run = std::move(row.run);
        check.intrusiveness = row.intrusiveness.value_or(family.intrusiveness);
        check.control = row.control.value_or(family.control);
        check.channels = own(row.channels, family.channels);
        check.environments = own(row.environments, family.environments);
        check.mock_lacks = row.mock_lacks.empty() ? family.mock_lacks : row.mock_lacks;
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

bool CatalogueVersion::has(std::string_view check) const {
    return std::ranges::find(checks, check) != checks.end();
}

const Document* Catalogue::document(std::string_view id) const {
    const auto found = std::ranges::find(documents, id, &Document::id);
    return found == documents.end() ? nullptr : &*found;
}

const CatalogueVersion* Catalogue::version(std::string_view name) const {
    const auto found = std::ranges::find(versions, name, &CatalogueVersion::name);
    return found == versions.end() ? nullptr : &*found;
}

std::string_view Catalogue::since(const Check& check) const {
    const auto found =
        std::ranges::find_if(versions, [&](const CatalogueVersion& version) { return version.has(check.id); });
    return found == versions.end() ? std::string_view() : found->name;
}

std::string_view Catalogue::since(const Requirement& requirement) const {
    for (const CatalogueVersion& version : versions) {
        for (const Suite& suite : suites) {
            const bool has_one = std::ranges::any_of(suite.checks, [&](const Check& check) {
                return version.has(check.id) && std::ranges::find(check.requirements, requirement.id,
                                                                  &Bearing::requirement) != check.requirements.end();
            });
            if (has_one) {
                return version.name;
            }
        }
    }
    return {};
}

std::string Catalogue::source_of(const Requirement& requirement) const {
    std::string text;
    for (const Source& source : requirement.sources) {
        text += text.empty() ? "" : "; ";
        const Document* const known = document(source.document);
        if (known == nullptr) {
            text += source.document;
        } else {
            text += fmt::format("{} ({}{}{})", known->title.empty() ? known->id : known->title, known->publisher,
                                known->publisher.empty() ? "" : ", ", known->date);
        }
        text += source.clause.empty() ? "" : fmt::format(", {}", source.clause);
    }
    return text;
}

}  // namespace gateproof
