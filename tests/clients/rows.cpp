#include "tests/clients/rows.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>

namespace gateproof::test {

namespace {

std::vector<std::string> families_of(const nlohmann::json& row) {
    if (row.contains("families")) {
        return row.at("families");
    }
    const std::vector<std::string> arguments = row.value("arguments", std::vector<std::string>());
    return std::ranges::find(arguments, "--check") != arguments.end()
               ? std::vector<std::string>()
               : std::vector<std::string>(judged_families.begin(), judged_families.end());
}

}  // namespace

void PrintTo(const ClientRow& row, std::ostream* out) {
    *out << row.name;
}

const std::vector<ClientRow>& client_rows() {
    static const std::vector<ClientRow> rows = [] {
        using Words = std::vector<std::string>;
        using Pairs = std::map<std::string, std::string>;
        std::ifstream file(GATEPROOF_CLIENTS_TABLE);
        std::vector<ClientRow> read;
        for (const nlohmann::json& row : nlohmann::json::parse(file)) {
            read.push_back({row.at("name"), row.at("client"), row.at("configuration"), row.value("channel", "cloud"),
                            row.value("command", Words()), row.value("document", ""), row.value("act", "read"),
                            row.value("variables", Pairs()), row.value("needs", Pairs()),
                            row.contains("profile") ? row.at("profile").dump() : std::string(), families_of(row),
                            row.value("arguments", Words()), row.at("findings"), row.value("says", Pairs()),
                            row.value("witnesses", Words()), row.value("remark", ""), row.value("init", Words()),
                            row.value("crashes", Words())});
        }
        return read;
    }();
    return rows;
}

std::string finding_for(const ClientRow& row, const std::string& full_id) {
    const std::string id = full_id.substr(0, full_id.find('['));
    std::string longest;
    for (const auto& [key, outcome] : row.findings) {
        const bool begins = key.ends_with('*') && full_id.starts_with(key.substr(0, key.size() - 1));
        if ((key == full_id || key == id || begins) && key.size() > longest.size()) {
            longest = key;
        }
    }
    return longest;
}

}  // namespace gateproof::test
