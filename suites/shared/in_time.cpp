#include "suites/shared/in_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/run/context.hpp"
#include "suites/shared/failures.hpp"

namespace gateproof::suites {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds shortest_pause{100};
constexpr milliseconds longest_pause{5000};

std::string seconds_of(milliseconds time) {
    return fmt::format("{:.1f} s", std::chrono::duration<double>(time).count());
}

std::string ordinal(std::size_t number) {
    const std::size_t tens = number % 100;
    const std::string_view ending = tens >= 11 && tens <= 13 ? "th"
                                    : number % 10 == 1       ? "st"
                                    : number % 10 == 2       ? "nd"
                                    : number % 10 == 3       ? "rd"
                                                             : "th";
    return fmt::format("{}{}", number, ending);
}

std::vector<std::string> late_facts(const Verdict& verdict) {
    std::vector<std::string> facts = told_facts(verdict);
    for (std::string& fact : facts) {
        fact.insert(0, "late: ");
    }
    return facts;
}

bool is_wrong(const Verdict& verdict) {
    return verdict.outcome() == Outcome::fail || verdict.outcome() == Outcome::warning;
}

/// The same verdict in other words. How long it took, and how often it was looked, differs by chance.
Verdict reworded(const Verdict& verdict, Outcome outcome, std::string sentence, std::string remedy,
                 std::vector<std::string> facts) {
    Verdict made = Verdict(outcome, std::move(sentence))
                       .remedy(std::move(remedy))
                       .found(std::move(facts))
                       .rests_on_resets(verdict.rests_on_resets());
    return verdict.stands() ? std::move(made).stands() : made;
}

}  // namespace

std::size_t Looks::wanted() const {
    if (wrong_ == 0) {
        return rules_.from_the_first ? rules_.in_a_row : 1;
    }
    return rules_.in_a_row == 1 ? 1 : std::min(rules_.in_a_row * (1 + wrong_), most_in_a_row);
}

milliseconds Looks::pause() const {
    if (right_ > 0) {
        return milliseconds(0);
    }
    const milliseconds longest = std::clamp(rules_.within / 10, shortest_pause, longest_pause);
    milliseconds pause = shortest_pause;
    for (std::size_t i = 1; i < wrong_ && pause < longest; ++i) {
        pause = pause * 3 / 2;
    }
    return std::min(pause, longest);
}

void Looks::add(Look look, milliseconds at) {
    ++count_;
    last_at_ = at;
    const Outcome outcome = look.verdict.outcome();
    const bool wrong = is_wrong(look.verdict) && look.may_come;
    if (wrong) {
        ++wrong_;
        if (!worst_ || worst_->outcome() < outcome) {
            worst_ = look.verdict;
        }
        first_wrong_ = first_wrong_ ? first_wrong_ : std::optional(std::move(look.verdict));
    } else if (outcome == Outcome::pass) {
        if (right_++ == 0) {
            right_at_ = at;
            right_number_ = count_;
        }
        last_right_ = std::move(look.verdict);
        decided_ = right_ >= wanted();
        return;
    } else if (outcome != Outcome::inconclusive || !first_wrong_) {
        final_ = std::move(look.verdict);
        decided_ = true;
        return;
    }
    right_ = 0;  // of what is inconclusive nothing is known, so that what was wrong stays so
    decided_ = at + pause() > rules_.within;
}

Verdict Looks::verdict() const {
    if (final_) {
        return *final_;
    }
    if (!first_wrong_) {
        return *last_right_;
    }
    const auto told = [this](milliseconds at) { return fmt::format("{} {}", seconds_of(at), rules_.since); };
    if (right_ > 0) {
        return reworded(*last_right_, rules_.late,
                        fmt::format("{}, but only {}, at the {} {}; before that: {}", last_right_->sentence(),
                                    told(right_at_), ordinal(right_number_), rules_.noun, first_wrong_->sentence()),
                        rules_.late == Outcome::pass ? last_right_->remedy() : first_wrong_->remedy(),
                        late_facts(*first_wrong_));
    }
    if (count_ == 1) {
        return *worst_;
    }
    const std::string looks = wrong_ == count_ ? fmt::format("at the {} {}", ordinal(count_), rules_.noun)
                                               : fmt::format("at {} of {} {}s", wrong_, count_, rules_.noun);
    return reworded(*worst_, worst_->outcome(),
                    fmt::format("{}; that was still so {}, {}", worst_->sentence(), told(last_at_), looks),
                    worst_->remedy(), told_facts(*worst_));
}

boost::asio::awaitable<void> wait_between(Context& ctx, const Looks& looks) {
    if (looks.pause().count() > 0) {
        co_await ctx.wait_quietly(std::chrono::steady_clock::now() + looks.pause());
    }
}

void note_looks(Context& ctx, const Looks& looks) {
    if (looks.count() > 1) {
        ctx.evidence().add("looks").with("count", looks.count());
    }
}

LookRules revocation_rules(const Profile& profile, std::string_view since) {
    LookRules rules;
    rules.within = profile.authority->revocation_within;
    rules.since = since;
    rules.in_a_row = looks_in_a_row(profile);
    return rules;
}

std::size_t looks_in_a_row(const Profile& profile) {
    return static_cast<std::size_t>(std::max(profile.limits.repeat, 2));
}

DeadlineFunction with_time_to_revoke() {
    return with_time_for([](const Profile& profile) {
        return profile.authority ? profile.authority->revocation_within : milliseconds(0);
    });
}

DeadlineFunction with_time_for(milliseconds (*within)(const Profile&)) {
    return [within](const Profile& profile) { return profile.limits.check_deadline + within(profile); };
}

}  // namespace gateproof::suites
