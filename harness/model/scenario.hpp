// Scenarios of a test report template, as rows that are handed in: plain data.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace gateproof {

/// One row, in the words that it is handed in with.
struct ScenarioRow {
    std::string id;           ///< as the template prints it: "GST001", "MOCK-CUST-003"
    std::string key;          ///< the id; of the second row of the same id "Not 26#2": attestations name the row by it
    std::string case_name;    ///< of the case of the check that asks it; empty: somebody fills it in by hand
    std::string operation;    ///< as the template names it
    std::string method;       ///< where the template has a column of its own for it
    std::string description;  ///< in our words
    std::string type;         ///< "Success", "Failure", "Error"; empty: the template has none
    std::string access;       ///< who the template wants to ask, where it has a column for that
    std::string expected;     ///< where the template has a column for it
    bool applicable = true;
    std::string exclusion;  ///< why it is not applicable

    bool operator==(const ScenarioRow&) const = default;
};

/// One template: its columns in their order, each with what it holds, and its rows.
struct ScenarioTable {
    std::string name;                                          ///< [a-z0-9-]+
    std::string title;                                         ///< "GST returns, test environment"
    std::string source;                                        ///< the published document, with its date
    std::vector<std::pair<std::string, std::string>> columns;  ///< heading, and one of scenario_contents
    std::vector<ScenarioRow> rows;

    bool operator==(const ScenarioTable&) const = default;
};

/// The check that asks rows, a case for each.
inline constexpr const char* scenario_check = "scenario.row";

/// What a column may hold.
inline constexpr const char* scenario_contents[] = {"id",        "operation", "method",   "description",
                                                    "type",      "access",    "expected", "applicable",
                                                    "exclusion", "verdict",   "notes"};

}  // namespace gateproof
