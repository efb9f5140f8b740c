#include "harness/profile/scenarios.hpp"

#include <cstddef>
#include <utility>

namespace gateproof {

bool ScenarioCall::of_user() const {
    return subject != nobody && subject != invalid && subject != expired && subject != "m2m" &&
           subject != "certificate" && subject != "tds";
}

std::vector<ScenarioCall> ScenarioCall::requests() const {
    std::vector<ScenarioCall> all{*this};
    all.front().also.clear();
    for (const Further& one : also) {
        ScenarioCall next = all.front();
        next.operation = one.operation;
        next.with = one.with;
        all.push_back(std::move(next));
    }
    return all;
}

const ScenarioCall* Scenarios::find(const std::string& key) const {
    for (std::size_t at = 0; at < calls.size(); ++at) {
        if (table.rows[at].key == key) {
            return calls[at] ? &*calls[at] : nullptr;
        }
    }
    return nullptr;
}

std::vector<AskedRow> asked_rows(const std::vector<Scenarios>& all) {
    std::vector<AskedRow> asked;
    for (const Scenarios& one : all) {
        for (std::size_t at = 0; at < one.calls.size(); ++at) {
            if (one.table.rows[at].applicable && one.calls[at]) {
                asked.push_back({&one, &one.table.rows[at], &*one.calls[at]});
            }
        }
    }
    return asked;
}

}  // namespace gateproof
