#include "selfproof/report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "reports/view/text.hpp"
#include "selfproof/report_parts.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

using Json = nlohmann::ordered_json;

std::string run_text(std::string_view name, const FaultRun& run) {
    return lines_of(run.proved(), name,
                    run.interrupted ? "interrupted" : fmt::format("{}", fmt::join(run.caught, ", ")), noticed_of(run));
}

Json row_json(const FaultRun& run) {
    Json out = Json::object();
    out["fault"] = run.fault == nullptr ? Json(nullptr) : Json(run.fault->name);
    if (run.fault != nullptr) {
        out["title"] = run.fault->title;
        out["requirements"] = run.fault->requirements;
        out["caught_by"] = run.fault->caught_by;
        out["shown_on"] = shown_on(run.fault->listener);
    }
    out["proved"] = run.proved();
    out["seconds"] = in_seconds(run.took);
    add_noticed(out, noticed_of(run), run.cells);
    return out;
}

Json stage_json(const StageProof& stage) {
    Json out = Json::object();
    out["proved"] = stage.proved();
    out["passed"] = stage.passed();
    out["misplayed"] = stage.misplayed;
    out["left_out"] = Json::array();
    for (const LeftOut& one : left_out_of_stage()) {
        out["left_out"].push_back({{"name", one.name}, {"reason", one.reason}});
    }
    out["outgrown"] = stage.outgrown;
    return out;
}

/// "the stage passes 126 checks of gateways".
std::string stage_words(const StageProof& stage) {
    return fmt::format("the stage {} {} checks of gateways", stage.proved() ? "passes" : "is NOT proved; it passes",
                       stage.passed());
}

std::vector<std::string> stage_problems(const StageProof& stage) {
    std::vector<std::string> all = stage.misplayed;
    all.insert(all.end(), stage.outgrown.begin(), stage.outgrown.end());
    return all;
}

std::string suite_table() {
    std::map<std::string_view, std::set<std::string_view>> faults;
    for (const gateway::Fault& fault : gateway::faults()) {
        for (const std::string_view id : fault.caught_by) {
            faults[id.substr(0, id.find('.'))].insert(fault.name);
        }
    }
    std::string out = "| suite | checks | faults that its checks must notice |\n| --- | --- | --- |\n";
    for (const Suite& suite : suites::catalogue().suites) {
        if (!suite.checks.empty() && suite.checks.front().side() == Side::gateway) {
            out += fmt::format("| {} | {} | {} |\n", suite.id, suite.checks.size(), faults[suite.id].size());
        }
    }
    return out;
}

}  // namespace

std::string_view shown_on(gateway::Listener listener) {
    switch (listener) {
        case gateway::Listener::cloud: return "cloud";
        case gateway::Listener::desktop: return "desktop";
        case gateway::Listener::mock: return "mock";
        case gateway::Listener::both: break;
    }
    return "every channel";
}

std::string text(const Matrix& matrix) {
    std::string out = run_text("(conforming gateway)", matrix.conforming);
    for (const FaultRun& run : matrix.faults) {
        out += run_text(run.fault->name, run);
    }
    for (const std::string& id : matrix.unproved) {
        out += fmt::format("NOT       no fault is for {}\n", id);
    }
    if (matrix.stage) {
        out += fmt::format("{:<9} (stage) {}\n", matrix.stage->proved() ? "proved" : "NOT", stage_words(*matrix.stage));
        for (const std::string& words : stage_problems(*matrix.stage)) {
            out += fmt::format("          {}\n", reports::printable(words));
        }
    }
    return out + fmt::format(
                     "\n{} of {} faults proved; conforming gateway {}{}\n{} judgements of {} gateways in {:.1f} s\n",
                     matrix.proved_faults(), matrix.faults.size(),
                     matrix.conforming.proved() ? "passes" : "DOES NOT PASS", matrix.interrupted ? "; interrupted" : "",
                     matrix.judgements, matrix.runs, in_seconds(matrix.took));
}

std::string json(const Matrix& matrix) {
    Json out = Json::object();
    out["proved"] = matrix.proved();
    out["interrupted"] = matrix.interrupted;
    out["seconds"] = in_seconds(matrix.took);
    out["cpu_seconds"] = in_seconds(matrix.cpu);
    out["gateways"] = matrix.runs;
    out["judgements"] = matrix.judgements;
    out["conforming"] = row_json(matrix.conforming);
    out["faults"] = Json::array();
    for (const FaultRun& run : matrix.faults) {
        out["faults"].push_back(row_json(run));
    }
    out["checks_without_fault"] = matrix.unproved;
    if (matrix.stage) {
        out["stage"] = stage_json(*matrix.stage);
    }
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string fault_table() {
    std::string out =
        "| fault | the gateway then | shown on | breaks | must be noticed by, and by no other check |\n"
        "| --- | --- | --- | --- | --- |\n";
    for (const gateway::Fault& fault : gateway::faults()) {
        out += fmt::format("| `{}` | {} | {} | {} | {} |\n", fault.name, fault.title, shown_on(fault.listener),
                           fmt::join(fault.requirements, ", "), fmt::join(fault.caught_by, ", "));
    }
    return out;
}

std::string markdown(const Matrix& matrix) {
    std::string out = fmt::format(
        "{} of {} faults proved; the conforming gateway {}. {} judgements of {} gateways in {:.1f} s, with {:.1f} s of "
        "processor time for both sides.\n\n",
        matrix.proved_faults(), matrix.faults.size(),
        matrix.conforming.proved() ? "passes every check" : "does NOT pass every check", matrix.judgements, matrix.runs,
        in_seconds(matrix.took), in_seconds(matrix.cpu));
    for (const FaultRun& run : matrix.faults) {
        for (const std::string& id : run.missed) {
            out += fmt::format("- NOT proved: `{}` is missed by {}\n", run.fault->name, id);
        }
        for (const std::string& words : run.disturbed) {
            out += fmt::format("- NOT proved: `{}` disturbs {}\n", run.fault->name, reports::printable(words));
        }
    }
    for (const std::string& id : matrix.unproved) {
        out += fmt::format("- NOT proved: no fault is for {}\n", id);
    }
    if (matrix.stage) {
        out += fmt::format("What plays the gateway for client software is judged as well: {}.\n\n",
                           stage_words(*matrix.stage));
        for (const std::string& words : stage_problems(*matrix.stage)) {
            out += fmt::format("- NOT proved: {}\n", reports::printable(words));
        }
    }
    return out + suite_table();
}

}  // namespace gateproof::selfproof
