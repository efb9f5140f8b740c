#include "suites/gateway/rotation/baseline.hpp"

#include <algorithm>
#include <variant>

namespace gateproof::suites {

std::string name_in(const RunRecord& earlier) {
    for (const CheckRecord& check : earlier.checks) {
        if (!check.result || check.id != "rotation.same-identity") {
            continue;
        }
        for (const Observation& observation : check.result->evidence) {
            const auto field = std::ranges::find(observation.fields, rotation_identity::named,
                                                 [](const auto& one) { return std::string_view(one.first); });
            if (observation.kind == rotation_identity::kind && field != observation.fields.end()) {
                const auto* const name = std::get_if<std::string>(&field->second);
                return name == nullptr || *name == rotation_identity::nobody ? "" : *name;
            }
        }
    }
    return "";
}

}  // namespace gateproof::suites
