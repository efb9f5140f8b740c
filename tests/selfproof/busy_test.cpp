// What takes the whole machine to be seen: a busy loop on each of its processors turns no pass of what looks at clocks
// into a finding against the client, and clients that wait are in nobody's way.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "harness/run/runner.hpp"
#include "selfproof/cell.hpp"
#include "selfproof/client_matrix.hpp"
#include "selfproof/client_parts.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// One on each processor, to the end of this object.
class BusyLoops {
public:
    BusyLoops() {
        for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
            loops_.emplace_back([this] {
                while (!stop_.load(std::memory_order_relaxed)) {
                }
            });
        }
    }
    ~BusyLoops() {
        stop_ = true;
        for (std::thread& loop : loops_) {
            loop.join();
        }
    }
    BusyLoops(const BusyLoops&) = delete;
    BusyLoops& operator=(const BusyLoops&) = delete;

private:
    std::atomic<bool> stop_{false};
    std::vector<std::thread> loops_;
};

std::vector<Cell> judged(std::vector<std::string> suites, std::vector<Profile> profiles,
                         std::vector<std::string> faults = {}) {
    const Catalogue& catalogue = suites::catalogue();
    Selection selection;
    selection.suites = std::move(suites);
    const Plan plan = make_plan(catalogue, std::move(profiles), selection);
    JournalWriter journal;
    RunObserver observer;
    RunOptions options;
    options.seed = 1;
    options.client_target = embedded_client_targets(std::move(faults));
    return cells_of(run(plan, catalogue, journal, options, observer));
}

TEST(BusyMachine, TurnsNoPassIntoAFailure) {
    const BusyLoops loops;
    std::size_t passed = 0;
    for (const Cell& cell : judged({"client-time", "client-http"}, embedded_client_profiles())) {
        passed += cell.outcome == Outcome::pass ? 1 : 0;
        EXPECT_NE(cell.outcome, Outcome::fail) << described(cell);
        EXPECT_NE(cell.outcome, Outcome::warning) << described(cell);
        EXPECT_NE(cell.outcome, Outcome::error) << described(cell);
        if (cell.outcome == Outcome::inconclusive) {
            EXPECT_THAT(cell.sentence, HasSubstr("late by"));
        }
    }
    EXPECT_GT(passed, 0U) << "nothing was judged";
}

/// Three of its waits take all the time that there is, and ten more a part of it: two at a time, that would be thrice
/// as long.
TEST(WaitingClient, IsInNobodysWay) {
    std::vector<Profile> profiles = embedded_client_profiles();
    profiles.resize(1);
    profiles.front().client->concurrent = 2;
    profiles.front().client->end = 8s;
    profiles.front().timing.limit = 2s;
    const auto begun = std::chrono::steady_clock::now();
    const std::vector<Cell> cells = judged({"client-time"}, profiles, {"waits-for-ever"});
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 16s);
    EXPECT_EQ(std::ranges::count(cells, Outcome::warning, &Cell::outcome), 3);
}

}  // namespace
}  // namespace gateproof::selfproof
