#include "reports/view/flaws.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/view/conclusion.hpp"
#include "reports/view/left_out.hpp"
#include "reports/view/not_judged.hpp"

namespace gateproof::reports {

std::string_view to_string(Flaw flaw) {
    switch (flaw) {
        case Flaw::incomplete: return "incomplete";
        case Flaw::partial: return "partial";
        case Flaw::failed: return "failed";
        case Flaw::inconclusive: return "inconclusive";
        case Flaw::embedded: break;
    }
    return "embedded";
}

namespace {

/// What the checks that were run came to, by what no success is where nobody says otherwise.
RunRecord as_run(const RunRecord& run) {
    RunRecord strict = run;
    std::erase_if(strict.checks,
                  [](const CheckRecord& check) { return !check.standing() && check.skip_reason.empty(); });
    strict.left_out.clear();
    strict.whole_plan = strict.checks.size();
    strict.shard = {};
    strict.end_reason = EndReason::complete;
    strict.fail_on = default_fail_on();
    strict.fails_on_partial = false;
    return strict;
}

}  // namespace

std::vector<FlawFound> flaws_of(const Tally& tally) {
    constexpr std::size_t most_gaps = 5;
    constexpr std::size_t most_ids = 3;
    const RunRecord& run = tally.run();
    std::vector<FlawFound> flaws;
    for (std::string& why : not_whole(run)) {
        flaws.push_back({Flaw::incomplete, std::move(why)});
    }
    if (lacks_deciding(run)) {
        std::string why = gaps_text(tally);
        const std::vector<RequirementGap> gaps = gaps_of(tally, most_ids);
        for (std::size_t i = 0; i < std::min(gaps.size(), most_gaps); ++i) {
            why += fmt::format("{}{} of {} ({})", i == 0 ? ": " : ", ", gaps[i].requirement, gaps[i].target->name,
                               gaps[i].part);
        }
        why += gaps.size() > most_gaps ? fmt::format(" and {} more", gaps.size() - most_gaps) : "";
        flaws.push_back({Flaw::partial, why.empty() ? "not all that decides its requirements was tried" : why});
    }
    const RunRecord strict = as_run(run);
    const Conclusion conclusion = conclusion_of(strict);
    if (conclusion == Conclusion::failed || conclusion == Conclusion::inconclusive) {
        const Tally what(strict);
        flaws.push_back({conclusion == Conclusion::failed ? Flaw::failed : Flaw::inconclusive, headline(what)});
    }
    if (std::ranges::any_of(run.targets, [](const TargetRecord& one) { return one.environment == "embedded"; })) {
        flaws.push_back(
            {Flaw::embedded, "it judged what is inside the program: nobody's endpoint, and nobody's software"});
    }
    return flaws;
}

}  // namespace gateproof::reports
