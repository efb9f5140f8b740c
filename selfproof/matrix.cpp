#include "selfproof/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "gateway/gateway.hpp"
#include "harness/run/runner.hpp"
#include "selfproof/embedded.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

RunRecord run_with(const std::vector<std::string>& faults) {
    gateway::Options options;
    options.faults = faults;
    const gateway::Gateway gateway(options);
    EmbeddedTargets targets = embedded_targets(gateway);
    const Catalogue& catalogue = suites::catalogue();
    const Plan plan = make_plan(catalogue, std::move(targets.profiles), {});
    JournalWriter journal;
    RunObserver observer;
    RunOptions run_options;
    run_options.seed = 1;
    run_options.secrets = std::move(targets.secrets);
    return run(plan, catalogue, journal, run_options, observer);
}

bool clean(Outcome outcome) {
    return outcome == Outcome::pass || outcome == Outcome::skipped;
}

bool concerns(gateway::Listener listener, const TargetRecord& target) {
    const bool mock = target.environment == to_string(Environment::mock);
    switch (listener) {
        case gateway::Listener::cloud: return !mock && target.channel == "cloud";
        case gateway::Listener::desktop: return !mock && target.channel == "desktop";
        case gateway::Listener::mock: return mock;
        case gateway::Listener::both: break;
    }
    return true;
}

TargetRecord target_of(const RunRecord& record, std::string_view name) {
    const auto found = std::ranges::find(record.targets, name, &TargetRecord::name);
    return found == record.targets.end() ? TargetRecord{} : *found;
}

std::string describe(const CheckRecord& check, const CheckResult& result) {
    return fmt::format("{} {}: {} ({})", check.target, check.full_id(), to_string(result.outcome), result.sentence);
}

}  // namespace

FaultRun prove_conforming() {
    FaultRun proof;
    proof.record = run_with({});
    for (const CheckRecord& check : proof.record.checks) {
        const CheckResult result = proof.record.result_of(check);
        if (!clean(result.outcome)) {
            proof.disturbed.push_back(describe(check, result));
        }
    }
    return proof;
}

FaultRun prove_fault(const gateway::Fault& fault, const RunRecord& conforming) {
    FaultRun proof;
    proof.fault = &fault;
    proof.record = run_with({std::string(fault.name)});
    std::set<std::string_view> missed(fault.caught_by.begin(), fault.caught_by.end());
    for (std::size_t index = 0; index < proof.record.checks.size(); ++index) {
        const CheckRecord& check = proof.record.checks[index];
        const CheckResult result = proof.record.result_of(check);
        const Outcome before = conforming.result_of(conforming.checks.at(index)).outcome;
        const bool expected = std::ranges::find(fault.caught_by, check.id) != fault.caught_by.end() &&
                              concerns(fault.listener, target_of(proof.record, check.target));
        // An endpoint that is down or serves nobody can only be seen, not judged; everything else must be a judgement.
        const bool blind = result.outcome == Outcome::inconclusive && fault.ends_service;
        if (expected && (result.outcome == Outcome::fail || result.outcome == Outcome::warning || blind)) {
            proof.caught.push_back(fmt::format("{} {}", check.target, check.id));
            missed.erase(check.id);
        } else if (result.outcome != before && result.outcome != Outcome::skipped && !blind) {
            proof.disturbed.push_back(describe(check, result));
        }
    }
    proof.missed.assign(missed.begin(), missed.end());
    return proof;
}

Matrix prove(std::string_view fault_glob, std::size_t jobs) {
    Matrix matrix;
    matrix.conforming = prove_conforming();
    std::vector<const gateway::Fault*> chosen;
    std::set<std::string_view> proved;
    for (const gateway::Fault& fault : gateway::faults()) {
        proved.insert(fault.caught_by.begin(), fault.caught_by.end());
        if (glob_match(fault_glob, fault.name)) {
            chosen.push_back(&fault);
        }
    }
    matrix.faults.resize(chosen.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t index = next++; index < chosen.size(); index = next++) {
            matrix.faults[index] = prove_fault(*chosen[index], matrix.conforming.record);
        }
    };
    std::vector<std::jthread> workers;
    for (std::size_t worker = 0; worker < std::max<std::size_t>(jobs, 1); ++worker) {
        workers.emplace_back(work);
    }
    workers.clear();  // joins
    for (const Suite& suite : suites::catalogue().suites) {
        for (const Check& check : suite.checks) {
            if (!proved.contains(check.id)) {
                matrix.unproved.emplace_back(check.id);
            }
        }
    }
    return matrix;
}

bool Matrix::proved() const {
    return conforming.proved() && unproved.empty() && std::ranges::all_of(faults, &FaultRun::proved);
}

}  // namespace gateproof::selfproof
