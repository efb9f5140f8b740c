#include "selfproof/client_matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "harness/profile/read/load.hpp"
#include "harness/run/runner.hpp"
#include "profiles/builtin.hpp"
#include "selfproof/client_parts.hpp"
#include "selfproof/embedded_client.hpp"
#include "selfproof/pool.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {

namespace {

using ClientFaults = std::vector<const client::Fault*>;

/// A run computes for a second and a half and waits seven more for the longest patience, so that it takes this many to
/// keep the processors of a small machine at work. Where none has time to spare no other is begun (run_overlapping).
constexpr std::size_t most_clients = 14;

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> all;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) {
            all.push_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return all;
}

/// What its attempts say of their scenes.
std::set<std::string> differences_of(const CheckResult& result) {
    std::set<std::string> found;
    for (const Observation& one : result.evidence) {
        for (const auto& [name, value] : one.fields) {
            const auto* const text = std::get_if<std::string>(&value);
            if (one.kind == "client_run" && name == "differs_in" && text != nullptr && !text->starts_with("none")) {
                found.insert(*text);
            }
        }
    }
    return found;
}

/// A run of a client that has all of these faults.
struct ClientRun {
    std::vector<Cell> cells;
    std::map<std::string, std::set<std::string>> differences;
    FaultsAsked asked;
    bool whole = false;  ///< not interrupted
};

/// What the runs of one proof tell each other.
class Course {
public:
    explicit Course(const ClientProofOptions& options) : options_(options) {}

    void made(const RunRecord& record) {
        interrupted_ = interrupted_ || record.end_reason == EndReason::interrupted;
        const std::scoped_lock lock(mutex_);
        options_.progress(++runs_);
    }
    [[nodiscard]] bool interrupted() const { return interrupted_; }
    /// When none of them goes on.
    [[nodiscard]] std::size_t runs() const { return runs_; }

private:
    const ClientProofOptions& options_;
    std::atomic<bool> interrupted_{false};
    std::mutex mutex_;
    std::size_t runs_ = 0;
};

/// `only`: names of the cells that are judged, of all others nothing is known; null: all are.
ClientRun run_of(Course& course, const ClientFaults& faults, const std::set<std::string>* only = nullptr) {
    std::vector<std::string> names;
    for (const client::Fault* const fault : faults) {
        names.emplace_back(fault->name);
    }
    const Catalogue& catalogue = suites::catalogue();
    Plan plan = make_plan(catalogue, embedded_client_profiles(), {});
    if (only != nullptr) {
        std::erase_if(plan.checks, [&](const PlannedCheck& planned) {
            return !only->contains(fmt::format("{} {}", plan.targets[planned.target].name, planned.id()));
        });
    }
    JournalWriter journal;
    RunObserver observer;
    RunOptions options;
    options.seed = 1;
    const auto asked = std::make_shared<FaultsAsked>();
    options.client_target = embedded_client_targets(std::move(names), asked);
    const RunRecord record = run(plan, catalogue, journal, options, observer);
    course.made(record);
    ClientRun made{cells_of(record), {}, *asked, record.end_reason != EndReason::interrupted};
    if (made.asked.running != 0) {
        throw std::logic_error("a client outlived its run, and what it had to do with is not known");
    }
    for (std::size_t index = 0; index < made.cells.size(); ++index) {
        made.differences[name_of(made.cells[index])] = differences_of(record.result_of(record.checks[index]));
    }
    return made;
}

/// A client that no conforming gateway serves fails what looks for a service, whatever it is about.
bool looks_for_service(std::string_view check) {
    const Check* const known = suites::catalogue().check(check);
    return known != nullptr && known->control == Control::none;
}

/// Of those that must notice the fault, the checks that exist.
std::set<std::string_view> checks_of(const client::Fault& fault) {
    std::set<std::string_view> ids;
    for (const std::string_view id : words_of(fault.caught_by)) {
        if (suites::catalogue().check(id) != nullptr) {
            ids.insert(id);
        }
    }
    return ids;
}

bool had_to_do(const FaultsAsked& asked, const std::string& check, const client::Fault& fault) {
    const auto found = asked.by_check.find(check);
    return found != asked.by_check.end() && found->second.contains(fault.name);
}

