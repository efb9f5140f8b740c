// Many runs of the same endpoints: how each requirement fared over time, and which checks do not keep to a verdict.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/journal/record.hpp"
#include "reports/view/console_style.hpp"
#include "reports/view/matrix.hpp"

namespace gateproof::reports {

/// One run of the history, without its evidence.
struct TrendRun {
    std::chrono::system_clock::time_point started;
    std::string tool_version;
    EndReason end_reason = EndReason::killed;
    std::map<Outcome, std::size_t> counts;
    std::size_t not_selected = 0;  ///< checks that a selection left out
    std::size_t judged_again = 0;  ///< checks with more than one attempt; the latest counts
};

/// An outcome for each run, in the runs' order; empty where the run did not look at it.
using TrendLine = std::vector<std::optional<Outcome>>;
/// The same of a requirement. A run that selected none of its checks did not look at it.
using StatusLine = std::vector<std::optional<RequirementStatus>>;

struct RequirementTrend {
    std::string target;
    std::string requirement;
    StatusLine statuses;  ///< as the requirement matrix of each run has it

    /// Index of the run since which the status is what it is now; runs that did not look at it do not interrupt.
    [[nodiscard]] std::size_t since() const;
};

/// A check whose verdict went and came back though neither the program nor its profile changed, or whose control had to
/// be repeated.
struct FlakyCheck {
    std::string target;
    std::string id;
    TrendLine outcomes;
    std::size_t changes = 0;  ///< of the verdict, from attempt to attempt, under the same version and profile
    std::size_t retried = 0;  ///< runs in which a control had to be repeated
};

struct Trend {
    std::vector<TrendRun> runs;  ///< oldest first
    std::vector<RequirementTrend> requirements;
    std::vector<FlakyCheck> flaky;  ///< most changes first
};

/// Takes runs one by one and keeps of each what a trend needs, so that a year of journals fits into memory.
class TrendBuilder {
public:
    void add(const RunRecord& run);
    /// Runs in the order of their beginning, whatever the order of add().
    [[nodiscard]] Trend finish() &&;

private:
    using Key = std::pair<std::string, std::string>;  ///< target; requirement or check
    struct CheckPoint {
        std::vector<Outcome> attempts;  ///< what each came to; the last counts
        bool retried;
        std::size_t configuration;  ///< equal: same version of the program, same profile
    };
    struct Point {
        TrendRun run;
        std::map<Key, RequirementStatus> requirements;
        std::map<Key, CheckPoint> checks;
    };

    std::size_t configuration_of(const RunRecord& run, const std::string& target);

    std::vector<Point> points_;
    std::vector<Key> requirement_order_;
    std::map<std::string, std::size_t> configurations_;
};

std::string trend_text(const Trend& trend, const ConsoleStyle& style);
std::string trend_json(const Trend& trend);

}  // namespace gateproof::reports
