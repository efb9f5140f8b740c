// gateproof list: suites and checks, the requirement matrix, the faults of the embedded gateway.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/output.hpp"
#include "app/requirements_list.hpp"
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
  gateproof list --faults          what --fault can break, and which checks must notice
  gateproof list --json            any of these for programs)";

struct ListCommand {
    bool requirements = false;
    bool faults = false;
    bool json = false;
    bool markdown = false;

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

void print_faults() {
    for (const gateway::Fault& fault : gateway::faults()) {
        say(stdout, "{}: {}\n  breaks {}; noticed by {}\n", fault.name, fault.title,
            fmt::join(fault.requirements, ", "), fmt::join(fault.caught_by, ", "));
    }
}

Json faults_json() {
    Json rows = Json::array();
    for (const gateway::Fault& fault : gateway::faults()) {
        rows.push_back({{"name", fault.name},
                        {"title", fault.title},
                        {"requirements", fault.requirements},
                        {"caught_by", fault.caught_by}});
    }
    return rows;
}

int ListCommand::execute() const {
    const Catalogue& catalogue = suites::catalogue();
    if (json) {
        const Json answer = requirements ? requirements_json(catalogue)
                            : faults     ? faults_json()
                                         : checks_json(catalogue);
        say(stdout, "{}\n", answer.dump(2));
    } else if (markdown) {
        put(stdout, selfproof::fault_table());
    } else if (requirements) {
        put(stdout, requirements_text(catalogue));
    } else if (faults) {
        print_faults();
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
    CLI::Option* faults = app->add_flag("--faults", command->faults, "What --fault can break in the embedded gateway")
                              ->excludes(requirements);
    CLI::Option* json = app->add_flag("--json", command->json, "As JSON");
    app->add_flag("--markdown", command->markdown, "The faults as a Markdown table")->needs(faults)->excludes(json);
    app->footer(list_footer);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
