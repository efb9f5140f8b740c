#include "harness/journal/copies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <map>
#include <set>
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
            const bool worse = *other_standing > *standing;
            tell(own, *standing, *other_standing, "worse");
            restore(own, worse ? std::move(others) : std::move(all), worse ? other_asks : asks);
            return;
        }
        std::size_t fresh = 0;
        all = united(std::move(all), std::move(others), same_attempt, fresh);
        const std::size_t missing = all.size() - of_other;
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
        const auto same = [](const auto& a, const auto& b) {
            return moment(a.at) == moment(b.at) && a.hostname == b.hostname;
        };
        std::size_t added = 0;
        own.resumptions = united(std::move(own.resumptions), std::move(other.resumptions), same, added);
        own.reruns = united(std::move(own.reruns), std::move(other.reruns), same, added);
        own.attestations =
            united(std::move(own.attestations), std::move(other.attestations), std::equal_to<Attestation>(), added);
        std::ranges::stable_sort(own.resumptions, {}, &Resumption::at);
        std::ranges::stable_sort(own.reruns, {}, &Rerun::at);
    }

    static constexpr std::size_t most_ = 200;
    NamedRun& own_;
    NamedRun other_;
    std::vector<std::string>& conflicts_;
};

/// What a copy holds of the things that copies are joined from, each by what makes it the same in two of them.
std::set<std::string> contents_of(const RunRecord& run) {
    std::set<std::string> contents;
    const auto event = [&](std::string_view kind, const auto& one) {
        contents.insert(fmt::format("{}\n{}\n{}", kind, moment(one.at).time_since_epoch().count(), one.hostname));
    };
    for (const Resumption& one : run.resumptions) {
        event("resumed", one);
    }
    for (const Rerun& one : run.reruns) {
        event("rerun", one);
    }
    for (const CheckRecord& check : run.checks) {
        const std::string name = check.target + '\n' + check.full_id();
        contents.insert(name);
        const auto attempt = [&](const CheckResult& one) {
            contents.insert(fmt::format("{}\n{}\n{}\n{}", name, moment(one.started).time_since_epoch().count(),
                                        to_string(one.outcome), one.sentence));
        };
        std::ranges::for_each(check.earlier, attempt);
        if (check.result) {
            attempt(*check.result);
        }
    }
    return contents;
}

/// What one copy alone can say of a run, and how far it went.
struct Copy {
    explicit Copy(const NamedRun& one)
        : name(one.name),
          contents(contents_of(one.run)),
          ended(one.run.ended),
          end_reason(one.run.end_reason),
          known(one.run.known),
          open(open_targets(one.run)) {
        for (const TargetRecord& target : one.run.targets) {
            cut_offs.emplace(target.name, target.cut_off);
        }
    }

    /// The other went on from it.
    [[nodiscard]] bool superseded_by(const Copy& other) const {
        const bool longer = contents.size() < other.contents.size() ||
                            (contents.size() == other.contents.size() && !ended && other.ended);
        return longer && std::ranges::includes(other.contents, contents);
    }

    std::string name;
    std::set<std::string> contents;
    std::optional<std::chrono::system_clock::time_point> ended;
    EndReason end_reason;
    std::optional<KnownList> known;
    std::set<std::string> open;
    std::map<std::string, std::optional<CutOff>> cut_offs;  ///< by target
};

/// A run, made of its copies in any order.
class Lineage {
public:
    explicit Lineage(NamedRun first) : joined_(std::move(first)) {}

    [[nodiscard]] bool holds(const RunRecord& run) const { return are_copies(joined_.run, run); }

    void add(NamedRun other, std::vector<std::string>& conflicts) {
        if (copies_.empty()) {
            copies_.emplace_back(joined_);
        }
        copies_.emplace_back(other);
        Joiner(joined_, std::move(other), conflicts).join();
    }

