// gateproof list: suites and checks, the requirement matrix, the faults of the embedded gateway and client.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/output.hpp"
#include "app/requirements_list.hpp"
#include "client/faults/table.hpp"
#include "gateway/faults/table.hpp"
#include "selfproof/report.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* list_footer = R"(Examples:
  gateproof list                   every suite and check
  gateproof list --requirements    each requirement, its sources with their dates, the checks that prove it and the facts
                                   behind it; then each published fact, and which of them no check looks at, and why
  gateproof list --side client     those of client software alone
  gateproof list --faults          what --fault can break, and which checks must notice
  gateproof list --json            any of these for programs)";

struct ListCommand {
    bool requirements = false;
    bool faults = false;
    bool json = false;
    bool markdown = false;
    std::string side;  ///< "gateway" or "client"; empty: both

    [[nodiscard]] bool shows(Side one) const { return side.empty() || side == to_string(one); }
    /// Checks and requirements of the side that is asked for.
    [[nodiscard]] Catalogue chosen() const;
    int execute() const;
};

std::vector<std::string_view> names_of(const auto& values) {
    std::vector<std::string_view> names;
    std::ranges::transform(values, std::back_inserter(names), [](auto value) { return to_string(value); });
    return names;
}

std::vector<std::string_view> requirements_of(const Check& check) {
    std::vector<std::string_view> ids;
    std::ranges::transform(check.requirements, std::back_inserter(ids), &Bearing::requirement);
    return ids;
}

void print_checks(const Catalogue& catalogue) {
    for (const Suite& suite : catalogue.suites) {
        say(stdout, "{}: {}\n", suite.id, suite.title);
        for (const Check& check : suite.checks) {
            const std::string channels =
                check.channels.empty() ? "" : fmt::format(", {} only", fmt::join(names_of(check.channels), " and "));
            say(stdout, "  {:<34}  {} ({}{}; {})\n", check.id, check.title, to_string(check.intrusiveness), channels,
                fmt::join(requirements_of(check), ", "));
        }
    }
}

Json checks_json(const Catalogue& catalogue) {
    Json suites = Json::array();
    for (const Suite& suite : catalogue.suites) {
        Json checks = Json::array();
        for (const Check& check : suite.checks) {
            checks.push_back({{"id", check.id},
                              {"title", check.title},
                              {"side", to_string(check.side())},
                              {"since", catalogue.since(check)},
                              {"requirements", requirements_of(check)},
                              {"intrusiveness", to_string(check.intrusiveness)},
                              {"channels", names_of(check.channels)},
                              {"environments", names_of(check.environments)}});
        }
        suites.push_back({{"id", suite.id}, {"title", suite.title}, {"checks", checks}});
    }
    return suites;
}

/// A fault of either side, as the list shows it.
struct FaultRow {
    Side side;
    std::string_view name;
    std::string_view title;
    std::vector<std::string_view> requirements;
    std::vector<std::string_view> caught_by;  ///< checks that exist
};

/// Of a text with a blank between its words, those that the catalogue has a check of.
std::vector<std::string_view> checks_in(std::string_view text, const Catalogue& catalogue) {
    std::vector<std::string_view> ids;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        if (catalogue.check(word) != nullptr) {
            ids.push_back(word);
        }
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    return ids;
}

std::vector<FaultRow> fault_rows(const ListCommand& asked, const Catalogue& catalogue) {
    std::vector<FaultRow> rows;
    if (asked.shows(Side::gateway)) {
        for (const gateway::Fault& fault : gateway::faults()) {
            rows.push_back({Side::gateway,
                            fault.name,
                            fault.title,
                            {fault.requirements.begin(), fault.requirements.end()},
                            {fault.caught_by.begin(), fault.caught_by.end()}});
        }
    }
    if (asked.shows(Side::client)) {
        for (const client::Fault& fault : client::faults()) {
            rows.push_back(
                {Side::client, fault.name, fault.title, {fault.requirements}, checks_in(fault.caught_by, catalogue)});
        }
    }
    return rows;
}

void print_faults(const std::vector<FaultRow>& rows) {
    for (const FaultRow& row : rows) {
        say(stdout, "{}: {}\n  breaks {}; noticed by {}\n", row.name, row.title, fmt::join(row.requirements, ", "),
            row.caught_by.empty() ? "no check yet" : fmt::format("{}", fmt::join(row.caught_by, ", ")));
    }
}

Json faults_json(const std::vector<FaultRow>& rows) {
    Json out = Json::array();
    for (const FaultRow& row : rows) {
        out.push_back({{"name", row.name},
                       {"side", to_string(row.side)},
                       {"title", row.title},
                       {"requirements", row.requirements},
                       {"caught_by", row.caught_by}});
    }
    return out;
}

Catalogue ListCommand::chosen() const {
    Catalogue all = suites::catalogue();
    std::erase_if(all.requirements, [this](const Requirement& requirement) { return !shows(requirement.side); });
    std::erase_if(all.suites, [this](const Suite& suite) { return !shows(suite.checks.front().side()); });
    return all;
}

int ListCommand::execute() const {
    const Catalogue catalogue = chosen();
    if (json) {
        const Json answer = requirements ? requirements_json(catalogue)
                            : faults     ? faults_json(fault_rows(*this, catalogue))
                                         : checks_json(catalogue);
        say(stdout, "{}\n", answer.dump(2));
    } else if (markdown) {
        put(stdout, selfproof::fault_table());
    } else if (requirements) {
        put(stdout, requirements_text(catalogue));
    } else if (faults) {
        print_faults(fault_rows(*this, catalogue));
    } else {
        print_checks(catalogue);
    }
    return 0;
}

}  // namespace

Command add_list(CLI::App& root) {
    CLI::App* app = root.add_subcommand("list", "List suites and checks, requirements, or faults");
    const auto command = std::make_shared<ListCommand>();
    CLI::Option* requirements =
        app->add_flag("--requirements", command->requirements,
                      "Requirements, their sources and checks; published facts and how each is honoured");
    CLI::Option* faults =
        app->add_flag("--faults", command->faults, "What --fault can break in the embedded gateway and client")
            ->excludes(requirements);
    CLI::Option* json = app->add_flag("--json", command->json, "As JSON");
    app->add_flag("--markdown", command->markdown, "The faults as a Markdown table")->needs(faults)->excludes(json);
    app->add_option("--side", command->side, "Of gateways alone, or of client software alone")
        ->check(CLI::IsMember({"gateway", "client"}))
        ->type_name("gateway,client");
    app->footer(list_footer);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
