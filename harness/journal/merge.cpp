#include "harness/journal/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "harness/journal/copies.hpp"
#include "harness/journal/left_out.hpp"

namespace gateproof {
namespace {

class Merger {
public:
    explicit Merger(std::vector<NamedRun> runs)
        : runs_(join_copies(std::move(runs), merged_.conflicts, merged_.known_conflict)) {}

    MergedRun merge() {
        if (runs_.empty()) {
            return {};
        }
        take_head();
        same_plan_ = std::ranges::all_of(runs_, [this](const NamedRun& one) {
            return !one.run.plan_digest.empty() && one.run.plan_digest == runs_.front().run.plan_digest;
        });
        judge_shards();
        size_whole_plan();
        keep_cut_offs_apart();
        for (NamedRun& one : runs_) {
            take_targets(one);
            take_attestations(one.run.attestations);
            for (auto& [id, requirement] : one.run.requirements) {
                merged_.run.requirements.try_emplace(id, std::move(requirement));
            }
            for (auto& [id, title] : one.run.suites) {
                merged_.run.suites.try_emplace(id, std::move(title));
            }
            for (CheckRecord& check : one.run.checks) {
                take(one.name, std::move(check));
            }
        }
        tell_cut_offs();
        drop_attempts_of_others();
        if (same_plan_ || !merged_.run.whole_plan_digest.empty()) {
            std::ranges::stable_sort(merged_.run.checks, {}, &CheckRecord::position);
        }
        take_left_out();
        if (!same_plan_ && merged_.run.whole_plan_digest.empty() && merged_.run.whole_plan > 0) {
            merged_.run.whole_plan = merged_.run.checks.size() + merged_.run.left_out_count() + missing_;
        }
        return std::move(merged_);
    }

private:
    using Key = std::tuple<std::string, std::string>;  ///< target, full id
    struct Origin {
        std::size_t index;  ///< in the merged run's checks
        std::string name;   ///< of the run that its result is from
    };

    void take_head() {
        RunRecord& run = merged_.run;
        const RunRecord& first = runs_.front().run;
        run.tool_version = first.tool_version;
        run.hostname = first.hostname;
        run.seed = first.seed;
        run.started = first.started;
        run.ended = first.ended;
        run.end_reason = first.end_reason;
        run.fail_on = first.fail_on;
        run.accepts_excluded = first.accepts_excluded;
        run.fails_on_partial = first.fails_on_partial;
        run.selection = first.selection;
        run.plan_suites = first.plan_suites;
        run.catalogue = first.catalogue;
        take_known();
        for (const NamedRun& one : runs_) {
            run.started = std::min(run.started, one.run.started);
            run.fail_on.insert(one.run.fail_on.begin(), one.run.fail_on.end());
            run.accepts_excluded = run.accepts_excluded && one.run.accepts_excluded;
            run.fails_on_partial = run.fails_on_partial || one.run.fails_on_partial;
            if (one.run.selection != run.selection) {
                run.selection.reset();
            }
            take_catalogue(one.run.catalogue);
            if (run.end_reason == EndReason::complete) {
                run.end_reason = one.run.end_reason;
            }
            run.ended = run.ended && one.run.ended ? std::optional(std::max(*run.ended, *one.run.ended)) : std::nullopt;
            run.resumptions.insert(run.resumptions.end(), one.run.resumptions.begin(), one.run.resumptions.end());
            run.reruns.insert(run.reruns.end(), one.run.reruns.begin(), one.run.reruns.end());
            if (one.run.tool_version != run.tool_version) {
                conflict("{} is of gateproof {}, {} of {}", runs_.front().name, run.tool_version, one.name,
                         one.run.tool_version);
            }
        }
        // As a journal tells it: what has no end was killed.
        if (!run.ended || run.end_reason == EndReason::killed) {
            run.ended.reset();
            run.end_reason = EndReason::killed;
        }
    }

    void take_known() {
        std::vector<KnownOf> lists;
        for (const NamedRun& one : runs_) {
            lists.push_back({one.name, one.run.known});
        }
        std::string conflict;
        merged_.run.known = common_known(lists, conflict);
        if (merged_.known_conflict.empty()) {
            merged_.known_conflict = std::move(conflict);
        } else {
            merged_.run.known.reset();
        }
    }

    /// The documents of all, where the same state of the catalogue judged.
    void take_catalogue(const CatalogueRecord& other) {
        CatalogueRecord& own = merged_.run.catalogue;
        if (other.version != own.version || other.newer != own.newer || other.frozen != own.frozen) {
            own = {};
            return;
        }
        for (const DocumentRecord& document : other.documents) {
            if (std::ranges::find(own.documents, document) == own.documents.end()) {
                own.documents.push_back(document);
            }
        }
    }

