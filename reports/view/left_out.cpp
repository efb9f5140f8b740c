#include "reports/view/left_out.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "reports/view/matrix.hpp"

namespace gateproof::reports {

std::vector<LeftOutGroup> left_out_groups(const RunRecord& run) {
    std::vector<LeftOutGroup> groups;
    std::map<std::string_view, std::size_t> index;
    std::set<std::pair<std::string_view, std::string>> seen;
    for (const LeftOutCheck& check : run.left_out) {
        const auto [place, fresh] = index.try_emplace(check.by, groups.size());
        if (fresh) {
            groups.push_back({check.by, check.excluded, check.newer_than});
        }
        LeftOutGroup& group = groups[place->second];
        group.checks += check.targets.size();
        group.would_run += check.skipped_anyway.empty() ? check.targets.size() : 0;
        if (seen.emplace(check.by, check.full_id()).second) {
            group.which.push_back(&check);
        }
    }
    return groups;
}

std::map<std::string_view, std::vector<const LeftOutCheck*>> left_out_by_target(const RunRecord& run) {
    std::map<std::string_view, std::vector<const LeftOutCheck*>> all;
    for (const LeftOutCheck& check : run.left_out) {
        for (const std::string& target : check.targets) {
            all[target].push_back(&check);
        }
    }
    return all;
}

std::string left_out_line(const LeftOutGroup& group, std::size_t most_ids) {
    const std::string count = fmt::format("{} check{}", group.checks, group.checks == 1 ? "" : "s");
    std::string text = !group.newer_than.empty()
                           ? fmt::format("{} newer than the catalogue {} that judges", count, group.newer_than)
                       : group.excluded ? fmt::format("{} left out by {}", count, group.by)
                                        : fmt::format("{} not asked for by {}", count, group.by);
    if (group.would_run < group.checks) {
        text += fmt::format(" ({} would have been skipped)", group.checks - group.would_run);
    }
    for (std::size_t i = 0; i < std::min(group.which.size(), most_ids); ++i) {
        text += (i == 0 ? ": " : ", ") + group.which[i]->full_id();
    }
    return most_ids > 0 && group.which.size() > most_ids
               ? text + fmt::format(" and {} more", group.which.size() - most_ids)
               : text;
}

std::string catalogue_text(const RunRecord& run) {
    const CatalogueRecord& catalogue = run.catalogue;
    const std::string newer = fmt::format("{} newer check{}", catalogue.newer, catalogue.newer == 1 ? "" : "s");
    if (catalogue.frozen) {
        return catalogue.version + ", as it was frozen" +
               (catalogue.newer == 0 ? "" : fmt::format("; {} left out", newer));
    }
    return catalogue.newer == 0 || catalogue.version.empty() ? catalogue.version
                                                             : fmt::format("{} and {}", catalogue.version, newer);
}

RequirementParts requirement_parts(const RunRecord& run, std::size_t most_ids) {
    RequirementParts parts;
    const Tally tally(run);
    for (const MatrixRow& row : matrix_of(tally)) {
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            const MatrixCell& cell = row.cells[i];
            if (cell.asked && (!cell.left_out.empty() || !cell.not_tried.empty())) {
                parts[run.targets[i].name].emplace(row.requirement.id, cell.part_text(most_ids));
            }
        }
    }
    return parts;
}

std::string part_text(const RunRecord& run) {
    const std::size_t left_out = run.left_out_count() - run.newer_count();
    const std::size_t missing = run.missing_count();
    if (left_out == 0 && missing == 0) {
        return {};
    }
    std::string text = fmt::format("{} in the whole plan", run.checks.size() + left_out + missing);
    if (left_out > 0) {
        text += fmt::format("; not selected: {}", left_out);
    }
    if (missing > 0) {
        text += run.shard.count > 1 ? fmt::format("; in other shards: {}", missing)
                                    : fmt::format("; not in this journal: {}", missing);
    }
    return text;
}

std::string left_out_remedy(const RunRecord& run) {
    std::string accepted;
    for (const Outcome outcome :
         {Outcome::fail, Outcome::warning, Outcome::inconclusive, Outcome::error, Outcome::skipped}) {
        if (run.fail_on.contains(outcome)) {
            accepted += (accepted.empty() ? "" : ",") + std::string(to_string(outcome));
        }
    }
    accepted += run.fails_on_partial && !accepted.empty() ? ",partial" : "";
    return fmt::format(
        "run without --exclude; a failure that is known is accepted by --known, with a reason and a date; --fail-on {} "
        "accepts what is left out",
        accepted.empty() ? "never" : accepted);
}

std::vector<std::string> not_whole(const RunRecord& run) {
    std::vector<std::string> why;
    if (run.whole_plan == 0) {
        why.emplace_back(
            "its journal does not record what was selected (an older gateproof wrote it, or it was merged "
            "from runs of different plans)");
    }
    for (const LeftOutGroup& group : left_out_groups(run)) {
        if (group.newer_than.empty()) {
            why.push_back(left_out_line(group, 5));
        }
    }
    if (run.shard.count > 1) {
        why.push_back(fmt::format("it is shard {} of {}; gateproof merge makes the whole of all of them",
                                  run.shard.index, run.shard.count));
    } else if (run.missing_count() > 0) {
        why.push_back(
            fmt::format("{} of the {} checks of its plan are not in its journal", run.missing_count(), run.whole_plan));
    }
    if (run.end_reason != EndReason::complete) {
        why.push_back(run.end_reason == EndReason::killed
                          ? "it was killed"
                          : fmt::format("it did not complete ({})", to_string(run.end_reason)));
    }
    return why;
}

}  // namespace gateproof::reports
