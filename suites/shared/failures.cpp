#include "suites/shared/failures.hpp"

#include <string>
#include <utility>
#include <vector>

#include "harness/journal/facts.hpp"

namespace gateproof::suites {

std::vector<std::string> told_facts(const Verdict& verdict) {
    return verdict.facts().empty() ? std::vector{without_chance(verdict.sentence())} : verdict.facts();
}

namespace {

void keep(std::optional<Verdict>& kept, Verdict next) {
    if (!kept) {
        std::vector<std::string> facts = next.facts().empty() ? told_facts(next) : std::vector<std::string>();
        kept = std::move(next).found(std::move(facts));
    } else if (kept->outcome() == next.outcome()) {
        Verdict both = std::move(*kept).found(told_facts(next));  // not into itself, which would empty it
        kept = std::move(both);
    }
}

}  // namespace

void Failures::add(Verdict verdict) {
    if (verdict.outcome() != Outcome::pass) {
        std::optional<Verdict>& kept = verdict.outcome() == Outcome::fail ? failed_ : other_;
        keep(kept, std::move(verdict));
    }
}

std::optional<Verdict> Failures::verdict() && {
    if (failed_ && other_ && other_->outcome() == Outcome::warning) {
        Verdict both = std::move(*failed_).found(told_facts(*other_));
        failed_ = std::move(both);
    }
    return failed_ ? std::move(failed_) : std::move(other_);
}

}  // namespace gateproof::suites
