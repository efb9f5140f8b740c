#include "reports/view/findings.hpp"

#include <map>
#include <tuple>

#include "harness/journal/facts.hpp"

namespace gateproof::reports {

std::vector<Finding> findings_of(const Tally& tally, Outcome outcome, Across across) {
    std::vector<Finding> findings;
    std::map<std::tuple<std::string_view, std::string_view, std::string_view, Skip, std::string>, std::size_t> index;
    for (const Row& row : tally.rows()) {
        if (row.result->outcome != outcome || row.known()) {
            continue;
        }
        const std::string_view target = across == Across::one_target ? row.check->target : std::string_view();
        const auto [place, fresh] =
            index.try_emplace({target, row.result->sentence, row.result->remedy, row.result->skip,
                               short_digest_of(*row.result) + row.check->beyond_known + row.check->expected_skip},
                              findings.size());
        if (fresh) {
            findings.push_back({row.result, {}});
        }
        findings[place->second].checks.push_back(row.check);
    }
    return findings;
}

}  // namespace gateproof::reports