    void judge_shards() {
        const std::size_t count = runs_.front().run.shard.count;
        std::map<std::size_t, std::string> present;
        for (const NamedRun& one : runs_) {
            const Shard& shard = one.run.shard;
            if (shard.count != count) {
                conflict("{} is one of {} shards, {} one of {}", runs_.front().name, count, one.name, shard.count);
                return;
            }
            if (count > 1 && one.run.plan_digest != runs_.front().run.plan_digest) {
                conflict(
                    "{} and {} are shards of different plans (other options, profiles, or secrets that are missing)",
                    runs_.front().name, one.name);
            }
            const auto [place, fresh] = present.try_emplace(shard.index, one.name);
            if (!fresh && count > 1) {
                conflict("{} and {} are both shard {} of {}", place->second, one.name, shard.index, count);
            }
        }
        if (same_plan_ && present.size() == count) {
            merged_.run.plan_digest = runs_.front().run.plan_digest;
        }
        for (std::size_t index = 1, told = 0; index <= count && told < 20; ++index) {
            if (!present.contains(index)) {
                ++told;
                conflict("shard {} of {} is missing; its checks are not in the result", index, count);
                incomplete();
            }
        }
    }

    /// Not known where one run does not say it, or where the runs have different things to call whole.
    void size_whole_plan() {
        const RunRecord& first = runs_.front().run;
        const bool known = std::ranges::all_of(runs_, [&](const NamedRun& one) {
            return one.run.whole_plan > 0 && one.run.plan_suites == first.plan_suites;
        });
        merged_.run.whole_plan = known ? first.whole_plan : 0;
        for (const NamedRun& one : runs_) {
            missing_ += one.run.missing_count();
        }
        take_whole_plan();
    }

    /// Runs of one whole plan are parts of it, whatever each of them selected. Of runs of the same endpoints that are
    /// not it is said: what one of them left out may be another check in the other.
    void take_whole_plan() {
        const NamedRun& first = runs_.front();
        bool same = !first.run.whole_plan_digest.empty();
        for (const NamedRun& one : runs_) {
            if (one.run.whole_plan_digest == first.run.whole_plan_digest) {
                continue;
            }
            const bool told = !one.run.whole_plan_digest.empty() && !first.run.whole_plan_digest.empty();
            if (told && names_of(one.run) == names_of(first.run)) {
                conflict(
                    "{} and {} judge the same endpoints by different whole plans (other profiles, --allow, or another "
                    "gateproof)",
                    first.name, one.name);
            }
            same = false;
        }
        merged_.run.whole_plan_digest = same ? first.run.whole_plan_digest : std::string();
    }

    /// Of one target in two runs: whoever tested, and the day that comes first.
    static void take_details(RecordDetails& own, const RecordDetails& other) {
        if (own.tester.empty()) {
            own.tester = other.tester;
        } else if (!other.tester.empty() && own.tester.find(other.tester) == std::string::npos) {
            own.tester += ", " + other.tester;
        }
        if (!own.valid_until || (other.valid_until && *other.valid_until < *own.valid_until)) {
            own.valid_until = other.valid_until;
        }
    }

    static std::set<std::string> names_of(const RunRecord& run) {
        std::set<std::string> names;
        for (const TargetRecord& target : run.targets) {
            names.insert(target.name);
        }
        return names;
    }

    void take_attestations(std::vector<Attestation>& said) {
        for (Attestation& one : said) {
            if (std::ranges::find(merged_.run.attestations, one) == merged_.run.attestations.end()) {
                merged_.run.attestations.push_back(std::move(one));
            }
        }
    }

    /// What one run left out and another has is not left out; what was taken out of one goes before what another was
    /// not asked for.
    void take_left_out() {
        std::map<Key, const LeftOutCheck*> chosen;
        std::vector<Key> order;
        for (const NamedRun& one : runs_) {
            for (const LeftOutCheck& check : one.run.left_out) {
                for (const std::string& target : check.targets) {
                    Key key(target, check.full_id());
                    if (origins_.contains(key)) {
                        continue;
                    }
                    const auto [place, fresh] = chosen.try_emplace(key, &check);
                    if (fresh) {
                        order.push_back(std::move(key));
                    } else if (weight(check) > weight(*place->second)) {
                        place->second = &check;
                    }
                }
            }
        }
        LeftOutChecks left_out;
        for (const Key& key : order) {
            left_out.add(*chosen.at(key), std::get<0>(key));
        }
        merged_.run.left_out = std::move(left_out).take();
    }

    static int weight(const LeftOutCheck& check) {
        // What one of the runs knew and did not select was part of a question.
        return (check.newer_than.empty() ? 4 : 0) + (check.skipped_anyway.empty() ? 2 : 0) + (check.excluded ? 1 : 0);
    }

