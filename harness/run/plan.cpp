#include "harness/run/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <tuple>

#include "harness/model/glob.hpp"
#include "harness/profile/digest.hpp"

namespace gateproof {
namespace {

template <class T>
bool applies(const std::vector<T>& only, T value) {
    return only.empty() || std::ranges::find(only, value) != only.end();
}

std::string politeness_reason(const Check& check, const Profile& profile, const Selection& selection) {
    const bool production = profile.environment == Environment::production;
    if (check.intrusiveness == Intrusiveness::active && production &&
        !(selection.allow_active && profile.allow_active)) {
        return "active checks run in production only with --allow active and \"allow\": [\"active\"] in the profile";
    }
    if (check.intrusiveness == Intrusiveness::load) {
        if (production) {
            return "load checks never run in production";
        }
        if (profile.environment != Environment::embedded && !selection.allow_load) {
            return "load checks run only with --allow load";
        }
    }
    return {};
}

/// Why nothing proves the server that the check, or the control beside it, would send a secret to; empty: it can be
/// done.
std::string proof_reason(const Check& check, const Profile& profile) {
    std::vector<const Operation*> sent;
    if (check.sends) {
        sent = check.sends(profile);
    }
    const auto control = profile.operations.find(profile.control);
    if (check.control != Control::none && control != profile.operations.end()) {
        sent.push_back(&control->second);
    }
    for (const Operation* operation : sent) {
        if (std::string reason = secret_unmet(profile, profile.endpoint, *operation); !reason.empty()) {
            return reason;
        }
    }
    return {};
}

/// Why the check has nothing to judge there; empty: it applies.
std::string not_applicable_reason(const Check& check, const Profile& profile) {
    if (!applies(check.channels, profile.channel)) {
        return fmt::format("not a requirement of the {} channel", to_string(profile.channel));
    }
    if (!applies(check.environments, profile.environment)) {
        return fmt::format("not a requirement of the {} environment", to_string(profile.environment));
    }
    if (profile.environment == Environment::mock && !check.mock_lacks.empty()) {
        return fmt::format("not applicable to the mock: {}", check.mock_lacks);
    }
    return {};
}

/// Why a check is not run, and what that means.
struct SkipReason {
    std::string text;  ///< empty: it is run
    Skip skip = Skip::not_tried;
};

/// Of a check that its channel and environment are asked for.
SkipReason lack_reason(const Check& check, const Profile& profile, const Selection& selection) {
    for (const Need& need : check.needs) {
        if (std::string reason = need.lack(profile); !reason.empty()) {
            return {std::move(reason), need.skip};
        }
    }
    if (std::string reason = proof_reason(check, profile); !reason.empty()) {
        return {std::move(reason)};
    }
    return {politeness_reason(check, profile, selection)};
}

/// "--suite tls,mtls"
std::string option_text(std::string_view option, const std::vector<std::string>& patterns) {
    constexpr std::size_t most = 5;
    std::string text(option);
    for (std::size_t i = 0; i < std::min(patterns.size(), most); ++i) {
        text += (i == 0 ? ' ' : ',') + patterns[i];
    }
    return patterns.size() > most ? text + fmt::format(" and {} more", patterns.size() - most) : text;
}

/// "permission.outcome" of "permission.outcome[other-customer]".
std::string_view without_case(std::string_view pattern) {
    return pattern.substr(0, pattern.find('['));
}

/// What --check says of single cases: a pattern that names one takes no other of its check.
class CaseChoice {
public:
    explicit CaseChoice(const std::vector<std::string>& patterns)
        : patterns_(patterns), used_(patterns.size(), false) {}

