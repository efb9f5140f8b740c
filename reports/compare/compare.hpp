// Two runs of one endpoint side by side: what broke, what was repaired, and what else is not as it was.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/record.hpp"
#include "harness/model/known_failure.hpp"
#include "reports/view/console_style.hpp"
#include "reports/view/exit_code.hpp"

namespace gateproof::reports {

/// What became of a check. In the order in which reports list them, worst first.
enum class Change {
    regression,     ///< fails now, and did not before (or was not known before)
    expired,        ///< failed before and still does, but its acceptance (--known) is over
    lost,           ///< was judged, and now is not: inconclusive, error or skipped
    weakened,       ///< a pass became a warning
    still_failing,  ///< failed before and still does
    vanished,       ///< the new run does not plan it, or did not select it
    added,          ///< the old run did not plan it, or did not select it (one that fails is a regression)
    other,          ///< without a judgement then and now, but not alike
    improved,       ///< a warning or no judgement became better
    fixed,          ///< failed before, and passes now
};
std::string_view to_string(Change change);

struct CheckChange {
    Change change = Change::other;
    std::string target;  ///< as the new run names it
    std::string id;      ///< full id: "tls.refuses-1.1", "permission.outcome[other-customer]"
    std::string title;
    std::optional<Outcome> before;  ///< empty: not planned; the sentence then says whether it was not selected
    std::optional<Outcome> after;
    std::string sentence_before;
    std::string sentence_after;
    std::string remedy;         ///< of the new result
    std::string accepted = {};  ///< why it is accepted (--known); empty: it is not
    std::string attempts = {};  ///< what its attempts in the new run came to; empty: it was judged once
};

/// What a target showed beside its verdicts.
enum class Trait {
    certificate,     ///< the server's own
    chain,           ///< the certificates sent with it
    acceptable_cas,  ///< whose client certificates it names in its CertificateRequest
    tls_version,     ///< under which it served
    cipher_suite,    ///< accepted, by version
    group,           ///< key exchange groups accepted
    offer,           ///< of client software: what its ClientHello offers, or its User-Agent (`subject` says which)
    refusal,         ///< how a check was refused (alert, HTTP status, reset): `subject` is the check
    retries,         ///< when software that was put off came again: `subject` is the check
    latency,         ///< `subject` is the request
};
std::string_view to_string(Trait trait);

struct TraitChange {
    Trait trait = Trait::certificate;
    std::string target;
    std::string subject = {};         ///< check id or request; empty for what the target has but once
    std::vector<std::string> before;  ///< only what the other side has not
    std::vector<std::string> after;
};

/// When the time of a request has shifted: the medians differ by both, and chance is no likely explanation.
struct LatencyRule {
    double least_ratio = 1.5;
    std::chrono::microseconds least_shift{20'000};
    double most_p = 0.001;  ///< of statistics::rank_test
};

struct CompareOptions {
    std::optional<KnownList> known = {};  ///< empty: the one that the new run carries
    LatencyRule latency = {};
};

struct ComparedRun {
    std::chrono::system_clock::time_point started;
    std::string tool_version;
    EndReason end_reason = EndReason::killed;
    std::size_t checks = 0;
};

struct Comparison {
    ComparedRun before;
    ComparedRun after;
    std::vector<std::string>
        notes;  ///< what the reader must know: an unfinished run, targets paired by place, known entries
    std::optional<KnownList> known = {};  ///< that was held against the new run
    std::vector<std::string> stale = {};  ///< of its entries: stale_notes
    std::vector<CheckChange> checks;      ///< by Change, then in the order of the plan; what did not change is not here
    std::vector<TraitChange> traits;
    std::size_t unchanged = 0;

    [[nodiscard]] std::size_t count(Change change) const;
    /// Regressions, more than a known failure covers among them, and expired acceptances that no valid acceptance
    /// covers.
    [[nodiscard]] std::size_t regressions() const;
    /// Neither verdicts nor traits differ. What fails as before is no difference.
    [[nodiscard]] bool nothing_changed() const;
};

/// Pure. Checks are matched by target, check and case. Where each run has a single target, those two are compared
/// even under different names, and a note says so. Traits are read from checks that both runs judged, so that a run
/// of fewer checks does not seem to have lost anything.
Comparison compare(const RunRecord& before, const RunRecord& after, const CompareOptions& options = {});

/// failed: a regression (strict: or something weakened, lost or vanished); inconclusive: something judged before is
/// not judged now; otherwise passed.
ExitCode exit_code(const Comparison& comparison, bool strict);

std::string compare_text(const Comparison& comparison, const ConsoleStyle& style);
std::string compare_json(const Comparison& comparison);
std::string compare_markdown(const Comparison& comparison);

/// "3 regressions, 1 fixed, 112 unchanged": every kind that occurs; "nothing changed (115 checks)".
std::string compare_counts(const Comparison& comparison);

}  // namespace gateproof::reports
