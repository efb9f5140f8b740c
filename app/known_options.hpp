// The list of known failures: --known and --known-strict, for every command that judges or reports.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/record.hpp"
#include "reports/view/exit_code.hpp"

namespace gateproof::cli {

/// Throws Unusable with every problem of the file, or with how to begin one where there is none. Judged today.
KnownList load_known(const std::string& file);

/// A list that a run which goes on carries, judged by today: what has expired since accepts nothing of what is judged
/// now.
std::optional<KnownList> judged_today(std::optional<KnownList> carried);

class KnownOptions {
public:
    /// `does`: what the command does with what is known, behind "Known failures and expected skips: ".
    void declare(CLI::App& app, std::string_view does);
    /// Reads the list, before anything is sent; throws Unusable. `carried`: journals may bring one of their own.
    void load(bool carried);

    /// Empty: none was given.
    [[nodiscard]] const std::optional<KnownList>& list() const { return list_; }
    [[nodiscard]] const std::string& file() const { return file_; }

    /// Marks what is accepted: by the list that was given, and without one by that which the run carries.
    void accept(RunRecord& run);
    /// What to say of the list; a run that is accepted again says it once.
    [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
    /// The notes of a comparison, whose list was judged there.
    void take_stale(std::vector<std::string> stale) {
        stale_ = std::move(stale);
        judged_ = true;
    }
    /// The exit code with --known-strict, 1 where an entry covers nothing or is over; says so on `out` (null: nowhere).
    [[nodiscard]] reports::ExitCode judge(reports::ExitCode otherwise, std::FILE* out) const;

private:
    std::string file_;
    bool strict_ = false;
    std::optional<KnownList> list_;
    std::vector<std::string> notes_;
    std::vector<std::string> stale_;
    bool judged_ = false;  ///< by some list
};

}  // namespace gateproof::cli
