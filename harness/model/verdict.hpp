// The judgement of one check: an outcome, one sentence that says why, and a remedy.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gateproof {

/// What a check concluded. Order is severity as reports sort it, least severe first.
enum class Outcome {
    pass,          ///< the clause holds, with evidence
    warning,       ///< a "should" is not met, or something needs attention soon
    skipped,       ///< not run: not applicable or something that it needs is missing; the sentence says which
    inconclusive,  ///< no judgement was possible (endpoint dead, control failed, deadline); never a pass
    error,         ///< the check itself broke (resource limit, defect of the harness)
    fail,          ///< the clause is broken, with evidence
};

/// Why nothing was judged of what was skipped. A requirement is whole without what is not applicable to it, and not
/// without what was not tried.
enum class Skip {
    not_applicable,  ///< there is nothing to judge here, or it is another check's finding
    not_tried,       ///< it applies, but something that it needs is missing or was not allowed
};

/// "not-applicable", "not-tried"
std::string_view to_string(Skip skip);
/// "not applicable", "not tried"
std::string_view words_of(Skip skip);

/// Lower-case name as journals and reports spell it ("pass", "warning", ...).
std::string_view to_string(Outcome outcome);

/// Inverse of to_string; empty for an unknown word.
std::optional<Outcome> outcome_from(std::string_view name);

/// The judgement of one check. Built by the named constructors, which take a fmt format string:
/// `Verdict::fail("negotiated {}", version).remedy("disable ...")`.
class Verdict {
public:
    template <class... Args>
    static Verdict pass(fmt::format_string<Args...> format, Args&&... args) {
        return {Outcome::pass, fmt::format(format, std::forward<Args>(args)...)};
    }
    template <class... Args>
    static Verdict warning(fmt::format_string<Args...> format, Args&&... args) {
        return {Outcome::warning, fmt::format(format, std::forward<Args>(args)...)};
    }
    template <class... Args>
    static Verdict fail(fmt::format_string<Args...> format, Args&&... args) {
        return {Outcome::fail, fmt::format(format, std::forward<Args>(args)...)};
    }
    template <class... Args>
    static Verdict inconclusive(fmt::format_string<Args...> format, Args&&... args) {
        return {Outcome::inconclusive, fmt::format(format, std::forward<Args>(args)...)};
    }
    template <class... Args>
    static Verdict error(fmt::format_string<Args...> format, Args&&... args) {
        return {Outcome::error, fmt::format(format, std::forward<Args>(args)...)};
    }
    /// There was nothing to judge: Skip::not_applicable.
    template <class... Args>
    static Verdict skipped(fmt::format_string<Args...> format, Args&&... args) {
        return {Outcome::skipped, fmt::format(format, std::forward<Args>(args)...)};
    }
    /// The profile lacks what it would have taken: Skip::not_tried.
    template <class... Args>
    static Verdict not_tried(fmt::format_string<Args...> format, Args&&... args) {
        Verdict verdict(Outcome::skipped, fmt::format(format, std::forward<Args>(args)...));
        verdict.skip_ = Skip::not_tried;
        return verdict;
    }

    Verdict(Outcome outcome, std::string sentence) : outcome_(outcome), sentence_(std::move(sentence)) {}

    /// What the operator of the endpoint (or the DSP) should do about it.
    Verdict&& remedy(std::string text) && {
        remedy_ = std::move(text);
        return std::move(*this);
    }

    /// Says what else was learned, behind the sentence.
    Verdict&& adding(std::string_view more) && {
        sentence_ += fmt::format("; {}", more);
        return std::move(*this);
    }

    /// Says whether this judgement takes resets or bare closes for refusals. The runner withdraws such a judgement
    /// where a control of the same endpoint was reset too: whatever did that may have done this.
    Verdict&& rests_on_resets(bool rests) && {
        rests_on_resets_ = rests;
        return std::move(*this);
    }

    /// Says that what it found is a service that was seen, which no clock that is wrong explains.
    Verdict&& stands() && {
        stands_ = true;
        return std::move(*this);
    }

    /// What was found, as facts by which a known failure is recognised: names, versions and statuses, in the same words
    /// in every run against the same endpoint, and all of them, not the first alone. Without any the sentence stands
    /// for them. Adds to those that are there.
    Verdict&& found(std::vector<std::string> facts) && {
        facts_.insert(facts_.end(), std::make_move_iterator(facts.begin()), std::make_move_iterator(facts.end()));
        return std::move(*this);
    }

    /// Says that nothing was judged because a secret was kept back from a server that had not proved itself.
    Verdict&& withheld() && {
        withheld_ = true;
        return std::move(*this);
    }

    [[nodiscard]] bool rests_on_resets() const& { return rests_on_resets_; }
    [[nodiscard]] bool withheld() const& { return withheld_; }
    [[nodiscard]] bool stands() const& { return stands_; }
    [[nodiscard]] Outcome outcome() const { return outcome_; }
    /// Of what was skipped.
    [[nodiscard]] Skip skip() const { return skip_; }
    [[nodiscard]] const std::string& sentence() const { return sentence_; }
    [[nodiscard]] const std::vector<std::string>& facts() const& { return facts_; }
    [[nodiscard]] const std::string& remedy() const& { return remedy_; }

private:
    Outcome outcome_;
    Skip skip_ = Skip::not_applicable;
    std::string sentence_;
    std::string remedy_;
    std::vector<std::string> facts_;
    bool rests_on_resets_ = false;
    bool withheld_ = false;
    bool stands_ = false;
};

}  // namespace gateproof
