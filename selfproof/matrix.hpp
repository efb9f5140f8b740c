// The proof of the harness itself: every fault of the embedded gateway against every check.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/faults.hpp"
#include "harness/journal/record.hpp"

namespace gateproof::selfproof {

/// A run of the embedded profiles against a gateway with one fault, or with none.
struct FaultRun {
    const gateway::Fault* fault = nullptr;  ///< null: the conforming gateway
    RunRecord record;
    std::vector<std::string> caught;     ///< "profile check" that noticed, as the fault says they must
    std::vector<std::string> missed;     ///< checks of caught_by that noticed on no profile that the fault shows on
    std::vector<std::string> disturbed;  ///< "profile check: outcome (sentence)" changed though not of caught_by

    [[nodiscard]] bool proved() const { return missed.empty() && disturbed.empty(); }
};

struct Matrix {
    FaultRun conforming;                ///< `disturbed` lists whatever is neither pass nor skipped
    std::vector<FaultRun> faults;       ///< in the order of gateway::faults()
    std::vector<std::string> unproved;  ///< checks of the catalogue that no fault is for

    [[nodiscard]] bool proved() const;
};

/// Runs the conforming gateway, then each fault whose name matches the glob; `jobs` gateways at a time.
Matrix prove(std::string_view fault_glob = "*", std::size_t jobs = 2);

/// One run, judged against a conforming one.
FaultRun prove_fault(const gateway::Fault& fault, const RunRecord& conforming);
FaultRun prove_conforming();

}  // namespace gateproof::selfproof
