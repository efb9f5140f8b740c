// Executes a plan on one event loop and writes the journal as each check ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/journal/record.hpp"
#include "harness/journal/write.hpp"
#include "harness/run/human/steps.hpp"
#include "harness/run/plan.hpp"
#include "harness/run/run_target.hpp"

namespace gateproof {

struct RunOptions {
    std::optional<std::uint64_t> seed;                  ///< empty: drawn, and recorded in the journal
    std::size_t jobs = 0;                               ///< checks at once; 0: as many as the descriptor limit carries
    std::optional<std::chrono::milliseconds> deadline;  ///< of the whole run; checks left then are not run
    std::vector<std::string> secrets;                   ///< values that must never leave the process
    std::string version;                                ///< of the tool, for the journal
    std::vector<std::string> profile_digests = {};      ///< by target, for the journal
    std::vector<std::vector<std::string>> faults = {};  ///< by target, TargetRecord::faults
    std::vector<std::vector<std::string>> given = {};   ///< by target, TargetRecord::given
    std::string plan_digest = {};                       ///< of what was selected, over all shards, for the journal
    std::string whole_plan_digest = {};                 ///< RunRecord::whole_plan_digest
    Shard shard = {};                                   ///< which part of it the plan is
    std::set<Outcome> fail_on = default_fail_on();      ///< for the journal and the reports
    bool accepts_excluded = false;                      ///< RunRecord::accepts_excluded
    bool fails_on_partial = false;                      ///< RunRecord::fails_on_partial
    std::vector<std::string> plan_suites = {};          ///< RunRecord::plan_suites
    std::vector<Attestation> attestations = {};         ///< for the journal and the reports
    std::optional<KnownList> known = {};                ///< RunRecord::known
    ClientTargetFactory client_target = {};             ///< empty: no profile is a client's
    HumanRules human = {};                              ///< who does what only a human can (Authority::by_human)
    const RunRecord* earlier = nullptr;                 ///< a run of the same plan that goes on; null: a new run
    /// Checks of `earlier` that are judged again, by their place in it; empty: it goes on where it ended.
    std::vector<std::size_t> again = {};
};

struct Progress {
    std::size_t done = 0;  ///< of the checks that the plan says to run
    std::size_t total = 0;
    std::size_t running = 0;
    std::string longest;  ///< "profile check-id" of the check that has run longest
    std::chrono::milliseconds longest_age{0};
    std::chrono::milliseconds elapsed{0};
};

/// Told what happens, on the run's own thread; must not block.
class RunObserver {
public:
    virtual ~RunObserver() = default;
    virtual void started(const RunRecord&) {}
    virtual void check_started(const PlannedCheck&, const Profile&) {}
    virtual void check_ended(const CheckRecord&) {}
    virtual void cut_off(const Profile&, const CutOff&) {}
    virtual void tick(const Progress&) {}  ///< about five times a second
    virtual void ended(const RunRecord&) {}
};

/// Runs to the end, to the deadline, or to SIGINT or SIGTERM (a second one ends the process at once); the record says
/// which in end_reason.
RunRecord run(const Plan& plan, const Catalogue& catalogue, JournalWriter& journal, const RunOptions& options,
              RunObserver& observer);

}  // namespace gateproof
