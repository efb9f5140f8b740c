#include "harness/journal/templates.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "harness/journal/members.hpp"
#include "harness/model/scenario_texts.hpp"

namespace gateproof::journal {
Json templates_json(const std::vector<ScenarioTable>& templates) {
    Json all = Json::array();
    for (const ScenarioTable& table : templates) {
        Json json = {{"name", table.name}, {"title", table.title}};
        if (!table.source.empty()) {
            json["source"] = table.source;
        }
        Json& columns = json["columns"] = Json::array();
        for (const auto& [heading, content] : table.columns) {
            columns.push_back({{"heading", heading}, {"holds", content}});
        }
        Json& rows = json["rows"] = Json::array();
        for (const ScenarioRow& row : table.rows) {
            Json& one = rows.emplace_back(Json{{"id", row.id}});
            if (!row.key.empty() && row.key != row.id) {
                one["key"] = row.key;
            }
            if (!row.case_name.empty()) {
                one["case"] = row.case_name;
            }
            for (const auto& [name, text_of] : scenario_texts) {
                if (!(row.*text_of).empty()) {
                    one[std::string(name)] = row.*text_of;
                }
            }
            if (!row.applicable) {
                one["applicable"] = false;
            }
        }
        all.push_back(std::move(json));
    }
    return all;
}

std::vector<ScenarioTable> read_templates(const Json& target) {
    std::vector<ScenarioTable> all;
    for (const Json& json : list(target, "templates")) {
        ScenarioTable& table = all.emplace_back();
        table.name = needed_text(json, "name");
        table.title = text(json, "title");
        table.source = text(json, "source");
        for (const Json& column : list(json, "columns")) {
            table.columns.emplace_back(text(column, "heading"), text(column, "holds"));
        }
        for (const Json& one : list(json, "rows")) {
            ScenarioRow& row = table.rows.emplace_back();
            row.id = needed_text(one, "id");
            row.key = text(one, "key");
            row.key = row.key.empty() ? row.id : row.key;
            row.case_name = text(one, "case");
            for (const auto& [name, text_of] : scenario_texts) {
                row.*text_of = text(one, name.data());
            }
            row.applicable = member(one, "applicable") == nullptr || flag(one, "applicable");
        }
    }
    return all;
}

}  // namespace gateproof::journal
