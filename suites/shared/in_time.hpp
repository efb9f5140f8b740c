// What becomes true only a moment after its cause (a revocation, a cut-over, a staple that a server fetches): it is
// looked at again for a bounded time, and the verdict says how long it took.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "harness/model/check.hpp"
#include "harness/model/verdict.hpp"

namespace gateproof {
class Context;
}

namespace gateproof::suites {

/// What one look came to.
struct Look {
    Verdict verdict;
    bool may_come = true;  ///< a failure or warning is of something that may only not have come yet
};

/// How the looks at one thing are judged.
struct LookRules {
    std::chrono::milliseconds within{0};  ///< how long it is looked at again; zero: judged at first sight
    std::string_view since;               ///< "after the token was revoked"
    std::string_view noun = "request";    ///< what one look is
    Outcome late = Outcome::warning;      ///< what it is at least when it came late, and was right then
    std::size_t in_a_row = 1;             ///< looks that have to be right before one that was wrong is forgotten
    bool from_the_first = false;          ///< so many are wanted also where the first is right
};

/// The looks at one thing, in turn. What was wrong once, and then right, has to be right the more often the more looks
/// were wrong: one node of several may never learn it.
class Looks {
public:
    static constexpr std::size_t most_in_a_row = 20;

    explicit Looks(const LookRules& rules) : rules_(rules) {}

    /// `at`: since the first look began.
    void add(Look look, std::chrono::milliseconds at);
    /// Another look would change nothing, or the time is over.
    [[nodiscard]] bool decided() const { return decided_; }
    /// How long to wait before the next one; zero while it has only to be seen again.
    [[nodiscard]] std::chrono::milliseconds pause() const;
    [[nodiscard]] std::size_t count() const { return count_; }
    /// Precondition: decided().
    [[nodiscard]] Verdict verdict() const;

private:
    [[nodiscard]] std::size_t wanted() const;

    LookRules rules_;
    bool decided_ = false;
    std::size_t count_ = 0;
    std::size_t wrong_ = 0;
    std::size_t right_ = 0;  ///< in a row, up to now
    std::chrono::milliseconds last_at_{0};
    std::chrono::milliseconds right_at_{0};  ///< the first of those in a row
    std::size_t right_number_ = 0;           ///< and its number
    std::optional<Verdict> first_wrong_;
    std::optional<Verdict> worst_;  ///< of the wrong ones
    std::optional<Verdict> last_right_;
    std::optional<Verdict> final_;  ///< what needs no other look
};

boost::asio::awaitable<void> wait_between(Context& ctx, const Looks& looks);
void note_looks(Context& ctx, const Looks& looks);
/// Looks until it is decided, quietly in between. `look` returns an awaitable of a Look, and is no coroutine itself.
template <class LookAgain>
boost::asio::awaitable<Verdict> given_time(Context& ctx, LookRules rules, LookAgain look) {
    Looks looks(rules);
    const std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
    while (!looks.decided()) {
        if (looks.count() > 0) {
            co_await wait_between(ctx, looks);
        }
        const std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now();
        Look seen = co_await look();
        looks.add(std::move(seen), std::chrono::duration_cast<std::chrono::milliseconds>(now - begun));
    }
    note_looks(ctx, looks);
    co_return looks.verdict();
}

/// How many looks have to be right before one that was wrong is forgotten: limits.repeat, at least two, since one of
/// several nodes may never learn it.
std::size_t looks_in_a_row(const Profile& profile);
/// How a revocation is looked at: it may take a moment to be known everywhere (RFC 7009 2, RFC 7662 4). Precondition:
/// the profile has an authority.
LookRules revocation_rules(const Profile& profile, std::string_view since);
/// The deadline of a check that looks at one.
DeadlineFunction with_time_to_revoke();

/// limits.check_deadline and that time beside it.
DeadlineFunction with_time_for(std::chrono::milliseconds (*within)(const Profile&));

}  // namespace gateproof::suites
