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
constexpr std::size_t most_together = 6;
/// Long enough that codes are exchanged in time also while most_gateways of them share the processor.
constexpr std::chrono::milliseconds short_code_lifetime{12'000};

using Faults = std::vector<const gateway::Fault*>;

RunRecord run_with(const Faults& faults) {
    gateway::Options options;
    for (const gateway::Fault* fault : faults) {
        options.faults.emplace_back(fault->name);
    }
    // The conforming gateway shows as well that its codes expire.
    if (faults.empty() || std::ranges::any_of(faults, &gateway::Fault::short_codes)) {
        options.code_lifetime = short_code_lifetime;
    }
    const gateway::Gateway gateway(options);
    EmbeddedTargets targets = embedded_targets(gateway);
    if (std::ranges::any_of(faults, &gateway::Fault::intermittent)) {
        for (Profile& profile : targets.profiles) {
            profile.limits.repeat = Limits{}.repeat;
        }
    }
    const Catalogue& catalogue = suites::catalogue();
    const Plan plan = embedded_plan(catalogue, std::move(targets.profiles));
    JournalWriter journal;
    RunObserver observer;
    RunOptions run_options;
    run_options.seed = 1;
    run_options.secrets = std::move(targets.secrets);
    return run(plan, catalogue, journal, run_options, observer);
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

FaultRun run_proof(const Faults& faults, RunRecord& record) {
    FaultRun proof;
    const Clock::time_point begun = Clock::now();
    record = run_with(faults);
    proof.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
    proof.interrupted = record.end_reason == EndReason::interrupted;
    proof.cells = cells_of(record);
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
            if (check.side() == Side::gateway && !proved.contains(check.id)) {
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
        // An endpoint that is down, serves nobody, or refuses in words of its own can only be seen, not judged;
        // everything else must be a judgement.
        const bool blind = cell.outcome == Outcome::inconclusive && (fault.ends_service || fault.refuses_unclearly);
        // A server that proves nothing is sent no secret.
        const bool kept_back = cell.withheld && fault.proves_nothing;
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
            proof.disturbed.push_back(described(cell));
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
            // What is tried more than once takes longer, so the rest does not share it.
            return group.size() < at_most && group.front()->intermittent == fault->intermittent &&
                   group.front()->short_codes == fault->short_codes &&
                   std::ranges::none_of(group, [&](const gateway::Fault* other) {
                       return fault->leaves_others_undecided() || other->leaves_others_undecided() ||
                              share_a_suite(*fault, *other);
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

/// One proof of chosen faults: what its threads share, behind one lock.
class Proving {
public:
    explicit Proving(const ProveOptions& options)
        : options_(options), conforming_(conforming_ended_.get_future().share()) {
        for (const gateway::Fault& fault : gateway::faults()) {
            if (options.chosen(fault)) {
                chosen_.push_back(&fault);
            }
        }
        groups_ = share_gateways(chosen_, options.alone ? 1 : most_together);
    }

    Matrix run() {
        tell(0);
        const std::size_t least = options_.jobs > 0 ? options_.jobs : least_overlap();
        run_overlapping(
            groups_.size() + (options_.stage ? 2 : 1), least, options_.jobs > 0 ? options_.jobs : most_gateways,
            [this](std::size_t index) { work(index); }, [this] { return interrupted_.load(); },
            [this](std::size_t running) { tell(running); });
        if (thrown_) {
            std::rethrow_exception(thrown_);
        }
        return matrix();
    }

private:
    [[nodiscard]] std::chrono::milliseconds elapsed() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
    }

    void tell(std::size_t running) const {
        options_.progress({.done = done_, .total = chosen_.size(), .running = running, .elapsed = elapsed()});
    }

    /// Job 0 is the conforming gateway, with which all others are compared; the last one the stage, if it is asked for.
    void work(std::size_t index) {
        try {
            if (index == 0) {
                conforming_run_ = prove_conforming();
                interrupted_ = interrupted_ || conforming_run_.interrupted;
                conforming_ended_.set_value(&conforming_run_);
            } else if (index <= groups_.size()) {
                prove_group(groups_[index - 1]);
            } else {
                stage_ = judge_stage();
                interrupted_ = interrupted_ || stage_->interrupted;
            }
        } catch (...) {
            if (index == 0) {
                conforming_ended_.set_exception(std::current_exception());
            }
            const std::lock_guard lock(mutex_);
            thrown_ = std::current_exception();
            interrupted_ = true;
        }
    }

    void prove_group(const Faults& group) {
        std::vector<FaultRun> proved = prove_now(group);
        if (group.size() == 1 || std::ranges::all_of(proved, &FaultRun::proved)) {
            keep(std::move(proved));
            return;
        }
        // Whose doing it was shows when each is by itself.
        std::vector<std::future<void>> alone;
        for (const gateway::Fault* fault : group) {
            alone.push_back(std::async(std::launch::async, [this, fault] { keep(prove_now({fault})); }));
        }
        std::ranges::for_each(alone, &std::future<void>::get);
    }

    std::vector<FaultRun> prove_now(const Faults& faults) {
        std::vector<FaultRun> proved = prove_together(faults, conforming_);
        const std::lock_guard lock(mutex_);
        ++runs_;
        judgements_ += judgements_of(proved.front());
        interrupted_ = interrupted_ || proved.front().interrupted;
        return proved;
    }

    void keep(std::vector<FaultRun> proved) {
        const std::lock_guard lock(mutex_);
        for (FaultRun& proof : proved) {
            const gateway::Fault* fault = proof.fault;
            proofs_.emplace(fault, std::move(proof));
            ++done_;
        }
    }

    /// When no thread works any more.
    Matrix matrix() {
        Matrix made;
        for (const gateway::Fault* fault : chosen_) {
            if (const auto proof = proofs_.find(fault); proof != proofs_.end()) {
                made.faults.push_back(std::move(proof->second));
            }
        }
        made.interrupted = interrupted_;
        made.stage = std::move(stage_);
        made.unproved = checks_without_fault();
        made.runs = runs_;
        made.judgements = judgements_ + judgements_of(conforming_run_);
        made.conforming = std::move(conforming_run_);
        made.took = elapsed();
        made.cpu = processor_time() - used_before_;
        return made;
    }

    const ProveOptions& options_;
    const Clock::time_point begun_ = Clock::now();
    const std::chrono::milliseconds used_before_ = processor_time();
    Faults chosen_;
    std::vector<Faults> groups_;
    FaultRun conforming_run_;
    std::promise<const FaultRun*> conforming_ended_;
    std::shared_future<const FaultRun*> conforming_;
    std::optional<StageProof> stage_;
    std::atomic<std::size_t> done_{0};
    std::atomic<bool> interrupted_{false};
    std::mutex mutex_;  ///< for what follows, while threads work
    std::map<const gateway::Fault*, FaultRun> proofs_;
    std::size_t runs_ = 1;
    std::size_t judgements_ = 0;
    std::exception_ptr thrown_;
};

}  // namespace

std::size_t FaultRun::count(Outcome outcome) const {
    return static_cast<std::size_t>(std::ranges::count(cells, outcome, &Cell::outcome));
}

FaultRun prove_conforming() {
    RunRecord record;
    FaultRun proof = run_proof({}, record);
    proof.disturbed = unclean(proof.cells);
    return proof;
}

Matrix prove(const ProveOptions& options) {
    return Proving(options).run();
}

bool Matrix::proved() const {
    return conforming.proved() && !interrupted && unproved.empty() && (!stage || stage->proved()) &&
           std::ranges::all_of(faults, &FaultRun::proved);
}

std::size_t Matrix::proved_faults() const {
    return static_cast<std::size_t>(std::ranges::count_if(faults, &FaultRun::proved));
}

}  // namespace gateproof::selfproof