/// Those of the faults that had to do with what one check or one control saw beside another: nobody can tell whose
/// doing it was.
std::set<const client::Fault*> mixed(const ClientRun& run, const ClientFaults& faults) {
    std::set<const client::Fault*> all;
    for (const auto& [check, names] : run.asked.by_check) {
        std::set<const client::Fault*> met;
        std::ranges::copy_if(faults, std::inserter(met, met.end()),
                             [&names = names](const client::Fault* fault) { return names.contains(fault->name); });
        if (met.size() > 1) {
            all.merge(met);
        }
    }
    return all;
}

/// What a run of several faults says of one of them. What another had to do with is as with the conforming client.
ClientFaultRun part_of(const ClientRun& run, const client::Fault& fault, const ClientFaults& all,
                       const ClientFaultRun& conforming) {
    ClientFaultRun proof{.fault = &fault, .cells = run.cells, .differences = run.differences};
    const std::set<std::string_view> asked = checks_of(fault);
    std::set<std::string_view> missed = asked;
    for (std::size_t index = 0; index < proof.cells.size(); ++index) {
        Cell& cell = proof.cells[index];
        const std::string name = name_of(cell);
        const bool own = had_to_do(run.asked, name, fault);
        if (!own &&
            std::ranges::any_of(all, [&](const client::Fault* other) { return had_to_do(run.asked, name, *other); })) {
            cell = conforming.cells.at(index);
            continue;
        }
        const bool noticed = cell.outcome == Outcome::fail || cell.outcome == Outcome::warning;
        const bool blind = cell.outcome == Outcome::inconclusive && fault.ends_service;
        if (noticed && own && asked.contains(cell.check)) {
            proof.caught.push_back(name);
            missed.erase(cell.check);
        } else if (cell.outcome != conforming.cells.at(index).outcome && !is_clean(cell) && !blind &&
                   !asked.contains(cell.check) && !(noticed && fault.ends_service && looks_for_service(cell.check))) {
            proof.disturbed.push_back(described(cell));
        }
    }
    proof.missed.assign(missed.begin(), missed.end());
    return proof;
}

/// A machine that had no time for a run made checks inconclusive, which say nothing of the client: alone, the run is
/// made once more.
bool is_undecided(const ClientFaultRun& run) {
    return !run.proved() &&
           std::ranges::any_of(run.cells, [](const Cell& cell) { return cell.outcome == Outcome::inconclusive; });
}

/// Of one fault alone.
ClientFaultRun decided(Course& course, const client::Fault& fault, const ClientRun& run,
                       const ClientFaultRun& conforming) {
    ClientFaultRun proof = part_of(run, fault, {&fault}, conforming);
    if (is_undecided(proof)) {
        const ClientRun again = run_of(course, {&fault});
        return again.whole ? part_of(again, fault, {&fault}, conforming) : proof;
    }
    return proof;
}

/// What a client of this fault is expected to be judged by: where the conforming client asked itself for it, and where
/// it must be noticed.
std::set<std::string> sights_of(const client::Fault& fault, const ClientRun& conforming) {
    std::set<std::string> sights;
    for (const auto& [check, names] : conforming.asked.by_check) {
        if (names.contains(fault.name)) {
            sights.insert(check);
        }
    }
    const std::set<std::string_view> noticing = checks_of(fault);
    for (const Cell& cell : conforming.cells) {
        if (noticing.contains(cell.check)) {
            sights.insert(name_of(cell));
        }
    }
    return sights;
}

/// A client of this fault is another one wherever it is served.
bool is_everywhere(const client::Fault& fault, const ClientRun& conforming) {
    return fault.ends_service || std::ranges::any_of(conforming.asked.by_check, [&](const auto& check) {
               return check.first.find(" control-") != std::string::npos && check.second.contains(fault.name);
           });
}

/// Faults that may share a client (ClientProofOptions::sharing).
std::vector<ClientFaults> share_clients(const ClientFaults& faults, std::size_t at_most, const ClientRun& conforming) {
    std::vector<std::pair<std::set<std::string>, const client::Fault*>> all;
    for (const client::Fault* const fault : faults) {
        all.emplace_back(sights_of(*fault, conforming), fault);
    }
    // What is hardest to place comes first.
    std::ranges::stable_sort(all, std::greater{}, [](const auto& one) { return one.first.size(); });
    std::vector<std::pair<std::set<std::string>, ClientFaults>> groups;
    for (auto& [sights, fault] : all) {
        const bool everywhere = is_everywhere(*fault, conforming);
        const auto fits = [&, &own = sights](const auto& group) {
            return !everywhere && !is_everywhere(*group.second.front(), conforming) && group.second.size() < at_most &&
                   std::ranges::none_of(own, [&](const std::string& sight) { return group.first.contains(sight); });
        };
        auto group = std::ranges::find_if(groups, fits);
        group = group == groups.end() ? groups.emplace(groups.end()) : group;
        group->first.merge(sights);
        group->second.push_back(fault);
    }
    std::vector<ClientFaults> shared;
    for (auto& [sights, members] : groups) {
        shared.push_back(std::move(members));
    }
    return shared;
}

