#include "reports/view/evidence_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/view/text.hpp"

namespace gateproof::reports {
namespace {

/// Quoted when it would not read as one word.
std::string word(const std::string& text) {
    std::string shown = printable(text);
    const bool plain = !shown.empty() && shown.find_first_of(" \"=") == std::string::npos;
    if (plain) {
        return shown;
    }
    std::string quoted = "\"";
    for (const char c : shown) {
        quoted += c == '"' ? "\\\"" : std::string(1, c);
    }
    return quoted + '"';
}

std::string value_text(const FieldValue& value) {
    struct {
        std::string operator()(const std::string& text) const { return word(text); }
        std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
        std::string operator()(double number) const { return fmt::format("{:g}", number); }
        std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    } show;
    return std::visit(show, value);
}

}  // namespace

std::vector<std::string> evidence_lines(const CheckResult& result) {
    std::vector<std::string> lines;
    lines.reserve(result.evidence.size() + 1);
    for (const Observation& observation : result.evidence) {
        // Both cut to what a journal keeps: a report made from the journal says the same to the digit.
        const auto after = std::chrono::floor<std::chrono::milliseconds>(observation.at) -
                           std::chrono::floor<std::chrono::milliseconds>(result.started);
        const auto millis = std::max<std::int64_t>(0, after.count());
        std::string line = fmt::format("+{}.{:03} {}", millis / 1000, millis % 1000, printable(observation.kind));
        for (const auto& [name, value] : observation.fields) {
            line += fmt::format(" {}={}", printable(name), value_text(value));
        }
        lines.push_back(std::move(line));
    }
    if (result.observations_dropped > 0) {
        lines.push_back(fmt::format("... and {} more observations that were not kept", result.observations_dropped));
    }
    return lines;
}

std::string judging_reading(const TargetRecord& target, const std::string& requirement) {
    const auto found = target.readings.find(requirement);
    if (found == target.readings.end()) {
        return {};
    }
    return found->second == "profile" ? "what the profile says" : found->second;
}

std::string requirement_line(const RunRecord& run, const std::string& id, const std::string& target) {
    const auto found = run.requirements.find(id);
    if (found == run.requirements.end()) {
        return printable(id);
    }
    const RequirementRecord& requirement = found->second;
    std::string line =
        fmt::format("{} ({}): {}", printable(id), to_string(requirement.level), printable(requirement.sentence));
    if (!line.ends_with('.')) {
        line += '.';
    }
    line += " Source: " + printable(requirement.source);
    for (const ReadingRecord& reading : requirement.readings) {
        line += fmt::format(". {}: {} Source: {}", printable(reading.name), printable(reading.sentence),
                            printable(reading.source));
    }
    const auto judged = std::ranges::find(run.targets, target, &TargetRecord::name);
    const std::string by = judged == run.targets.end() ? std::string() : judging_reading(*judged, id);
    return by.empty() ? line : fmt::format("{}. Judged by: {}", line, printable(by));
}

}  // namespace gateproof::reports
