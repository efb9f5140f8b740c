#include "selfproof/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

#include "gateway/gateway.hpp"
#include "harness/run/runner.hpp"
#include "selfproof/embedded.hpp"
#include "selfproof/pool.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

using Clock = std::chrono::steady_clock;

/// More gateways at a time than this would only wait for each other.
constexpr std::size_t most_gateways = 48;

RunRecord run_with(const std::vector<std::string>& faults) {
    gateway::Options options;
    options.faults = faults;
    const gateway::Gateway gateway(options);
    EmbeddedTargets targets = embedded_targets(gateway);
    const Catalogue& catalogue = suites::catalogue();
    const Plan plan = embedded_plan(catalogue, std::move(targets.profiles));
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

std::string name_of(const Cell& cell) {
    const std::string id = cell.case_name.empty() ? cell.check : fmt::format("{}[{}]", cell.check, cell.case_name);
    return fmt::format("{} {}", cell.target, id);
}

std::string describe(const Cell& cell) {
    return fmt::format("{}: {} ({})", name_of(cell), to_string(cell.outcome), cell.sentence);
}

FaultRun run_proof(const gateway::Fault* fault, RunRecord& record) {
    FaultRun proof;
    proof.fault = fault;
    const Clock::time_point begun = Clock::now();
    record = run_with(fault == nullptr ? std::vector<std::string>{} : std::vector{std::string(fault->name)});
    proof.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
    proof.interrupted = record.end_reason == "interrupted";
    for (const CheckRecord& check : record.checks) {
        CheckResult result = record.result_of(check);
        proof.cells.push_back({check.target, check.id, check.case_name, result.outcome, std::move(result.sentence)});
    }
    return proof;
}

std::vector<std::string> checks_without_fault() {
    std::set<std::string_view> proved;
    for (const gateway::Fault& fault : gateway::faults()) {
        proved.insert(fault.caught_by.begin(), fault.caught_by.end());
    }
    std::vector<std::string> unproved;
    for (const Suite& suite : suites::catalogue().suites) {
        for (const Check& check : suite.checks) {
            if (!proved.contains(check.id)) {
                unproved.emplace_back(check.id);
            }
        }
    }
    return unproved;
}

std::chrono::milliseconds processor_time() {
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::seconds(used.tv_sec) +
                                                                 std::chrono::nanoseconds(used.tv_nsec));
}

}  // namespace

std::size_t FaultRun::count(Outcome outcome) const {
    return static_cast<std::size_t>(std::ranges::count(cells, outcome, &Cell::outcome));
}

FaultRun prove_conforming() {
    RunRecord record;
    FaultRun proof = run_proof(nullptr, record);
    for (const Cell& cell : proof.cells) {
        if (!clean(cell.outcome)) {
            proof.disturbed.push_back(describe(cell));
        }
    }
    return proof;
}

FaultRun prove_fault(const gateway::Fault& fault, const FaultRun& conforming) {
    RunRecord record;
    FaultRun proof = run_proof(&fault, record);
    std::set<std::string_view> missed(fault.caught_by.begin(), fault.caught_by.end());
    for (std::size_t index = 0; index < proof.cells.size(); ++index) {
        const Cell& cell = proof.cells[index];
        const bool expected = std::ranges::find(fault.caught_by, cell.check) != fault.caught_by.end() &&
                              concerns(fault.listener, target_of(record, cell.target));
        // An endpoint that is down or serves nobody can only be seen, not judged; everything else must be a judgement.
        const bool blind = cell.outcome == Outcome::inconclusive && fault.ends_service;
        if (expected && (cell.outcome == Outcome::fail || cell.outcome == Outcome::warning || blind)) {
            proof.caught.push_back(name_of(cell));
            missed.erase(cell.check);
        } else if (cell.outcome != conforming.cells.at(index).outcome && cell.outcome != Outcome::skipped && !blind) {
            proof.disturbed.push_back(describe(cell));
        }
    }
    proof.missed.assign(missed.begin(), missed.end());
    return proof;
}

Matrix prove(const ProveOptions& options) {
    Matrix matrix;
    const Clock::time_point begun = Clock::now();
    const std::chrono::milliseconds used = processor_time();
    const auto elapsed = [begun] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
    };
    std::vector<const gateway::Fault*> chosen;
    for (const gateway::Fault& fault : gateway::faults()) {
        if (options.chosen(fault)) {
            chosen.push_back(&fault);
        }
    }
    options.progress({.done = 0, .total = chosen.size(), .running = 0, .elapsed = elapsed()});
    matrix.conforming = prove_conforming();
    matrix.faults.resize(chosen.size());
    std::atomic<std::size_t> done{0};
    std::atomic<bool> interrupted{matrix.conforming.interrupted};
    std::exception_ptr thrown;
    std::mutex mutex;
    const auto work = [&](std::size_t index) {
        try {
            matrix.faults[index] = prove_fault(*chosen[index], matrix.conforming);
            ++done;
            if (matrix.faults[index].interrupted) {
                interrupted = true;
            }
        } catch (...) {
            const std::lock_guard lock(mutex);
            thrown = std::current_exception();
            interrupted = true;
        }
    };
    const std::size_t least = options.jobs > 0 ? options.jobs : least_overlap();
    run_overlapping(
        chosen.size(), least, options.jobs > 0 ? options.jobs : most_gateways, work, [&] { return interrupted.load(); },
        [&](std::size_t running) {
            options.progress({.done = done, .total = chosen.size(), .running = running, .elapsed = elapsed()});
        });
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    std::erase_if(matrix.faults, [](const FaultRun& run) { return run.fault == nullptr; });  // not begun
    matrix.interrupted = interrupted;
    matrix.unproved = checks_without_fault();
    matrix.took = elapsed();
    matrix.cpu = processor_time() - used;
    return matrix;
}

bool Matrix::proved() const {
    return conforming.proved() && !interrupted && unproved.empty() && std::ranges::all_of(faults, &FaultRun::proved);
}

std::size_t Matrix::proved_faults() const {
    return static_cast<std::size_t>(std::ranges::count_if(faults, &FaultRun::proved));
}

}  // namespace gateproof::selfproof