/// What does not ask for a fault does the same with it and without it: only what some fault of the group had to do with
/// is judged anew, and the rest is as with the conforming client.
ClientRun narrow_run_of(Course& course, const ClientFaults& faults, const ClientRun& conforming) {
    std::set<std::string> only;
    for (const client::Fault* const fault : faults) {
        only.merge(sights_of(*fault, conforming));
    }
    const ClientRun narrow = run_of(course, faults, &only);
    ClientRun whole{conforming.cells, conforming.differences, narrow.asked, narrow.whole};
    std::map<std::string, const Cell*> judged;
    for (const Cell& cell : narrow.cells) {
        judged.emplace(name_of(cell), &cell);
    }
    for (Cell& cell : whole.cells) {
        if (const auto found = judged.find(name_of(cell)); found != judged.end()) {
            cell = *found->second;
        }
    }
    for (const auto& [name, members] : narrow.differences) {
        whole.differences[name] = members;
    }
    return whole;
}

/// `conforming`: of the client without a fault; null: it is not known yet, and every run is whole. Where the course is
/// interrupted they are not all made.
std::vector<ClientRun> runs_of(Course& course, const std::vector<ClientFaults>& groups, const ClientRun* conforming) {
    std::vector<ClientRun> runs(groups.size());
    run_overlapping(
        groups.size(), 2, most_clients,
        [&](std::size_t index) {
            const ClientFaults& group = groups[index];
            const bool whole = conforming == nullptr || std::ranges::any_of(group, [&](const client::Fault* fault) {
                                   return is_everywhere(*fault, *conforming);
                               });
            runs[index] = whole ? run_of(course, group) : narrow_run_of(course, group, *conforming);
        },
        [&course] { return course.interrupted(); }, [](std::size_t) {});
    return runs;
}

std::vector<std::string> client_checks_without_fault() {
    std::set<std::string_view> proved;
    for (const client::Fault& fault : client::faults()) {
        for (const std::string_view id : words_of(fault.caught_by)) {
            proved.insert(id);
        }
    }
    std::vector<std::string> unproved;
    for (const Suite& suite : suites::catalogue().suites) {
        for (const Check& check : suite.checks) {
            if (check.side() == Side::client && !proved.contains(check.id)) {
                unproved.emplace_back(check.id);
            }
        }
    }
    return unproved;
}

/// One proof: what has been seen so far.
class ClientProving {
public:
    explicit ClientProving(const ClientProofOptions& options) : options_(options), course_(options) {
        for (const client::Fault& fault : client::faults()) {
            if (options.chosen(fault) && !checks_of(fault).empty()) {
                faults_.push_back(&fault);
            }
        }
    }

    ClientMatrix run() {
        // Which faults can be told apart is known behind the conforming client alone. Nobody waits for what does not
        // depend on that: each run waits for most of its time.
        const std::vector<ClientFaults> first = ending_service();
        std::future<std::vector<ClientRun>> first_runs =
            std::async(std::launch::async, [this, &first] { return runs_of(course_, first, nullptr); });
        const ClientRun conforming_run = run_of(course_, {});
        if (conforming_run.whole) {
            conforming(conforming_run);
            prove_faults(first, first_runs, conforming_run);
        }
        matrix_.runs = course_.runs();
        matrix_.interrupted = course_.interrupted();
        for (const client::Fault* const fault : faults_) {
            if (const auto found = proofs_.find(fault); found != proofs_.end()) {
                matrix_.faults.push_back(std::move(found->second));
            }
        }
        matrix_.unproved = client_checks_without_fault();
        return std::move(matrix_);
    }

private:
    void prove_faults(const std::vector<ClientFaults>& first, std::future<std::vector<ClientRun>>& first_runs,
                      const ClientRun& conforming_run) {
        std::vector<ClientFaults> groups = share_clients(serving(), options_.sharing, conforming_run);
        const auto shared =
            std::partition(groups.begin(), groups.end(), [](const ClientFaults& group) { return group.size() == 1; });
        const std::vector<ClientFaults> sharing(shared, groups.end());
        groups.erase(shared, groups.end());
        std::future<std::vector<ClientRun>> single_runs =
            std::async(std::launch::async, [&] { return runs_of(course_, groups, &conforming_run); });
        take(sharing, runs_of(course_, sharing, &conforming_run), false);
        take_alone(conforming_run);
        take(first, first_runs.get(), false);
        take(groups, single_runs.get(), false);
        take_alone(conforming_run);
    }

