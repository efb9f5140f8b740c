// Rows of test report templates. An id stands in a template as it was printed, so that two rows may have one, and none
// of them need be a name that reports can file a case by.
#include "harness/profile/read/scenario_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "harness/profile/read/permission_case.hpp"

namespace gateproof {
namespace {

using Rank = Problems::Rank;

std::string read_words(const JsonField& field, Problems& problems, std::string_view expected) {
    return field ? read_filled_text(field, problems, expected) : std::string();
}

/// The row `id` of the template `table` is filed as a case by this: lower case, and '-' for whatever is neither letter
/// nor digit.
std::string case_name_of(const std::string& table, std::string_view key) {
    std::string name = table + '-';
    for (const char c : key) {
        const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const bool fits = (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9');
        if (fits || name.back() != '-') {
            name += fits ? low : '-';
        }
    }
    while (name.ends_with('-')) {
        name.pop_back();
    }
    return name;
}

class TableReader {
public:
    TableReader(Problems& problems, TemplatesOf owner, const ReadAsk& read_ask)
        : problems_(problems), owner_(owner), read_ask_(read_ask) {}

    ScenarioTable read(const JsonField& field) {
        ScenarioTable table;
        ObjectReader reader(field, problems_, "an object that describes a test report template");
        const JsonField name = reader.required("name", "a short name of the template");
        const JsonField title = reader.required("title", "the template in words");
        const JsonField source = reader.optional("source");
        const JsonField columns = reader.required("columns", "its headings, each with what the column holds");
        const JsonField rows = reader.required("rows", "its scenarios");
        const JsonField environments = owner_ == TemplatesOf::preset ? reader.optional("environments") : JsonField{};
        reader.finish();
        if (environments) {
            for (const JsonField& word : read_list(environments, problems_, "a list of environments")) {
                read_choice(word, problems_, {"embedded", "sandbox", "mock", "test"});
            }
        }
        table.name = read_text(name, problems_, "a short name").value_or("");
        if (!table.name.empty() && !is_case_name(table.name)) {
            problems_.error(
                Rank::value, name,
                fmt::format("{} is no name; expected lower-case letters, digits and '-'", in_quotes(table.name)));
        } else if (!table.name.empty() && !tables_.insert(table.name).second) {
            problems_.error(Rank::value, name, fmt::format("another template is called {} too", in_quotes(table.name)));
        }
        table.title = read_words(title, problems_, "the template in words");
        table.source = read_words(source, problems_, "the published document, with its date");
        read_columns(columns, table);
        if (rows) {
            for (const JsonField& row : read_list(rows, problems_, "a list of scenarios")) {
                read_row(row, table);
            }
        }
        ++number_;
        return table;
    }

private:
    void read_columns(const JsonField& field, ScenarioTable& table) {
        if (!field) {
            return;
        }
        ObjectReader headings(field, problems_, "an object of headings");
        const std::vector<std::string> words(std::begin(scenario_contents), std::end(scenario_contents));
        for (const JsonField& heading : headings.members()) {
            table.columns.emplace_back(heading.node->key, read_choice(heading, problems_, words).value_or(""));
        }
        headings.finish();
    }

    void read_row(const JsonField& field, ScenarioTable& table) {
        ScenarioRow row;
        ObjectReader reader(field, problems_, "an object that describes a scenario");
        const JsonField id = reader.required("id", "the scenario's id, as the template prints it");
        const JsonField operation = reader.optional("operation");
        const JsonField method = reader.optional("method");
        const JsonField description = reader.required("description", "what is tried, in your words");
        const JsonField type = reader.optional("type");
        const JsonField access = reader.optional("access");
        const JsonField expected = reader.optional("expected");
        const JsonField applicable = reader.optional("applicable");
        const JsonField exclusion = reader.optional("exclusion");
        const JsonField ask = reader.optional("ask");
        reader.finish();
        row.id = read_words(id, problems_, "the scenario's id");
        const auto before = std::ranges::count(table.rows, row.id, &ScenarioRow::id);
        row.key = before == 0 ? row.id : fmt::format("{}#{}", row.id, before + 1);
        row.operation = read_words(operation, problems_, "the operation as the template names it");
        row.method = read_words(method, problems_, "a method of HTTP");
        row.description = read_words(description, problems_, "what is tried, in your words");
        row.type = read_choice(type, problems_, {"Success", "Failure", "Error"}).value_or("");
        row.access = read_words(access, problems_, "who asks, as the template has it");
        row.expected = read_words(expected, problems_, "what is expected");
        row.applicable = read_bool(applicable, problems_).value_or(true);
        row.exclusion = read_words(exclusion, problems_, "why it is not applicable");
        if (reader.usable() && row.applicable == static_cast<bool>(exclusion)) {
            problems_.error(Rank::value, field,
                            "a scenario that is not applicable says why, and no other does: expected \"exclusion\" "
                            "beside \"applicable\": false");
        }
        if (ask) {
            row.case_name = case_name_of(table.name, row.key);
            if (!table.name.empty() && !row.id.empty() &&
                (!is_case_name(row.case_name) || !cases_.insert(row.case_name).second)) {
                problems_.error(
                    Rank::value, id,
                    fmt::format("this row would be filed as the case {}, which is {}", in_quotes(row.case_name),
                                is_case_name(row.case_name) ? "another row's" : "longer than 63 bytes"));
            }
            read_ask_(ask, number_, row);
        }
        table.rows.push_back(std::move(row));
    }

    Problems& problems_;
    TemplatesOf owner_;
    const ReadAsk& read_ask_;
    std::size_t number_ = 0;
    std::set<std::string> tables_;
    std::set<std::string> cases_;
};

}  // namespace

std::vector<ScenarioTable> read_scenario_tables(const JsonField& field, Problems& problems, TemplatesOf owner,
                                                const ReadAsk& read_ask) {
    std::vector<ScenarioTable> all;
    if (!field) {
        return all;
    }
    TableReader reader(problems, owner, read_ask);
    for (const JsonField& item : read_list(field, problems, "a list of test report templates")) {
        all.push_back(reader.read(item));
    }
    return all;
}

}  // namespace gateproof
