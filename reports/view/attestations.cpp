#include "reports/view/attestations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "harness/journal/codec.hpp"
#include "reports/view/matrix.hpp"

namespace gateproof::reports {
namespace {

bool speaks_of_target(const Attestation& said, std::string_view target) {
    return said.target.empty() || said.target == target;
}

bool speaks_of(const Attestation& said, const PlannedEntry& check) {
    return said.subject == Attestation::Subject::check && (said.id == check.id || said.id == check.full_id());
}

std::string found_words(const CheckResult& result) {
    return result.outcome == Outcome::skipped ? std::string(gateproof::words_of(result.skip))
                                              : fmt::format("judged: {}", to_string(result.outcome));
}

std::string found_words(const MatrixCell& cell) {
    const std::string_view words = words_of(cell.status());
    return words.empty() ? fmt::format("judged: {}", to_string(cell.status())) : std::string(words);
}

/// What was found at each target, those together that say the same.
class Findings {
public:
    void add(std::string words, std::string_view target) {
        const auto known = std::ranges::find_if(all_, [&](const auto& one) { return one.first == words; });
        if (known == all_.end()) {
            all_.push_back({std::move(words), std::string(target)});
        } else if (known->second.find(target) == std::string::npos) {
            known->second += fmt::format(", {}", target);
        }
    }
    [[nodiscard]] std::string text() const {
        if (all_.size() == 1) {
            return all_.front().first;
        }
        std::string text;
        for (const auto& [words, targets] : all_) {
            text += fmt::format("{}{} ({})", text.empty() ? "" : "; ", words, targets);
        }
        return text;
    }

private:
    std::vector<std::pair<std::string, std::string>> all_;
};

void find_checks(const Tally& tally, const Attestation& said, Findings& found) {
    for (const Row& row : tally.rows()) {
        if (speaks_of(said, *row.check) && speaks_of_target(said, row.check->target)) {
            found.add(found_words(*row.result), row.check->target);
        }
    }
    for (const LeftOutCheck& check : tally.run().left_out) {
        for (const std::string& target : check.targets) {
            if (speaks_of(said, check) && speaks_of_target(said, target)) {
                found.add("not selected", target);
            }
        }
    }
}

void find_requirement(const Tally& tally, const Attestation& said, Findings& found) {
    const std::vector<TargetRecord>& targets = tally.run().targets;
    for (const MatrixRow& row : matrix_of(tally)) {
        for (std::size_t i = 0; i < targets.size() && row.requirement.id == said.id; ++i) {
            if (row.cells[i].asked && speaks_of_target(said, targets[i].name)) {
                found.add(found_words(row.cells[i]), targets[i].name);
            }
        }
    }
}

}  // namespace

std::vector<const Attestation*> said_of(const RunRecord& run, const PlannedEntry& check, std::string_view target) {
    std::vector<const Attestation*> all;
    for (const Attestation& said : run.attestations) {
        if (speaks_of(said, check) && speaks_of_target(said, target)) {
            all.push_back(&said);
        }
    }
    return all;
}

std::string subject_text(const Attestation& said) {
    return fmt::format("{} {}{}{}", to_string(said.subject), said.id, said.target.empty() ? "" : " of ", said.target);
}

std::string said_text(const Attestation& said) {
    const std::string_view claim = to_string(said.claim);
    std::string text =
        fmt::format("{}, {}: {}{}{}", said.who, iso_day(said.when), claim, claim.empty() ? "" : ", ", said.text);
    if (!said.file.sha256.empty()) {
        text += fmt::format(" (attached: {}, SHA-256 {})", attached_name(said), said.file.sha256);
    }
    return text;
}

std::string attached_name(const Attestation& said) {
    return std::filesystem::path(said.file.path).filename().string();
}

std::string beside_text(const Tally& tally, const Attestation& said) {
    Findings found;
    if (said.subject == Attestation::Subject::check) {
        find_checks(tally, said, found);
    } else if (said.subject == Attestation::Subject::requirement) {
        find_requirement(tally, said, found);
    }
    return found.text();
}

}  // namespace gateproof::reports
