// gateproof selftest: the harness proves itself; every fault of the embedded gateway against every check.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/command.hpp"
#include "reports/exit_code.hpp"
#include "reports/text.hpp"
#include "selfproof/matrix.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* footer = R"(Examples:
  gateproof selftest                       every fault against every check, on this machine alone
  gateproof selftest --fault 'accepts-*'   only these faults
  gateproof selftest --json                for programs

Proved means: the conforming gateway passes every check; each fault is caught by the checks that it is for and disturbs
no other; every check has a fault. Exit code 1 when anything is not proved.)";

struct SelftestCommand {
    std::string fault = "*";
    std::size_t jobs = std::max(1U, std::thread::hardware_concurrency());
    bool json = false;
};

void print_run(std::string_view name, const selfproof::FaultRun& run) {
    fmt::print("{:<9} {:<34} {}\n", run.proved() ? "proved" : "NOT", name, fmt::join(run.caught, ", "));
    for (const std::string& id : run.missed) {
        fmt::print("          missed by {}\n", id);
    }
    for (const std::string& text : run.disturbed) {
        fmt::print("          disturbed: {}\n", reports::printable(text));
    }
}

void print_text(const selfproof::Matrix& matrix) {
    print_run("(conforming gateway)", matrix.conforming);
    for (const selfproof::FaultRun& run : matrix.faults) {
        print_run(run.fault->name, run);
    }
    for (const std::string& id : matrix.unproved) {
        fmt::print("NOT       no fault is for {}\n", id);
    }
    const auto proved = std::ranges::count_if(matrix.faults, &selfproof::FaultRun::proved);
    fmt::print("\n{} of {} faults proved; conforming gateway {}\n", proved, matrix.faults.size(),
               matrix.conforming.proved() ? "passes" : "DOES NOT PASS");
}

void print_json(const selfproof::Matrix& matrix) {
    using Json = nlohmann::ordered_json;
    const auto row = [](const selfproof::FaultRun& run) {
        Json out = Json::object();
        out["fault"] = run.fault == nullptr ? Json(nullptr) : Json(run.fault->name);
        out["proved"] = run.proved();
        out["caught"] = run.caught;
        out["missed"] = run.missed;
        out["disturbed"] = run.disturbed;
        return out;
    };
    Json out = Json::object();
    out["proved"] = matrix.proved();
    out["conforming"] = row(matrix.conforming);
    out["faults"] = Json::array();
    for (const selfproof::FaultRun& run : matrix.faults) {
        out["faults"].push_back(row(run));
    }
    out["checks_without_fault"] = matrix.unproved;
    fmt::print("{}\n", out.dump(2, ' ', false, Json::error_handler_t::replace));
}

int execute(const SelftestCommand& command) {
    const selfproof::Matrix matrix = selfproof::prove(command.fault, command.jobs);
    if (matrix.faults.empty()) {
        throw Unusable(fmt::format("no fault matches {}; gateproof list --faults shows them all",
                                   reports::printable(command.fault)));
    }
    command.json ? print_json(matrix) : print_text(matrix);
    return static_cast<int>(matrix.proved() ? reports::ExitCode::passed : reports::ExitCode::failed);
}

}  // namespace

Command add_selftest(CLI::App& root) {
    CLI::App* app = root.add_subcommand("selftest", "Prove the checks against a gateway broken on purpose");
    const auto command = std::make_shared<SelftestCommand>();
    app->add_option("--fault", command->fault, "Only faults whose name matches")->type_name("GLOB");
    app->add_option("--jobs", command->jobs, "Gateways at a time (default: one for each core)")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, std::size_t{256}));
    app->add_flag("--json", command->json, "As JSON");
    app->footer(footer);
    return {app, [command] { return execute(*command); }};
}

}  // namespace gateproof::cli
