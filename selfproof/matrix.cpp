#include "selfproof/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <exception>
#include <future>
#include <map>
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
/// With more, one miss or false alarm would cost too many runs.
constexpr std::size_t most_together = 3;

using Faults = std::vector<const gateway::Fault*>;

RunRecord run_with(const Faults& faults) {
    gateway::Options options;
    for (const gateway::Fault* fault : faults) {
        options.faults.emplace_back(fault->name);
    }
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

FaultRun run_proof(const Faults& faults, RunRecord& record) {
    FaultRun proof;
    const Clock::time_point begun = Clock::now();
    record = run_with(faults);
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

/// A changed outcome of this cell is what the fault is for.
bool is_for(const gateway::Fault& fault, const Cell& cell, const RunRecord& record) {
    return std::ranges::find(fault.caught_by, cell.check) != fault.caught_by.end() &&
           concerns(fault.listener, target_of(record, cell.target));
}

/// What a run of several faults says of one of them.
FaultRun part_of(const FaultRun& run, const gateway::Fault& fault, const Faults& all, const RunRecord& record,
                 const FaultRun& conforming) {
    FaultRun proof = run;
    proof.fault = &fault;
    std::set<std::string_view> missed(fault.caught_by.begin(), fault.caught_by.end());
    for (std::size_t index = 0; index < proof.cells.size(); ++index) {
        Cell& cell = proof.cells[index];
        // An endpoint that is down or serves nobody can only be seen, not judged; everything else must be a judgement.
        const bool blind = cell.outcome == Outcome::inconclusive && fault.ends_service;
        // A server that proves nothing is sent no secret, and the sentence says so.
        const bool kept_back = cell.outcome == Outcome::inconclusive && fault.proves_nothing &&
                               cell.sentence.find("does not verify") != std::string::npos;
        const bool noticed = cell.outcome == Outcome::fail || cell.outcome == Outcome::warning;
        if (is_for(fault, cell, record) && (noticed || blind)) {
            proof.caught.push_back(name_of(cell));
            missed.erase(cell.check);
        } else if (noticed && std::ranges::any_of(all, [&](const gateway::Fault* other) {
                       return other != &fault && is_for(*other, cell, record);
                   })) {
            cell = conforming.cells.at(index);
        } else if (cell.outcome != conforming.cells.at(index).outcome && cell.outcome != Outcome::skipped && !blind &&
                   !kept_back) {
            proof.disturbed.push_back(describe(cell));
        }
    }
    proof.missed.assign(missed.begin(), missed.end());
    return proof;
}

/// One run for all of them. What it is compared with may be running yet.
std::vector<FaultRun> prove_together(const Faults& faults, const std::shared_future<const FaultRun*>& conforming) {
    RunRecord record;
    const FaultRun run = run_proof(faults, record);
    std::vector<FaultRun> proofs;
    for (const gateway::Fault* fault : faults) {
        proofs.push_back(part_of(run, *fault, faults, record, *conforming.get()));
    }
    return proofs;
}

/// Whether one suite is to notice both.
bool share_a_suite(const gateway::Fault& one, const gateway::Fault& other) {
    const auto suite_of = [](std::string_view check) { return check.substr(0, check.find('.')); };
    return std::ranges::any_of(one.caught_by, [&](std::string_view check) {
        return std::ranges::find(other.caught_by, suite_of(check), suite_of) != other.caught_by.end();
    });
}

/// Faults that may share a gateway: each check that notices one is of a suite that has nothing to do with the others.
std::vector<Faults> share_gateways(const Faults& faults, std::size_t at_most) {
    std::vector<Faults> groups;
    for (const gateway::Fault* fault : faults) {
        const auto fits = [&](const Faults& group) {
            return group.size() < at_most && std::ranges::none_of(group, [&](const gateway::Fault* other) {
                       const bool alone = fault->ends_service || fault->proves_nothing;
                       return alone || other->ends_service || other->proves_nothing || share_a_suite(*fault, *other);
                   });
        };
        const auto group = std::ranges::find_if(groups, fits);
        if (group == groups.end()) {
            groups.push_back({fault});
        } else {
            group->push_back(fault);
        }
    }
    return groups;
}

std::size_t judgements_of(const FaultRun& run) {
    return run.cells.size() - run.count(Outcome::skipped);
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
    FaultRun proof = run_proof({}, record);
    for (const Cell& cell : proof.cells) {
        if (!clean(cell.outcome)) {
            proof.disturbed.push_back(describe(cell));
        }
    }
    return proof;
}

Matrix prove(const ProveOptions& options) {
    Matrix matrix;
    const Clock::time_point begun = Clock::now();
    const std::chrono::milliseconds used = processor_time();
    const auto elapsed = [begun] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
    };
    Faults chosen;
    for (const gateway::Fault& fault : gateway::faults()) {
        if (options.chosen(fault)) {
            chosen.push_back(&fault);
        }
    }
    options.progress({.done = 0, .total = chosen.size(), .running = 0, .elapsed = elapsed()});
    const std::vector<Faults> groups = share_gateways(chosen, options.alone ? 1 : most_together);
    std::promise<const FaultRun*> conforming_ended;
    const std::shared_future<const FaultRun*> conforming = conforming_ended.get_future().share();
    std::map<const gateway::Fault*, FaultRun> proofs;
    std::size_t runs = 1;
    std::size_t judgements = 0;
    std::atomic<std::size_t> done{0};
    std::atomic<bool> interrupted{false};
    std::exception_ptr thrown;
    std::mutex mutex;
    const auto prove_now = [&](const Faults& faults) {
        std::vector<FaultRun> proved = prove_together(faults, conforming);
        const std::lock_guard lock(mutex);
        ++runs;
        judgements += judgements_of(proved.front());
        interrupted = interrupted || proved.front().interrupted;
        return proved;
    };
    const auto keep = [&](std::vector<FaultRun> proved) {
        const std::lock_guard lock(mutex);
        for (FaultRun& proof : proved) {
            const gateway::Fault* fault = proof.fault;
            proofs.emplace(fault, std::move(proof));
            ++done;
        }
    };
    const auto work = [&](std::size_t index) {
        try {
            if (index == 0) {
                matrix.conforming = prove_conforming();
                interrupted = interrupted || matrix.conforming.interrupted;
                conforming_ended.set_value(&matrix.conforming);
                return;
            }
            const Faults& group = groups[index - 1];
            std::vector<FaultRun> proved = prove_now(group);
            if (group.size() == 1 || std::ranges::all_of(proved, &FaultRun::proved)) {
                keep(std::move(proved));
                return;
            }
            // Whose doing it was shows when each is by itself.
            std::vector<std::future<void>> alone;
            for (const gateway::Fault* fault : group) {
                alone.push_back(std::async(std::launch::async, [&, fault] { keep(prove_now({fault})); }));
            }
            std::ranges::for_each(alone, &std::future<void>::get);
        } catch (...) {
            if (index == 0) {
                conforming_ended.set_exception(std::current_exception());
            }
            const std::lock_guard lock(mutex);
            thrown = std::current_exception();
            interrupted = true;
        }
    };
    const std::size_t least = options.jobs > 0 ? options.jobs : least_overlap();
    run_overlapping(
        groups.size() + 1, least, options.jobs > 0 ? options.jobs : most_gateways, work,
        [&] { return interrupted.load(); },
        [&](std::size_t running) {
            options.progress({.done = done, .total = chosen.size(), .running = running, .elapsed = elapsed()});
        });
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    for (const gateway::Fault* fault : chosen) {
        if (const auto proof = proofs.find(fault); proof != proofs.end()) {
            matrix.faults.push_back(std::move(proof->second));
        }
    }
    matrix.interrupted = interrupted;
    matrix.unproved = checks_without_fault();
    matrix.runs = runs;
    matrix.judgements = judgements + judgements_of(matrix.conforming);
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
