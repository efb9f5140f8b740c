#include "selfproof/client_matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <string_view>

#include "harness/profile/read/load.hpp"
#include "harness/run/runner.hpp"
#include "profiles/builtin.hpp"
#include "selfproof/client_parts.hpp"
#include "selfproof/pool.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {

namespace {

/// More at a time would only wait for each other: half of a run computes, and half of it waits for the longest
/// patience.
constexpr std::size_t most_clients = 10;

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> all;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) {
            all.push_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return all;
}

/// What its attempts say of their scenes.
std::set<std::string> differences_of(const CheckResult& result) {
    std::set<std::string> found;
    for (const Observation& one : result.evidence) {
        for (const auto& [name, value] : one.fields) {
            const auto* const text = std::get_if<std::string>(&value);
            if (one.kind == "client_run" && name == "differs_in" && text != nullptr && !text->starts_with("none")) {
                found.insert(*text);
            }
        }
    }
    return found;
}

ClientFaultRun run_of(const client::Fault* fault) {
    std::vector<std::string> faults;
    if (fault != nullptr) {
        faults.emplace_back(fault->name);
    }
    const Catalogue& catalogue = suites::catalogue();
    const Plan plan = make_plan(catalogue, embedded_client_profiles(), {});
    JournalWriter journal;
    RunObserver observer;
    RunOptions options;
    options.seed = 1;
    options.client_target = embedded_client_targets(std::move(faults));
    const RunRecord record = run(plan, catalogue, journal, options, observer);
    ClientFaultRun proof;
    proof.fault = fault;
    proof.cells = cells_of(record);
    for (std::size_t index = 0; index < proof.cells.size(); ++index) {
        proof.differences[name_of(proof.cells[index])] = differences_of(record.result_of(record.checks[index]));
    }
    return proof;
}

/// A client that no conforming gateway serves fails what looks for a service, whatever it is about.
bool looks_for_service(std::string_view check) {
    const Check* const known = suites::catalogue().check(check);
    return known != nullptr && known->control == Control::none;
}

/// Of those that must notice the fault, the checks that exist.
std::set<std::string_view> checks_of(const client::Fault& fault) {
    std::set<std::string_view> ids;
    for (const std::string_view id : words_of(fault.caught_by)) {
        if (suites::catalogue().check(id) != nullptr) {
            ids.insert(id);
        }
    }
    return ids;
}

void compare(ClientFaultRun& proof, const ClientFaultRun& conforming) {
    const client::Fault& fault = *proof.fault;
    const std::set<std::string_view> asked = checks_of(fault);
    std::set<std::string_view> missed = asked;
    for (std::size_t index = 0; index < proof.cells.size(); ++index) {
        const Cell& cell = proof.cells[index];
        const bool noticed = cell.outcome == Outcome::fail || cell.outcome == Outcome::warning;
        const bool blind = cell.outcome == Outcome::inconclusive && fault.ends_service;
        if (noticed && asked.contains(cell.check)) {
            proof.caught.push_back(name_of(cell));
            missed.erase(cell.check);
        } else if (cell.outcome != conforming.cells.at(index).outcome && !is_clean(cell) && !blind &&
                   !asked.contains(cell.check) && !(noticed && fault.ends_service && looks_for_service(cell.check))) {
            proof.disturbed.push_back(described(cell));
        }
    }
    proof.missed.assign(missed.begin(), missed.end());
}

/// A machine that had no time for a run made checks inconclusive, which say nothing of the client: alone, the run is
/// made once more.
bool is_undecided(const ClientFaultRun& run) {
    return (!run.missed.empty() || !run.disturbed.empty()) &&
           std::ranges::any_of(run.cells, [](const Cell& cell) { return cell.outcome == Outcome::inconclusive; });
}

std::vector<std::string> client_checks_without_fault() {
    std::set<std::string_view> proved;
    for (const client::Fault& fault : client::faults()) {
        for (const std::string_view id : words_of(fault.caught_by)) {
            proved.insert(id);
        }
    }
    std::vector<std::string> unproved;
    for (const Suite& suite : suites::catalogue().suites) {
        for (const Check& check : suite.checks) {
            if (check.side() == Side::client && !proved.contains(check.id)) {
                unproved.emplace_back(check.id);
            }
        }
    }
    return unproved;
}

}  // namespace

std::vector<Profile> embedded_client_profiles() {
    std::vector<Profile> profiles;
    for (const std::string_view name :
         std::array<std::string_view, 2>{"embedded-client-cloud", "embedded-client-desktop"}) {
        const BuiltinProfile* const builtin = find_builtin(name);
        LoadedProfile loaded =
            load_profile_text(builtin != nullptr ? builtin->text : "", fmt::format("{}.json", name), {}, {});
        if (!loaded.profile) {
            throw std::logic_error(fmt::format("the built-in profile {} does not load: {}", name,
                                               loaded.problems.empty() ? "" : loaded.problems.front().text()));
        }
        loaded.profile->limits.repeat = 1;
        profiles.push_back(std::move(*loaded.profile));
    }
    return profiles;
}

ClientMatrix prove_clients(const std::function<bool(const client::Fault&)>& chosen) {
    std::vector<const client::Fault*> faults{nullptr};
    for (const client::Fault& fault : client::faults()) {
        if (chosen(fault) && !checks_of(fault).empty()) {
            faults.push_back(&fault);
        }
    }
    std::vector<ClientFaultRun> runs(faults.size());
    run_overlapping(
        faults.size(), least_overlap(), most_clients, [&](std::size_t index) { runs[index] = run_of(faults[index]); },
        [] { return false; }, [](std::size_t) {});
    ClientMatrix matrix;
    matrix.conforming = std::move(runs.front());
    matrix.conforming.disturbed = unclean(matrix.conforming.cells);
    if (is_undecided(matrix.conforming)) {
        matrix.conforming = run_of(nullptr);
        matrix.conforming.disturbed = unclean(matrix.conforming.cells);
    }
    for (std::size_t index = 1; index < runs.size(); ++index) {
        compare(runs[index], matrix.conforming);
        if (is_undecided(runs[index])) {
            runs[index] = run_of(faults[index]);
            compare(runs[index], matrix.conforming);
        }
        matrix.faults.push_back(std::move(runs[index]));
    }
    matrix.unproved = client_checks_without_fault();
    return matrix;
}

}  // namespace gateproof::selfproof
