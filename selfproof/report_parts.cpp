#include "selfproof/report_parts.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "reports/view/text.hpp"

namespace gateproof::selfproof {

std::string lines_of(bool proved, std::string_view name, const std::string& words, const Noticed& noticed) {
    std::string out = fmt::format("{:<9} {:<34} {}\n", proved ? "proved" : "NOT", name, words);
    for (const std::string& id : noticed.missed) {
        out += fmt::format("          missed by {}\n", id);
    }
    for (const std::string& change : noticed.disturbed) {
        out += fmt::format("          disturbed: {}\n", reports::printable(change));
    }
    return out;
}

void add_noticed(nlohmann::ordered_json& out, const Noticed& noticed, const std::vector<Cell>& cells) {
    out["caught"] = noticed.caught;
    out["missed"] = noticed.missed;
    out["disturbed"] = noticed.disturbed;
    nlohmann::ordered_json outcomes = nlohmann::ordered_json::object();
    for (const Cell& cell : cells) {
        const std::string id = cell.case_name.empty() ? cell.check : cell.check + '[' + cell.case_name + ']';
        outcomes[cell.target][id] = to_string(cell.outcome);
    }
    out["outcomes"] = std::move(outcomes);
}

double in_seconds(std::chrono::milliseconds time) {
    return static_cast<double>(time.count()) / 1000;
}

}  // namespace gateproof::selfproof