    /// Of a check that one of the patterns matches, the case put aside.
    bool takes(const PlannedCheck& planned) {
        bool taken = patterns_.empty();
        for (std::size_t i = 0; i < patterns_.size(); ++i) {
            const bool names_case = patterns_[i].find('[') != std::string::npos;
            const bool matches = names_case ? glob_match(patterns_[i], planned.id())
                                            : glob_match(patterns_[i], planned.check->id) ||
                                                  glob_match(patterns_[i], planned.check->suite());
            used_[i] = used_[i] || matches || !names_case;
            taken = taken || matches;
        }
        return taken;
    }
    /// Patterns of a case that no profile has.
    void append_unused(std::vector<std::string>& out) const {
        for (std::size_t i = 0; i < patterns_.size(); ++i) {
            if (!used_[i] && patterns_[i].find('[') != std::string::npos) {
                out.push_back(patterns_[i]);
            }
        }
    }

private:
    const std::vector<std::string>& patterns_;
    std::vector<bool> used_;
};

/// A check of the catalogue and what the selection makes of it.
struct Choice {
    const Check* check = nullptr;
    std::string by = {};  ///< UnselectedCheck::by; empty: it is selected
    bool excluded = false;
    std::string newer_than = {};
};

std::vector<Choice> choices(const Catalogue& catalogue, const Selection& selection,
                            std::vector<std::string>& unmatched) {
    Globs suites(selection.suites);
    std::vector<std::string> ids;
    std::ranges::transform(selection.checks, std::back_inserter(ids),
                           [](const std::string& pattern) { return std::string(without_case(pattern)); });
    Globs checks(ids);
    Globs excludes(selection.excludes);
    const CatalogueVersion* const version = catalogue.version(selection.requirements);
    std::vector<Choice> all;
    for (const Suite& suite : catalogue.suites) {
        const bool in_suites = suites.empty() || suites.match(suite.id, suite.id) != nullptr;
        for (const Check& check : suite.checks) {
            // Every filter is asked, so that only patterns that match nothing at all count as unmatched.
            const bool in_checks = checks.empty() || checks.match(check.id, suite.id) != nullptr;
            const std::string* const excluded = excludes.match(check.id, suite.id);
            Choice& choice = all.emplace_back(Choice{&check});
            if (!in_suites) {
                choice.by = option_text("--suite", selection.suites);
            } else if (!in_checks) {
                choice.by = option_text("--check", selection.checks);
            } else if (version != nullptr && !version->has(check.id)) {
                choice.by = fmt::format("--requirements {}", version->name);
                choice.newer_than = version->name;
            } else if (excluded != nullptr) {
                choice.by = "--exclude " + *excluded;
                choice.excluded = true;
            }
        }
    }
    suites.append_unused(unmatched);
    // One that names a case is told whole, by CaseChoice.
    checks.append_unused(unmatched);
    std::erase_if(unmatched, [&selection](const std::string& pattern) {
        return std::ranges::find(selection.checks, pattern) == selection.checks.end() &&
               std::ranges::find(selection.suites, pattern) == selection.suites.end();
    });
    excludes.append_unused(unmatched);
    return all;
}

/// Gathers what was left out, what is alike once: there may be a thousand targets.
class LeftOut {
public:
    /// `number`: of the choice, in catalogue order.
    void add(std::size_t number, const Choice& choice, PlannedCheck planned) {
        Key key(number, planned.case_index, planned.the_case.name, planned.the_case.title, planned.skip_reason);
        const std::size_t target = planned.target;
        const auto [place, fresh] = all_.try_emplace(std::move(key));
        if (fresh) {
            place->second = {std::move(planned), choice.by, choice.excluded, {}, choice.newer_than};
        }
        place->second.targets.push_back(target);
    }
    [[nodiscard]] std::vector<UnselectedCheck> take() && {
        std::vector<UnselectedCheck> out;
        std::ranges::transform(all_, std::back_inserter(out), [](auto& one) { return std::move(one.second); });
        return out;
    }

private:
    using Key = std::tuple<std::size_t, std::size_t, std::string, std::string, std::string>;
    std::map<Key, UnselectedCheck> all_;
};

}  // namespace

std::size_t Plan::left_out_count() const {
    return std::accumulate(left_out.begin(), left_out.end(), std::size_t{0},
                           [](std::size_t sum, const UnselectedCheck& one) { return sum + one.targets.size(); });
}

std::string PlannedCheck::id() const {
    return the_case.name.empty() ? std::string(check->id) : fmt::format("{}[{}]", check->id, the_case.name);
}

std::string PlannedCheck::title() const {
    return the_case.title.empty() ? std::string(check->title) : the_case.title;
}

Plan make_plan(const Catalogue& catalogue, std::vector<Profile> targets, const Selection& selection) {
    Plan plan;
    plan.targets = std::move(targets);
    plan.selection = selection;
    const std::vector<Choice> all = choices(catalogue, selection, plan.unmatched);
    CaseChoice chosen_cases(selection.checks);
    LeftOut left_out;
    Digest digest;
    for (std::size_t target = 0; target < plan.targets.size(); ++target) {
        const Profile& profile = plan.targets[target];
        digest.add("target").add(profile.name);
        for (std::size_t number = 0; number < all.size(); ++number) {
            const Choice& choice = all[number];
            const Check& check = *choice.check;
            if (check.side() != profile.side()) {
                continue;  // what a gateway has to do says nothing of client software
            }
            SkipReason skipped{not_applicable_reason(check, profile), Skip::not_applicable};
            if (skipped.text.empty()) {
                skipped = lack_reason(check, profile, selection);
            }
            std::vector<CheckCase> cases;
            if (check.cases) {
                cases = check.cases(profile);
            }
            if (cases.empty()) {
                cases.emplace_back();
            }
            for (std::size_t index = 0; index < cases.size(); ++index) {
                const std::string& why = skipped.text.empty() ? cases[index].unmet : skipped.text;
                const Skip skip = skipped.text.empty() ? Skip::not_tried : skipped.skip;
                PlannedCheck planned{&check, target, why, skip, cases[index], index, plan.whole++};
                digest.add("check").add(planned.id()).add(why);
                if (!choice.by.empty()) {
                    left_out.add(number, choice, std::move(planned));
                } else if (chosen_cases.takes(planned)) {
                    plan.checks.push_back(std::move(planned));
                } else {
                    left_out.add(number, {&check, option_text("--check", selection.checks)}, std::move(planned));
                }
            }
        }
    }
    chosen_cases.append_unused(plan.unmatched);
    plan.left_out = std::move(left_out).take();
    plan.whole_digest = digest.hex();
    return plan;
}

}  // namespace gateproof
