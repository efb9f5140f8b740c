// Of several things that may each fail, all that did: nothing that is found hides behind what was found first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/model/verdict.hpp"

namespace gateproof::suites {

/// What the judge listed; where it listed nothing its sentence, without what differs by chance.
std::vector<std::string> told_facts(const Verdict& verdict);

class Failures {
public:
    /// A pass is no failure, and is dropped.
    void add(Verdict verdict);
    /// Something failed.
    [[nodiscard]] bool any() const { return failed_.has_value(); }
    /// The first failure, with the facts of all and of the warnings beside them; where nothing failed the first verdict
    /// that was no pass, with those of its kind. Empty: all passed.
    [[nodiscard]] std::optional<Verdict> verdict() &&;

private:
    std::optional<Verdict> failed_;
    std::optional<Verdict> other_;
};

}  // namespace gateproof::suites
