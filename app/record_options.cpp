#include "app/record_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>

#include "app/command.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::cli {
namespace {

/// Every id once.
class Names {
public:
    Names() {
        const Catalogue& catalogue = suites::catalogue();
        for (const Suite& suite : catalogue.suites) {
            for (const Check& check : suite.checks) {
                checks_.emplace(check.id);
            }
        }
        for (const Requirement& requirement : catalogue.requirements) {
            requirements_.emplace(requirement.id);
        }
    }
    void add(const std::string& id, const std::string& full_id) { checks_.insert({id, full_id}); }
    void add_requirement(const std::string& id) { requirements_.insert(id); }
    void add_target(const std::string& name) { targets_.insert(name); }
    [[nodiscard]] AttestationNames take() const {
        return {{checks_.begin(), checks_.end()},
                {requirements_.begin(), requirements_.end()},
                {targets_.begin(), targets_.end()}};
    }

private:
    std::set<std::string> checks_;
    std::set<std::string> requirements_;
    std::set<std::string> targets_;
};

}  // namespace

AttestationNames names_in(const Plan& plan) {
    Names names;
    for (const Profile& profile : plan.targets) {
        names.add_target(profile.name);
    }
    for (const PlannedCheck& planned : plan.checks) {
        names.add(std::string(planned.check->id), planned.id());
    }
    for (const UnselectedCheck& one : plan.left_out) {
        names.add(std::string(one.planned.check->id), one.planned.id());
    }
    return names.take();
}

AttestationNames names_in(const std::vector<const RunRecord*>& runs) {
    Names names;
    for (const RunRecord* const run : runs) {
        for (const TargetRecord& target : run->targets) {
            names.add_target(target.name);
        }
        for (const CheckRecord& check : run->checks) {
            names.add(check.id, check.full_id());
        }
        for (const LeftOutCheck& check : run->left_out) {
            names.add(check.id, check.full_id());
        }
        for (const auto& [id, requirement] : run->requirements) {
            names.add_requirement(id);
        }
    }
    return names.take();
}

void name_tester(std::vector<Profile>& profiles, const std::string& tester) {
    constexpr std::size_t longest = 256;
    if (tester.empty()) {
        return;
    }
    if (tester.find_first_not_of(" \t\r\n") == std::string::npos || tester.size() > longest) {
        throw Unusable(fmt::format("--tester: expected a name of at most {} bytes", longest));
    }
    for (Profile& profile : profiles) {
        profile.record.tester = tester;
    }
}

void AttestOptions::declare(CLI::App& app) {
    app.add_option("--attest", files_,
                   "What somebody has seen that no check sees (repeatable): shown in the reports as said and not seen; "
                   "it changes no verdict, no requirement and no exit code")
        ->allow_extra_args(false)
        ->type_name("FILE");
}

std::vector<Attestation> AttestOptions::load(const AttestationNames& names) const {
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    std::vector<Attestation> all;
    std::string problems;
    for (const std::string& file : files_) {
        LoadedAttestations loaded = load_attestations(file, names, today);
        for (const ProfileProblem& problem : loaded.problems) {
            problems += '\n' + problem.text();
        }
        std::ranges::copy_if(loaded.entries, std::back_inserter(all),
                             [&](const Attestation& one) { return std::ranges::find(all, one) == all.end(); });
    }
    if (!problems.empty()) {
        throw Unusable("unusable list of attestations" + problems);
    }
    return all;
}

std::vector<Attestation> add_attestations(RunRecord& run, const std::vector<Attestation>& said) {
    std::vector<Attestation> added;
    for (const Attestation& one : said) {
        const bool speaks =
            one.target.empty() || std::ranges::find(run.targets, one.target, &TargetRecord::name) != run.targets.end();
        if (speaks && std::ranges::find(run.attestations, one) == run.attestations.end()) {
            run.attestations.push_back(one);
            added.push_back(one);
        }
    }
    return added;
}

}  // namespace gateproof::cli
