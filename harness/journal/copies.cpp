#include "harness/journal/copies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <map>
#include <utility>

namespace gateproof {
namespace {

/// To what a journal keeps.
auto moment(std::chrono::system_clock::time_point time) {
    return std::chrono::floor<std::chrono::milliseconds>(time);
}

bool same_attempt(const CheckResult& a, const CheckResult& b) {
    return moment(a.started) == moment(b.started) && a.outcome == b.outcome && a.sentence == b.sentence;
}

bool before(const CheckResult& a, const CheckResult& b) {
    return std::pair(moment(a.started), a.outcome) < std::pair(moment(b.started), b.outcome);
}

bool are_copies(const RunRecord& a, const RunRecord& b) {
    return !a.plan_digest.empty() && a.plan_digest == b.plan_digest && a.shard == b.shard && a.seed == b.seed &&
           moment(a.started) == moment(b.started) && a.hostname == b.hostname && a.tool_version == b.tool_version;
}

/// What is in one of the lists or in both; `added`: how many of them only the second has.
template <class Event, class Same>
std::vector<Event> united(std::vector<Event> own, std::vector<Event> others, Same same, std::size_t& added) {
    for (Event& one : others) {
        if (std::ranges::none_of(own, [&](const Event& known) { return same(known, one); })) {
            own.push_back(std::move(one));
            ++added;
        }
    }
    return own;
}

std::vector<CheckResult> attempts_of(CheckRecord& check) {
    std::vector<CheckResult> attempts = std::move(check.earlier);
    if (check.result) {
        attempts.push_back(std::move(*check.result));
    }
    return attempts;
}

class Joiner {
public:
    Joiner(NamedRun& own, NamedRun other, std::vector<std::string>& conflicts)
        : own_(own), other_(std::move(other)), conflicts_(conflicts) {}

    void join() {
        std::map<std::pair<std::string, std::string>, CheckRecord*> index;
        for (CheckRecord& check : own_.run.checks) {
            index.emplace(std::pair(check.target, check.full_id()), &check);
        }
        for (CheckRecord& check : other_.run.checks) {
            const auto found = index.find({check.target, check.full_id()});
            if (found == index.end()) {
                own_.run.checks.push_back(std::move(check));
                ++fresh_;
            } else {
                join(*found->second, check);
            }
        }
        join_events();
        for (TargetRecord& target : own_.run.targets) {
            const auto twin = std::ranges::find(other_.run.targets, target.name, &TargetRecord::name);
            if (twin != other_.run.targets.end() && twin->clock &&
                (!target.clock || twin->clock->state > target.clock->state)) {
                target.clock = std::move(twin->clock);
            }
        }
        own_.name += " and " + other_.name;
    }

private:
    void join(CheckRecord& own, CheckRecord& other) {
        const std::optional<Outcome> standing = own.standing();
        const std::optional<Outcome> other_standing = other.standing();
        const bool asks = !own.result && !own.earlier.empty();
        const bool other_asks = !other.result && !other.earlier.empty();
        std::vector<CheckResult> all = attempts_of(own);
        std::vector<CheckResult> others = attempts_of(other);
        const std::size_t of_other = others.size();
        const bool apart = !all.empty() && !others.empty() && !same_attempt(all.front(), others.front());
        if (apart) {
            // Judged for the first time by each of two that went on: no attempt of one is a repetition of the other's.
            ++fresh_;
            ++missing_;
            const bool worse = *other_standing > *standing;
            tell(own, *standing, *other_standing, "worse");
            restore(own, worse ? std::move(others) : std::move(all), worse ? other_asks : asks);
            return;
        }
        std::size_t fresh = 0;
        all = united(std::move(all), std::move(others), same_attempt, fresh);
        const std::size_t missing = all.size() - of_other;
        fresh_ += fresh;
        missing_ += missing;
        if (fresh > 0 && missing > 0) {
            tell(own, standing.value_or(Outcome::inconclusive), other_standing.value_or(Outcome::inconclusive),
                 "later");
        }
        std::ranges::stable_sort(all, before);
        // An attempt that one copy waits for is still to come, unless the other has gone further.
        restore(own, std::move(all), (asks && fresh == 0) || (other_asks && missing == 0));
    }

    static void restore(CheckRecord& check, std::vector<CheckResult> attempts, bool pending) {
        check.result.reset();
        if (!pending && !attempts.empty()) {
            check.result = std::move(attempts.back());
            attempts.pop_back();
        }
        check.earlier = std::move(attempts);
    }

    void tell(const CheckRecord& check, Outcome own, Outcome other, std::string_view which) {
        if (own != other && conflicts_.size() < most_) {
            conflicts_.push_back(fmt::format("{} of {} is {} in {} and {} in {}; the {} counts", check.full_id(),
                                             check.target, to_string(own), own_.name, to_string(other), other_.name,
                                             which));
        }
    }

    void join_events() {
        RunRecord& own = own_.run;
        RunRecord& other = other_.run;
        const std::size_t events = other.resumptions.size() + other.reruns.size();
        const auto same = [](const auto& a, const auto& b) {
            return moment(a.at) == moment(b.at) && a.hostname == b.hostname;
        };
        own.resumptions = united(std::move(own.resumptions), std::move(other.resumptions), same, fresh_);
        own.reruns = united(std::move(own.reruns), std::move(other.reruns), same, fresh_);
        missing_ += own.resumptions.size() + own.reruns.size() - events;
        std::size_t said = 0;  // which tells nothing of how far a copy went
        own.attestations =
            united(std::move(own.attestations), std::move(other.attestations), std::equal_to<Attestation>(), said);
        std::ranges::stable_sort(own.resumptions, {}, &Resumption::at);
        std::ranges::stable_sort(own.reruns, {}, &Rerun::at);
        const bool other_holds_all = missing_ == 0 && (fresh_ > 0 || !own.ended);
        if (other_holds_all) {
            own.ended = other.ended;
            own.end_reason = other.end_reason;
        } else if (missing_ > 0 && fresh_ > 0) {
            own.end_reason = own.end_reason == EndReason::complete ? other.end_reason : own.end_reason;
            own.ended = own.ended && other.ended ? std::optional(std::max(*own.ended, *other.ended)) : std::nullopt;
        }
    }

    static constexpr std::size_t most_ = 200;
    NamedRun& own_;
    NamedRun other_;
    std::vector<std::string>& conflicts_;
    std::size_t fresh_ = 0;    ///< what the other alone has
    std::size_t missing_ = 0;  ///< what it lacks
};

}  // namespace

std::vector<NamedRun> join_copies(std::vector<NamedRun> runs, std::vector<std::string>& conflicts) {
    std::vector<NamedRun> joined;
    for (NamedRun& one : runs) {
        const auto known =
            std::ranges::find_if(joined, [&](const NamedRun& other) { return are_copies(other.run, one.run); });
        if (known == joined.end()) {
            joined.push_back(std::move(one));
        } else {
            Joiner(*known, std::move(one), conflicts).join();
        }
    }
    return joined;
}

}  // namespace gateproof
