#include "reports/view/clocks.hpp"

#include <fmt/format.h>

namespace gateproof::reports {

std::vector<std::string> clock_lines(const RunRecord& run) {
    constexpr std::size_t most = 10;
    std::vector<std::string> lines;
    std::size_t more = 0;
    for (const TargetRecord& target : run.targets) {
        if (!target.clock || target.clock->difference.empty()) {
            continue;
        }
        if (lines.size() < most) {
            lines.push_back(fmt::format("{}: {}", target.name, target.clock->sentence));
        } else {
            ++more;
        }
    }
    if (more > 0) {
        lines.push_back(fmt::format("the clocks of {} more endpoint{} differ too; the journal has each", more,
                                    more == 1 ? "" : "s"));
    }
    return lines;
}

}  // namespace gateproof::reports