    NamedRun finish(std::string& known_conflict) && {
        if (!copies_.empty()) {
            const std::vector<Copy> last = last_copies();
            end(last);
            cut_off(last);
            std::vector<KnownOf> lists;
            for (const Copy& copy : last) {
                lists.push_back({copy.name, copy.known});
            }
            std::string conflict;
            joined_.run.known = common_known(lists, conflict);
            known_conflict = known_conflict.empty() ? std::move(conflict) : known_conflict;
        }
        return std::move(joined_);
    }

private:
    /// Those from which none went on: one, or several that went on apart.
    [[nodiscard]] std::vector<Copy> last_copies() const {
        std::vector<Copy> last;
        for (const Copy& copy : copies_) {
            if (std::ranges::none_of(copies_, [&](const Copy& other) { return copy.superseded_by(other); })) {
                last.push_back(copy);
            }
        }
        return last;
    }

    /// As complete as the least complete of them.
    void end(const std::vector<Copy>& last) {
        RunRecord& run = joined_.run;
        run.ended = last.front().ended;
        run.end_reason = last.front().end_reason;
        for (const Copy& copy : last) {
            run.ended = run.ended && copy.ended ? std::optional(std::max(*run.ended, *copy.ended)) : std::nullopt;
            if (run.end_reason == EndReason::complete) {
                run.end_reason = copy.end_reason;
            } else if (copy.end_reason != EndReason::complete) {
                run.end_reason = std::min(run.end_reason, copy.end_reason);
            }
        }
    }

    /// An endpoint is cut off where each of them says so that did not judge all of it.
    void cut_off(const std::vector<Copy>& last) {
        for (TargetRecord& target : joined_.run.targets) {
            target.cut_off.reset();
            bool otherwise = false;
            for (const Copy& copy : last) {
                const auto found = copy.cut_offs.find(target.name);
                const bool told = found != copy.cut_offs.end() && found->second;
                otherwise = otherwise || (!told && copy.open.contains(target.name));
                if (told && (!target.cut_off || found->second->since < target.cut_off->since)) {
                    target.cut_off = found->second;
                }
            }
            if (otherwise) {
                target.cut_off.reset();
            }
        }
    }

    NamedRun joined_;
    std::vector<Copy> copies_ = {};  ///< as they were; none where the run is the only one
};

}  // namespace

std::set<std::string> open_targets(const RunRecord& run) {
    std::set<std::string> open;
    for (const CheckRecord& check : run.checks) {
        if (!check.result && check.skip_reason.empty()) {
            open.insert(check.target);
        }
    }
    return open;
}

std::optional<KnownList> common_known(const std::vector<KnownOf>& lists, std::string& conflict) {
    const KnownOf& first = lists.front();
    std::optional<KnownList> common = first.list;
    for (const KnownOf& other : lists) {
        if (common.has_value() != other.list.has_value() || (common && common->sha256 != other.list->sha256)) {
            const auto list_of = [](const std::optional<KnownList>& list) {
                return list ? fmt::format("{} ({:.12})", list->name, list->sha256) : std::string("none");
            };
            conflict = fmt::format(
                "the lists of known failures differ, so that none counts: {} of {}, {} of {}; give the one that is to "
                "count with --known",
                list_of(first.list), first.run, list_of(other.list), other.run);
            return std::nullopt;
        }
        if (common) {
            common->judged = std::max(common->judged, other.list->judged);
        }
    }
    return common;
}

std::vector<NamedRun> join_copies(std::vector<NamedRun> runs, std::vector<std::string>& conflicts,
                                  std::string& known_conflict) {
    std::vector<Lineage> lineages;
    for (NamedRun& one : runs) {
        const auto known =
            std::ranges::find_if(lineages, [&](const Lineage& lineage) { return lineage.holds(one.run); });
        if (known == lineages.end()) {
            lineages.emplace_back(std::move(one));
        } else {
            known->add(std::move(one), conflicts);
        }
    }
    std::vector<NamedRun> joined;
    for (Lineage& lineage : lineages) {
        joined.push_back(std::move(lineage).finish(known_conflict));
    }
    return joined;
}

}  // namespace gateproof