    /// A client that no gateway serves has its fault alone in any case.
    [[nodiscard]] bool is_first(const client::Fault& fault) const { return fault.ends_service || options_.sharing < 2; }
    [[nodiscard]] std::vector<ClientFaults> ending_service() const {
        std::vector<ClientFaults> first;
        for (const client::Fault* const fault : faults_) {
            if (is_first(*fault)) {
                first.push_back({fault});
            }
        }
        return first;
    }
    [[nodiscard]] ClientFaults serving() const {
        ClientFaults others;
        std::ranges::copy_if(faults_, std::back_inserter(others),
                             [this](const client::Fault* fault) { return !is_first(*fault); });
        return others;
    }

    void take_alone(const ClientRun& conforming_run) {
        std::vector<ClientFaults> alone;
        std::swap(alone, alone_);
        take(alone, runs_of(course_, alone, &conforming_run), true);
    }

    void conforming(const ClientRun& run) {
        matrix_.conforming = ClientFaultRun{.cells = run.cells, .differences = run.differences};
        matrix_.conforming.disturbed = unclean(matrix_.conforming.cells);
        if (is_undecided(matrix_.conforming)) {
            if (const ClientRun again = run_of(course_, {}); again.whole) {
                matrix_.conforming = ClientFaultRun{.cells = again.cells, .differences = again.differences};
                matrix_.conforming.disturbed = unclean(matrix_.conforming.cells);
            }
        }
    }

    /// `last`: what is not decided by now is made once more here, and not with what is made again in any case.
    void take(const std::vector<ClientFaults>& groups, const std::vector<ClientRun>& runs, bool last) {
        for (std::size_t index = 0; index < groups.size(); ++index) {
            const ClientFaults& group = groups[index];
            if (!runs[index].whole) {
                continue;
            }
            if (last) {
                proofs_.emplace(group.front(), decided(course_, *group.front(), runs[index], matrix_.conforming));
                continue;
            }
            const std::set<const client::Fault*> unclear = mixed(runs[index], group);
            for (const client::Fault* const fault : group) {
                ClientFaultRun part = part_of(runs[index], *fault, group, matrix_.conforming);
                const bool decided = group.size() == 1 && !is_undecided(part);
                if ((part.proved() || decided) && !unclear.contains(fault)) {
                    proofs_.emplace(fault, std::move(part));
                } else {
                    alone_.push_back({fault});
                }
            }
        }
    }

    const ClientProofOptions& options_;
    Course course_;
    ClientFaults faults_;
    std::map<const client::Fault*, ClientFaultRun> proofs_;
    std::vector<ClientFaults> alone_;  ///< whose doing it was shows when each is by itself
    ClientMatrix matrix_;
};

}  // namespace

bool ClientMatrix::proved() const {
    return !interrupted && conforming.proved() && unproved.empty() &&
           std::ranges::all_of(faults, &ClientFaultRun::proved);
}

std::vector<Profile> embedded_client_profiles() {
    std::vector<Profile> profiles;
    for (const std::string_view name :
         std::array<std::string_view, 2>{"embedded-client-cloud", "embedded-client-desktop"}) {
        const BuiltinProfile* const builtin = find_builtin(name);
        LoadedProfile loaded =
            load_profile_text(builtin != nullptr ? builtin->text : "", fmt::format("{}.json", name), {}, {});
        if (!loaded.profile) {
            throw std::logic_error(fmt::format("the built-in profile {} does not load: {}", name,
                                               loaded.problems.empty() ? "" : loaded.problems.front().text()));
        }
        loaded.profile->limits.repeat = 1;
        profiles.push_back(std::move(*loaded.profile));
    }
    return profiles;
}

ClientMatrix prove_clients(const ClientProofOptions& options) {
    return ClientProving(options).run();
}

}  // namespace gateproof::selfproof
