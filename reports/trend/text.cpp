#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/journal/codec.hpp"
#include "harness/text/log_commands.hpp"
#include "reports/trend/trend.hpp"
#include "reports/view/text.hpp"

namespace gateproof::reports {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t shown_runs = 60;

char sign_of(const std::optional<Outcome>& outcome) {
    if (!outcome) {
        return ' ';
    }
    switch (*outcome) {
        case Outcome::pass: return '.';
        case Outcome::warning: return 'w';
        case Outcome::skipped: return '-';
        case Outcome::inconclusive: return '?';
        case Outcome::error: return 'E';
        case Outcome::fail: return 'F';
    }
    return ' ';
}

char sign_of(const std::optional<RequirementStatus>& status) {
    if (status == RequirementStatus::partly_judged) {
        return 'p';
    }
    if (status == RequirementStatus::not_tested || status == RequirementStatus::not_applicable) {
        return status == RequirementStatus::not_tested ? 'n' : '-';
    }
    return sign_of(status ? outcome_of(*status) : std::nullopt);
}

/// The newest runs, a character each.
template <class Line>
std::string signs(const Line& line) {
    std::string text;
    for (std::size_t i = line.size() - std::min(line.size(), shown_runs); i < line.size(); ++i) {
        text += sign_of(line[i]);
    }
    return text;
}

template <class Line>
std::string_view newest(const Line& line) {
    for (auto entry = line.rbegin(); entry != line.rend(); ++entry) {
        if (*entry) {
            return to_string(**entry);
        }
    }
    return "unknown";
}

std::string shown(std::string_view text) {
    return printable(text, Lines::one, 100);
}

template <class Line>
Json line_of(const Line& line) {
    Json json = Json::array();
    for (const auto& entry : line) {
        json.push_back(entry ? Json(to_string(*entry)) : Json(nullptr));
    }
    return json;
}

std::string painted(std::string_view text, std::string_view colour, const ConsoleStyle& style) {
    return style.colour ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : std::string(text);
}

}  // namespace

std::string trend_text(const Trend& trend, const ConsoleStyle& style) {
    std::string text;
    if (trend.runs.empty()) {
        return "no runs\n";
    }
    text += fmt::format("{} runs, {} to {}\n", trend.runs.size(), iso_time(trend.runs.front().started),
                        iso_time(trend.runs.back().started));
    text +=
        "oldest to newest: . pass  w warning  F fail  ? inconclusive  E error  p partly judged  n not tested  - not applicable\n";
    std::string target;
    for (const RequirementTrend& line : trend.requirements) {
        if (line.target != target) {
            target = line.target;
            text += fmt::format("\n{}\n", painted(shown(target), "1", style));
        }
        text += fmt::format("  {:<28} {}  {} since {}\n", shown(line.requirement), signs(line.statuses),
                            newest(line.statuses), iso_time(trend.runs[line.since()].started).substr(0, 10));
    }
    if (const std::size_t again = trend.runs.back().judged_again; again > 0) {
        text += fmt::format("\n{} check{} of the newest run {} judged again; the latest attempt counts\n", again,
                            again == 1 ? "" : "s", again == 1 ? "was" : "were");
    }
    text += trend.flaky.empty() ? "\nno flaky checks\n" : "\nflaky checks\n";
    for (const FlakyCheck& flaky : trend.flaky) {
        text += fmt::format("  {} {}: {} changes, retried in {} of {} runs, now {}\n  {:<28} {}\n", shown(flaky.target),
                            shown(flaky.id), flaky.changes, flaky.retried, trend.runs.size(), newest(flaky.outcomes),
                            "", signs(flaky.outcomes));
    }
    return text;
}

std::string trend_json(const Trend& trend) {
    Json json = Json::object();
    json["schema"] = 1;
    Json& runs = json["runs"] = Json::array();
    for (const TrendRun& run : trend.runs) {
        Json row = Json::object();
        row["started"] = iso_time(run.started);
        row["version"] = run.tool_version;
        row["end_reason"] = to_string(run.end_reason);
        Json& counts = row["counts"] = Json::object();
        for (const auto& [outcome, count] : run.counts) {
            counts[std::string(to_string(outcome))] = count;
        }
        if (run.not_selected > 0) {
            counts["not_selected"] = run.not_selected;
        }
        if (run.judged_again > 0) {
            row["judged_again"] = run.judged_again;
        }
        runs.push_back(std::move(row));
    }
    Json& requirements = json["requirements"] = Json::array();
    for (const RequirementTrend& line : trend.requirements) {
        Json row = Json::object();
        row["target"] = line.target;
        row["requirement"] = line.requirement;
        row["statuses"] = line_of(line.statuses);
        row["since"] = iso_time(trend.runs[line.since()].started);
        requirements.push_back(std::move(row));
    }
    Json& flaky = json["flaky"] = Json::array();
    for (const FlakyCheck& check : trend.flaky) {
        Json row = Json::object();
        row["target"] = check.target;
        row["check"] = check.id;
        row["changes"] = check.changes;
        row["retried"] = check.retried;
        row["outcomes"] = line_of(check.outcomes);
        flaky.push_back(std::move(row));
    }
    return json_without_log_commands(json.dump(2, ' ', true, Json::error_handler_t::replace)) + '\n';
}

}  // namespace gateproof::reports
