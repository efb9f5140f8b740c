// gateproof doctor: what stops a run against these profiles, within seconds, and what to do about it.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/live_view.hpp"
#include "app/output.hpp"
#include "app/targets.hpp"
#include "doctor/examine.hpp"
#include "harness/text/log_commands.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/text.hpp"
#include "selfproof/client_parts.hpp"

namespace gateproof::cli {
namespace {

using Json = nlohmann::ordered_json;
using doctor::Diagnosis;
using doctor::Line;
using doctor::Mark;

constexpr const char* doctor_footer = R"(Examples:
  gateproof doctor cloud.json                    an endpoint: names, ports, TLS, certificates, tokens, clock, one answer
  gateproof doctor ledgerlink.json               client software: started once, and once more to be answered 500
  gateproof doctor cloud.json ledgerlink.json    both sides
  gateproof doctor cloud.json --json             for programs
  gateproof doctor embedded-cloud --fault expired-server-certificate   how it looks when something is wrong

One line for each thing that was looked at: ok, warn (a run can judge, and somebody should look at it), FAIL (it stops a
run) or skipped, and under what is not well what to do. Nobody is logged in and no file is changed; where a profile of
client software has no test PKI yet, it is made, as by a run. A secret goes only to a server that proved who it is.

An endpoint takes at most some five seconds, client software its own start beside that. A profile that cannot be used is
looked at as far as it goes: with a key missing, names, ports and TLS all the same.

Exit codes: 0 nothing stops a run, maybe with warnings; 1 something does; 2 a profile or the command line is unusable.)";

struct DoctorCommand {
    TargetOptions targets;
    bool json = false;

    void declare(CLI::App& app);
    int execute();
};

void DoctorCommand::declare(CLI::App& app) {
    app.add_option("PROFILE", targets.profiles, "Profile files, or names of built-in profiles")->required();
    app.add_option("--allow", targets.allow, "Start the program of a client's profile that belongs to another user")
        ->check(CLI::IsMember({"run"}))
        ->allow_extra_args(false)
        ->type_name("run");
    app.add_option("--fault", targets.faults,
                   "Break the embedded gateway or client in this way (repeatable; see gateproof list --faults)")
        ->allow_extra_args(false)
        ->delimiter(',')
        ->type_name("NAME");
    app.add_flag("--json", json, "As JSON");
    app.footer(doctor_footer);
}

Json json_of(const Diagnosis& diagnosis) {
    Json lines = Json::array();
    for (const Line& line : diagnosis.lines) {
        Json row{{"about", line.about}, {"mark", to_string(line.mark)}, {"text", line.text}};
        if (!line.remedy.empty()) {
            row["remedy"] = line.remedy;
        }
        lines.push_back(std::move(row));
    }
    return {{"file", diagnosis.file},
            {"name", diagnosis.name},
            {"side", diagnosis.client ? "client" : "gateway"},
            {"usable", diagnosis.usable},
            {"lines", std::move(lines)}};
}

void print_json(const std::vector<Diagnosis>& found, reports::ExitCode code) {
    Json profiles = Json::array();
    std::ranges::transform(found, std::back_inserter(profiles), json_of);
    const Json answer{{"profiles", std::move(profiles)}, {"exit_code", static_cast<int>(code)}};
    say(stdout, "{}\n", json_without_log_commands(answer.dump(2, ' ', true, Json::error_handler_t::replace)));
}

std::string marked(Mark mark, bool colour) {
    const std::string word = fmt::format("{:<7}", to_string(mark));
    if (!colour || mark == Mark::skipped) {
        return word;
    }
    const int number = mark == Mark::ok ? 32 : mark == Mark::warn ? 33 : 31;
    return fmt::format("\x1b[{}m{}\x1b[0m", number, word);
}

void print_text(const std::vector<Diagnosis>& found) {
    const bool colour = view_options_for(stdout, false, false).colour;
    std::size_t failures = 0;
    for (const Diagnosis& diagnosis : found) {
        say(stdout, "{}{}\n", &diagnosis == &found.front() ? "" : "\n", reports::printable(diagnosis.file));
        for (const Line& line : diagnosis.lines) {
            say(stdout, "  {} {}: {}\n", marked(line.mark, colour), line.about, reports::printable(line.text));
            if (!line.remedy.empty() && line.mark != Mark::ok) {
                say(stdout, "          -> {}\n", reports::printable(line.remedy));
            }
            failures += line.mark == Mark::fail ? 1U : 0U;
        }
    }
    if (failures == 0) {
        std::string files;
        for (const Diagnosis& diagnosis : found) {
            files += ' ' + reports::printable(diagnosis.file);
        }
        say(stdout, "\nNothing stops a run: gateproof run{}\n", files);
    } else {
        say(stdout, "\n{} {} a run\n", failures, failures == 1 ? "thing stops" : "things stop");
    }
}

int DoctorCommand::execute() {
    EmbeddedGateway gateway(targets.faults);
    std::vector<doctor::Patient> patients;
    for (const std::string& name : targets.profiles) {
        doctor::Patient patient{name, load_named_profile(name, {gateway.resolver(), true})};
        if (!patient.loaded.profile) {
            patient.bare = load_named_profile(name, {gateway.resolver(), false}).profile;
        } else if (patient.loaded.profile->client) {
            require_own_command(targets, *patient.loaded.profile, name);
        }
        patients.push_back(std::move(patient));
    }
    std::vector<Profile> profiles;
    for (const doctor::Patient& patient : patients) {
        if (patient.loaded.profile) {
            profiles.push_back(*patient.loaded.profile);
        }
    }
    if (const std::string unused = of_unused_proxy(profiles); !unused.empty()) {
        say(stderr, "gateproof: warning: {}\n", unused);
    }
    const std::vector<Diagnosis> found =
        doctor::examine(std::move(patients), selfproof::embedded_client_parts(gateway.client_faults()));
    const bool usable = std::ranges::all_of(found, &Diagnosis::usable);
    const bool stops = std::ranges::any_of(found, &Diagnosis::stops_a_run);
    const auto code = !usable ? reports::ExitCode::unusable
                      : stops ? reports::ExitCode::failed
                              : reports::ExitCode::passed;
    json ? print_json(found, code) : print_text(found);
    return static_cast<int>(code);
}

}  // namespace

Command add_doctor(CLI::App& root) {
    CLI::App* app = root.add_subcommand("doctor", "Say within seconds what stops a run, and what to do about it");
    const auto command = std::make_shared<DoctorCommand>();
    command->declare(*app);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
