#include "reports/view/completeness.hpp"

#include <fmt/format.h>

#include "reports/view/left_out.hpp"
#include "reports/view/not_judged.hpp"

namespace gateproof::reports {

Completeness completeness_of(const Tally& tally) {
    const RunRecord& run = tally.run();
    Completeness counts;
    for (const Row& row : tally.rows()) {
        switch (row.result->outcome) {
            case Outcome::pass:
            case Outcome::warning:
            case Outcome::fail: ++counts.judged; break;
            case Outcome::inconclusive:
            case Outcome::error: ++counts.unclear; break;
            case Outcome::skipped:
                ++(row.result->skip == Skip::not_tried ? counts.not_tried : counts.not_applicable);
                break;
        }
    }
    counts.left_out = run.left_out_count() - run.newer_count();
    counts.missing = run.missing_count();
    counts.planned = tally.rows().size() + counts.missing;
    return counts;
}

std::string completeness_text(const Completeness& completeness) {
    std::string text = fmt::format("{} of {} planned check{} judged or not applicable",
                                   completeness.judged + completeness.not_applicable, completeness.planned,
                                   completeness.planned == 1 ? "" : "s");
    for (const auto& [count, words] :
         {std::pair(completeness.unclear, "could not be judged"), std::pair(completeness.not_tried, "not tried"),
          std::pair(completeness.missing, "not in this journal"), std::pair(completeness.left_out, "left out")}) {
        text += count > 0 ? fmt::format("; {} {}", count, words) : "";
    }
    return text;
}

bool is_complete(const Tally& tally) {
    return not_whole(tally.run()).empty() && !lacks_deciding(tally.run()) && completeness_of(tally).unclear == 0;
}

}  // namespace gateproof::reports
