// --rerun: checks of a run that was judged before are judged again, as further attempts in the same journal.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/journal/record.hpp"
#include "harness/model/selection.hpp"

namespace gateproof::cli {

class RerunOptions {
public:
    void declare(CLI::App& app);
    [[nodiscard]] bool given() const { return !journal_.empty(); }
    [[nodiscard]] const std::string& journal() const { return journal_; }

    /// The run of the journal. Throws Unusable where it tells of none whose checks could be judged again.
    [[nodiscard]] RunRecord read() const;
    /// Places in its checks: what --only says, of what the patterns of `selection` choose. Empty: there is nothing to
    /// do. Throws Unusable for a pattern that matches no check of the run, or another version of the catalogue.
    [[nodiscard]] std::vector<std::size_t> choose(const RunRecord& run, const Selection& selection) const;
    /// One line for the user when there was nothing to choose.
    [[nodiscard]] std::string nothing(const Selection& selection) const;

private:
    std::string journal_;
    std::vector<std::string> only_;
};

}  // namespace gateproof::cli
