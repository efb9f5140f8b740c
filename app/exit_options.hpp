// What counts as success: --fail-on, --strict and --known, for every command that judges a run.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/known_options.hpp"
#include "harness/journal/record.hpp"
#include "reports/view/exit_code.hpp"

namespace gateproof::cli {

class ExitOptions {
public:
    void declare(CLI::App& app);
    /// Reads the list of known failures, before anything is sent; throws Unusable. `carried`: journals may bring one.
    void load(bool carried = false) { known_.load(carried); }

    /// Empty: none was given.
    [[nodiscard]] const std::optional<KnownList>& known() const { return known_.list(); }
    [[nodiscard]] const KnownOptions& known_options() const { return known_; }

    /// What is no success; `otherwise` where no option says it.
    [[nodiscard]] std::set<Outcome> fail_on(std::set<Outcome> otherwise = default_fail_on()) const;
    /// Whether what --exclude left out is accepted; `otherwise` where no option says it.
    [[nodiscard]] bool accepts_excluded(bool otherwise = false) const;
    /// Whether a run that judged a part alone is no success; `otherwise` where no option says it.
    [[nodiscard]] bool fails_on_partial(bool otherwise = false) const;
    /// Marks what is accepted, before reports are made of the run.
    void accept(RunRecord& run) { known_.accept(run); }
    /// The exit code; says on `out` (null: nowhere) which entries have expired or cover nothing, and what decided.
    [[nodiscard]] reports::ExitCode judge(const RunRecord& run, std::FILE* out) const;

private:
    /// --fail-on says what is no success; `partial` by itself adds to what is none already.
    [[nodiscard]] bool names_outcomes() const;

    std::vector<std::string> fail_on_;
    bool strict_ = false;
    KnownOptions known_;
};

}  // namespace gateproof::cli
