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
        case Flaw::embedded: break;
    }
    return "embedded";
}

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
    const Conclusion conclusion = conclusion_of(run);
    if (conclusion == Conclusion::failed || conclusion == Conclusion::inconclusive) {
        flaws.push_back({Flaw::failed, headline(tally)});
    }
    if (std::ranges::any_of(run.targets, [](const TargetRecord& one) { return one.environment == "embedded"; })) {
        flaws.push_back({Flaw::embedded, "it judged the gateway inside the program, which is nobody's endpoint"});
    }
    return flaws;
}

}  // namespace gateproof::reports
