// The proof of the harness itself: every fault of the embedded gateway against every check.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/faults/table.hpp"
#include "selfproof/cell.hpp"
#include "selfproof/stage_judged.hpp"

namespace gateproof::selfproof {

/// A run of the embedded profiles against a gateway with this fault, or with none.
struct FaultRun {
    const gateway::Fault* fault = nullptr;  ///< null: the conforming gateway
    /// Every check of every profile, in the order of the plan. Where faults shared a gateway, what another one of them
    /// is for stands here as the conforming gateway has it.
    std::vector<Cell> cells;
    std::vector<std::string> caught;     ///< "profile check" that noticed, as the fault says they must
    std::vector<std::string> missed;     ///< checks of caught_by that noticed on no profile that the fault shows on
    std::vector<std::string> disturbed;  ///< "profile check: outcome (sentence)" changed though not of caught_by
    std::chrono::milliseconds took{0};   ///< of the run, which other faults may have shared
    bool interrupted = false;

    [[nodiscard]] bool proved() const { return !interrupted && missed.empty() && disturbed.empty(); }
    [[nodiscard]] std::size_t count(Outcome outcome) const;
};

struct Matrix {
    FaultRun conforming;                ///< `disturbed` lists whatever is neither pass nor skipped
    std::vector<FaultRun> faults;       ///< in the order of gateway::faults()
    std::vector<std::string> unproved;  ///< checks of the catalogue that no fault is for
    std::optional<StageProof> stage;    ///< empty: it was not judged
    std::size_t runs = 0;               ///< of the embedded profiles, the conforming one included
    std::size_t judgements = 0;         ///< of all runs: a check of a profile that was run and said something
    std::chrono::milliseconds took{0};  ///< wall time of everything
    std::chrono::milliseconds cpu{0};   ///< processor time of the process, gateways included
    bool interrupted = false;           ///< SIGINT or SIGTERM: `faults` holds what had been begun

    [[nodiscard]] bool proved() const;
    [[nodiscard]] std::size_t proved_faults() const;
};

struct ProveProgress {
    std::size_t done = 0;
    std::size_t total = 0;
    std::size_t running = 0;
    std::chrono::milliseconds elapsed{0};
};

struct ProveOptions {
    std::function<bool(const gateway::Fault&)> chosen = [](const gateway::Fault&) { return true; };
    /// Each fault on a gateway of its own. Otherwise up to six share one, no two of them caught by checks of the same
    /// suite: proved when the run shows what they are for, all of it and nothing else; if not, each is run by itself.
    bool alone = false;
    bool stage = false;    ///< the stage is judged as well
    std::size_t jobs = 0;  ///< gateways at a time; 0: as many as the processors carry while most of them wait
    std::function<void(const ProveProgress&)> progress = [](const ProveProgress&) {};  ///< some ten times a second
};

/// Runs the conforming gateway beside the chosen faults, and compares.
Matrix prove(const ProveOptions& options = {});

FaultRun prove_conforming();

}  // namespace gateproof::selfproof