    void incomplete() {
        if (merged_.run.end_reason == EndReason::complete) {
            merged_.run.end_reason = EndReason::incomplete;
        }
    }

    void take_targets(NamedRun& one) {
        for (TargetRecord& target : one.run.targets) {
            const auto known = std::ranges::find(merged_.run.targets, target.name, &TargetRecord::name);
            if (known == merged_.run.targets.end()) {
                merged_.run.targets.push_back(std::move(target));
                continue;
            }
            if (target.clock && (!known->clock || target.clock->state > known->clock->state)) {
                known->clock = std::move(target.clock);
            }
            if (target.cut_off && (!known->cut_off || target.cut_off->since < known->cut_off->since)) {
                known->cut_off = std::move(target.cut_off);
            }
            take_details(known->details, target.details);
            if (known->profile_digest != target.profile_digest ||
                (known->profile_digest.empty() && known->url != target.url)) {
                conflict("target {} is another one in {} (its URL or profile differs)", target.name, one.name);
            }
        }
    }

    /// Where one run was cut off from an endpoint and another ended otherwise before all of its checks there, the
    /// endpoint's cut-off would be told of the other's checks too: it is told of the run's own alone.
    void keep_cut_offs_apart() {
        std::set<std::string> otherwise;
        for (const NamedRun& one : runs_) {
            const std::set<std::string> open = open_targets(one.run);
            for (const TargetRecord& target : one.run.targets) {
                if (!target.cut_off && open.contains(target.name)) {
                    otherwise.insert(target.name);
                }
            }
        }
        for (NamedRun& one : runs_) {
            for (TargetRecord& target : one.run.targets) {
                if (target.cut_off && otherwise.contains(target.name)) {
                    cut_offs_.emplace(std::pair(one.name, target.name), *std::exchange(target.cut_off, std::nullopt));
                }
            }
        }
    }

    void tell_cut_offs() {
        for (const auto& [key, origin] : origins_) {
            CheckRecord& check = merged_.run.checks[origin.index];
            const auto found = cut_offs_.find({origin.name, check.target});
            if (found != cut_offs_.end() && check.skip_reason.empty() && check.standing_result() == nullptr) {
                check.result = found->second.not_run();
            }
        }
    }

    /// What was asked of a check in one run says nothing of the other run's result that is kept: read again, a further
    /// attempt would be waited for.
    void drop_attempts_of_others() {
        for (Rerun& rerun : merged_.run.reruns) {
            std::erase_if(rerun.checks, [this](const AttemptAsked& asked) {
                const PlannedEntry entry{{}, asked.check, {}, {}, asked.case_name};
                const auto place = origins_.find(Key(asked.target, entry.full_id()));
                if (place == origins_.end()) {
                    return false;
                }
                const CheckRecord& kept = merged_.run.checks[place->second.index];
                return kept.result && asked.attempt > kept.attempt();
            });
        }
    }

    void take(const std::string& name, CheckRecord check) {
        const auto [place, fresh] =
            origins_.try_emplace(Key(check.target, check.full_id()), Origin{merged_.run.checks.size(), name});
        if (fresh) {
            merged_.run.checks.push_back(std::move(check));
            return;
        }
        CheckRecord& kept = merged_.run.checks[place->second.index];
        const std::optional<Outcome> known = kept.standing();
        const std::optional<Outcome> told = check.standing();
        if (known && told && known != told) {
            conflict("{} of {} is {} in {} and {} in {}; the worse counts", check.full_id(), check.target,
                     to_string(*known), place->second.name, to_string(*told), name);
        }
        const bool better_known = !known && (told || (!kept.skip_reason.empty() && check.skip_reason.empty()));
        const bool not_tried = known && known == told && kept.result && check.result &&
                               check.result->skip == Skip::not_tried && kept.result->skip != Skip::not_tried;
        if (better_known || not_tried || (known && told && *told > *known)) {
            place->second.name = name;
            kept = std::move(check);
        }
    }

    template <class... Args>
    void conflict(fmt::format_string<Args...> format, Args&&... args) {
        constexpr std::size_t most = 200;
        if (merged_.conflicts.size() < most) {
            merged_.conflicts.push_back(fmt::format(format, std::forward<Args>(args)...));
        }
    }

    MergedRun merged_;
    std::vector<NamedRun> runs_;  ///< copies of one run are one of them
    bool same_plan_ = false;
    std::size_t missing_ = 0;  ///< of the runs' own plans
    std::map<Key, Origin> origins_;
    std::map<std::pair<std::string, std::string>, CutOff> cut_offs_;  ///< by run and target, of that run's checks alone
};

}  // namespace

MergedRun merge_runs(std::vector<NamedRun> runs) {
    return Merger(std::move(runs)).merge();
}

}  // namespace gateproof
