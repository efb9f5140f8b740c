// The proof of the client side: every fault of the reference client against every check of client software.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "client/faults/table.hpp"
#include "harness/profile/profile.hpp"
#include "selfproof/cell.hpp"

namespace gateproof::selfproof {

/// The built-in profiles of the client inside this program; each refusal is asked for once, since what a fault breaks
/// is broken each time.
std::vector<Profile> embedded_client_profiles();

/// A run of those profiles with a client of this fault, or with none.
struct ClientFaultRun {
    const client::Fault* fault = nullptr;     ///< null: the conforming client
    std::vector<Cell> cells;                  ///< every check of both profiles, in the order of the plan
    std::vector<std::string> caught = {};     ///< "profile check" that noticed, as the fault says they must
    std::vector<std::string> missed = {};     ///< checks of caught_by that exist and noticed nothing
    std::vector<std::string> disturbed = {};  ///< "profile check: outcome (sentence)" changed though not of caught_by
    /// By name of the cell: in what its scenes differed from their twin, a member of stage::Scene each; none where it
    /// showed the twin alone.
    std::map<std::string, std::set<std::string>> differences = {};

    [[nodiscard]] bool proved() const { return missed.empty() && disturbed.empty(); }
};

struct ClientMatrix {
    ClientFaultRun conforming;  ///< `disturbed` lists whatever is neither pass nor skipped; no cells: not judged
    std::vector<ClientFaultRun> faults;  ///< those that a check is there for, in the order of client::faults()
    std::vector<std::string> unproved;   ///< checks of client software that no fault is for
    std::size_t runs = 0;
    bool interrupted = false;  ///< SIGINT or SIGTERM: `faults` holds those that were judged by then

    [[nodiscard]] bool proved() const;
};

struct ClientProofOptions {
    std::function<bool(const client::Fault&)> chosen = [](const client::Fault&) { return true; };
    /// Faults that one client has at most; 1: each has a client of its own, which every check judges. They share it
    /// where no check, and no control, sees a client that any two of them had to do with (FaultsAsked): so what it says
    /// of each of them is what it says of a client of that fault alone. Where two met all the same, each of the two is
    /// run by itself, and so is each that anything but what it is for notices. What does not ask for the fault is not
    /// judged again, unless the client is another one wherever it is served.
    std::size_t sharing = 10;
    /// After each run, by one thread at a time; how many there have been.
    std::function<void(std::size_t runs)> progress = [](std::size_t) {};
};

/// A fault of which no check exists yet is not run.
ClientMatrix prove_clients(const ClientProofOptions& options = {});

}  // namespace gateproof::selfproof
