#include "suites/client/throttle/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "harness/statistics/rank_test.hpp"
#include "suites/client/calls.hpp"
#include "suites/client/judge.hpp"

namespace gateproof::suites {

namespace {

using stage::RequestSeen;
using stage::Visit;
using std::chrono::milliseconds;

constexpr milliseconds no_wait{100};  ///< nobody has waited who comes again within it
constexpr milliseconds least_wait{500};
constexpr milliseconds long_while{60'000};
constexpr double growth = 1.25;

constexpr std::string_view obey =
    "wait at least as long as Retry-After says, in seconds or as a date, before any call is made again";
constexpr std::string_view wait_longer =
    "wait a second or so before a call is made again, and twice as long each time, with a part of it by chance";
constexpr std::string_view tell = "take 429 and 503 for what they are: make the call again later, or report a failure";

std::string seconds(milliseconds time) {
    return fmt::format("{:.1f} s", static_cast<double>(time.count()) / 1000);
}

/// Why there is nothing to judge. Nothing: a call was put off.
std::optional<Verdict> not_put_off(const Attempt& attempt, PutOffAt where) {
    if (std::optional<Verdict> other = told_otherwise(attempt)) {
        return other;
    }
    if (put_off_call(attempt, where).empty()) {
        return Verdict::inconclusive("no call came that could be put off: {}", attempt.summary())
            .remedy("see what the software wrote (client_run in the evidence), and that it calls {url}");
    }
    return std::nullopt;
}

/// The call that was put off was not made again: the software's own word decides.
Verdict judge_absent(const Attempt& attempt) {
    switch (attempt.claim.kind) {
        case Claim::Kind::success:
            return Verdict::fail("put off, it did not come again, and reports success").remedy(std::string(tell));
        case Claim::Kind::failure: return Verdict::pass("put off, it did not come again, and reports a failure");
        case Claim::Kind::ended_by_us:
            return Verdict::inconclusive("put off, it neither came again nor came to an end: {}", attempt.summary())
                .remedy("give it more time (client.patience.end_ms), or let it report a failure sooner");
        default:
            return Verdict::not_tried(
                "put off, it did not come again; what it makes of that is its own word, which it does not give: {}",
                attempt.summary());
    }
}

using Waits = std::vector<milliseconds>;

using Wait = Repetition::Wait;

Waits waits_of(const std::vector<Repetition>& all, Wait Repetition::*which, milliseconds Wait::*bound) {
    Waits waits;
    std::ranges::transform(all, std::back_inserter(waits), [&](const Repetition& one) { return one.*which.*bound; });
    return waits;
}

Verdict stage_was_late(const Attempt& attempt, const Waits& noted);

/// What `of` makes of the waits, where it makes the same of all that they can have been.
template <class Judge>
Verdict judge_certain(const Attempt& attempt, const std::vector<Repetition>& all, const Judge& of,
                      Wait Repetition::*which = &Repetition::gap) {
    const Waits least = waits_of(all, which, &Wait::least);
    const Waits most = waits_of(all, which, &Wait::most);
    Waits first_most = least;
    first_most.front() = most.front();
    Waits first_least = most;
    first_least.front() = least.front();
    const Waits as_noted = waits_of(all, which, &Wait::noted);
    Verdict noted = of(as_noted);
    for (const Waits& waits : {least, most, first_most, first_least}) {
        if (of(waits).outcome() != noted.outcome()) {
            return stage_was_late(attempt, as_noted);
        }
    }
    return noted;
}

bool growing(const Waits& waits) {
    const milliseconds longest = *std::max_element(std::next(waits.begin()), waits.end());
    return static_cast<double>(longest.count()) >= growth * static_cast<double>(waits.front().count());
}

std::string text_of(const Waits& waits) {
    std::string text;
    for (const milliseconds one : waits) {
        text += fmt::format("{}{}", text.empty() ? "" : ", ", seconds(one));
    }
    return text;
}

Verdict stage_was_late(const Attempt& attempt, const Waits& noted) {
    return Verdict::inconclusive("it waited {}, and this gateway itself was late by up to {} ms meanwhile",
                                 text_of(noted), attempt.lateness.worst().count())
        .remedy("run it on a machine with less other work");
}

/// The software keeps a connection over several calls while it is served.
bool keeps_connections(const Attempt& served) {
    return std::ranges::any_of(served.visits, [](const Visit& visit) { return visit.requests.size() > 1; });
}

std::string authorization_of(const RequestSeen& request) {
    const std::string* const value = request.raw ? stage::find_field(request.raw->fields, "authorization") : nullptr;
    return value == nullptr ? std::string() : *value;
}

}  // namespace

Verdict judge_wait(const Attempt& attempt, milliseconds told, PutOffAt where, Outcome far_too_soon) {
    if (std::optional<Verdict> nothing = not_put_off(attempt, where)) {
        return std::move(*nothing);
    }
    const std::vector<Repetition> all = repetitions_at(attempt, where);
    if (all.empty()) {
        return judge_absent(attempt);
    }
    return judge_certain(attempt, all, [&](const Waits& waits) {
        const milliseconds wait = waits.front();
        const Outcome outcome = wait < told / 2        ? far_too_soon
                                : wait * 10 < told * 9 ? Outcome::warning
                                                       : Outcome::pass;
        Verdict verdict(outcome,
                        fmt::format("told to come again after {}, it came after {}", seconds(told), seconds(wait)));
        return outcome == Outcome::pass ? verdict : std::move(verdict).remedy(std::string(obey));
    });
}

namespace {

Verdict judge_growth(const Waits& waits, milliseconds published) {
    const bool never = std::ranges::all_of(waits, [](milliseconds one) { return one < least_wait; });
    if (waits.size() > 1 && never) {
        return Verdict::fail("put off {} times in a row, it never waited half a second (it waited {})", waits.size(),
                             text_of(waits))
            .remedy(std::string(wait_longer));
    }
    if (waits.front() < least_wait) {
        return Verdict::warning("put off, it came again after {}, sooner than half a second", seconds(waits.front()))
            .remedy(std::string(wait_longer));
    }
    if (waits.front() * 10 < published * 9) {
        return Verdict::warning(
                   "put off by a technical fault of SOAP, it came again after {}; published is {} at least",
                   seconds(waits.front()), seconds(published))
            .remedy("wait five seconds or more before a call is made again that was answered with a technical fault");
    }
    if (waits.size() > 1 && !growing(waits)) {
        return Verdict::warning("put off {} times in a row, it did not wait longer each time (it waited {})",
                                waits.size(), text_of(waits))
            .remedy(std::string(wait_longer));
    }
    return Verdict::pass("put off without a time, it waited {}", text_of(waits));
}

Verdict judge_haste(const Waits& waits, bool is_over) {
    const auto hasty = std::ranges::count_if(waits, [](milliseconds one) { return one < no_wait; });
    const std::string_view what = is_over ? "is over" : "means nothing";
    constexpr std::string_view bounded =
        "wait a second at least, whatever Retry-After says, before a call is made again";
    if (hasty > 1) {
        return Verdict::fail("given a Retry-After that {}, it makes its call again and again without a pause", what)
            .remedy(std::string(bounded));
    }
    if (hasty == 1 && !is_over) {
        return Verdict::warning("given a Retry-After that {}, it makes its call again without a pause", what)
            .remedy(std::string(bounded));
    }
    return Verdict::pass("given a Retry-After that {}, it waited {}", what, text_of(waits));
}

}  // namespace

Verdict judge_backs_off(const Attempt& attempt, milliseconds published) {
    if (std::optional<Verdict> nothing = not_put_off(attempt, PutOffAt::gateway)) {
        return std::move(*nothing);
    }
    const std::vector<Repetition> all = repetitions_at(attempt, PutOffAt::gateway);
    if (all.empty()) {
        return judge_absent(attempt);
    }
    return judge_certain(attempt, all, [&](const Waits& waits) { return judge_growth(waits, published); });
}

Verdict judge_stops(const Attempt& attempt, std::size_t most) {
    return judge_refusal_told(
        attempt,
        {"that too many calls were made",
         "make a call that is put off again a few times at most (client.retries in the profile), and then report a failure"},
        most);
}

Verdict judge_long_wait(const Attempt& attempt) {
    if (std::optional<Verdict> nothing = not_put_off(attempt, PutOffAt::gateway)) {
        return std::move(*nothing);
    }
    const std::vector<Repetition> all = repetitions_at(attempt, PutOffAt::gateway);
    if (!all.empty()) {
        return judge_certain(attempt, all, [](const Waits& waits) {
            const bool soon = waits.front() < long_while;
            Verdict verdict(soon ? Outcome::warning : Outcome::pass,
                            fmt::format("told to come again in a day, it came after {}", seconds(waits.front())));
            return soon ? std::move(verdict).remedy(std::string(obey)) : verdict;
        });
    }
    if (attempt.claim.kind == Claim::Kind::ended_by_us) {
        return Verdict::warning("told to come again in a day, it waits and says nothing: {}", attempt.summary())
            .remedy("report a failure, with the time, where Retry-After is longer than anybody waits at a screen");
    }
    return judge_absent(attempt);
}

Verdict judge_recovers(const Attempt& attempt) {
    if (std::optional<Verdict> nothing = not_put_off(attempt, PutOffAt::gateway)) {
        return std::move(*nothing);
    }
    if (repetitions_at(attempt, PutOffAt::gateway).empty()) {
        return judge_absent(attempt);
    }
    const std::vector<Arrival> came = put_off_call(attempt, PutOffAt::gateway);
    const std::string same = call_of(*came.front().request);
    const auto served = std::ranges::count_if(came, [&](const Arrival& one) {
        return one.request->status >= 200 && one.request->status < 300 && call_of(*one.request) == same;
    });
    if (served > 1) {
        return Verdict::fail("put off once, it made its call again {} times, though it was served", served)
            .remedy("make a call that was put off again once, and take what it is answered then");
    }
    if (served == 0) {
        return Verdict::inconclusive("put off once, it came again and was not served: {}", attempt.summary());
    }
    if (attempt.claim.kind == Claim::Kind::failure) {
        return Verdict::fail("put off once, it came again and was served, and reports a failure all the same")
            .remedy("take the answer to the call that was made again for the call's");
    }
    if (attempt.claim.kind == Claim::Kind::ended_by_us) {
        return Verdict::inconclusive("put off once, it was served and did not come to an end: {}", attempt.summary());
    }
    return Verdict::pass("put off once, it came again and was served");
}

Verdict judge_strange_value(const Attempt& attempt, bool is_over) {
    if (std::optional<Verdict> nothing = not_put_off(attempt, PutOffAt::gateway)) {
        return std::move(*nothing);
    }
    const std::vector<Repetition> all = repetitions_at(attempt, PutOffAt::gateway);
    if (all.empty() && attempt.claim.kind == Claim::Kind::ended_by_us) {
        return Verdict::warning("given a Retry-After that means nothing, it waits and says nothing: {}",
                                attempt.summary())
            .remedy("take a Retry-After that cannot be read, or is longer than anybody waits, for none");
    }
    if (all.empty()) {
        return judge_absent(attempt);
    }
    // A slow handshake is no pause of the client's own.
    return judge_certain(
        attempt, all, [&](const Waits& waits) { return judge_haste(waits, is_over); }, &Repetition::pause);
}

Verdict judge_refused_write(const Attempt& attempt) {
    if (std::optional<Verdict> nothing = not_put_off(attempt, PutOffAt::gateway)) {
        return std::move(*nothing);
    }
    int booked = 0;
    for (const stage::Booking& one : attempt.booked) {
        booked += one.count;
    }
    if (booked > 1) {
        return Verdict::fail("a submission that was put off once was carried out {} times", booked)
            .remedy("make a submission that was put off (429) again once, and not again when it was answered");
    }
    if (booked == 0) {
        switch (attempt.claim.kind) {
            case Claim::Kind::success:
                return Verdict::fail("a submission that was put off was never carried out, and it reports success")
                    .remedy(std::string(tell));
            case Claim::Kind::failure:
                return Verdict::pass("a submission that was put off was not carried out, and it reports a failure");
            default:
                return Verdict::not_tried(
                    "a submission that was put off was not carried out; whether that is told is its own word, which it does not give: {}",
                    attempt.summary());
        }
    }
    if (repetitions_at(attempt, PutOffAt::gateway).empty()) {
        return Verdict::inconclusive("what was put off was not the submission, which was carried out: {}",
                                     attempt.summary())
            .remedy("let the act write make its submission with its first call (client.trigger.command.write)");
    }
    if (attempt.claim.kind == Claim::Kind::failure) {
        return Verdict::fail(
                   "a submission that was put off was carried out when it was made again, and it reports a failure")
            .remedy("take the answer to the submission that was made again for its own, or it will be made once more");
    }
    return Verdict::pass("a submission that was put off was carried out when it was made again, once");
}

Verdict judge_jitter(const std::vector<Attempt>& attempts) {
    std::vector<double> waits;
    std::vector<double> doubts;  // by how much each may have been another one
    std::optional<Verdict> absent;
    for (const Attempt& attempt : attempts) {
        if (std::optional<Verdict> nothing = not_put_off(attempt, PutOffAt::gateway)) {
            return std::move(*nothing);
        }
        const std::vector<Repetition> all = repetitions_at(attempt, PutOffAt::gateway);
        if (!all.empty()) {
            waits.push_back(static_cast<double>(all.front().back.count()));
            doubts.push_back(static_cast<double>((all.front().gap.most - all.front().gap.least).count()));
        } else if (!absent || absent->outcome() == Outcome::pass) {
            absent = judge_absent(attempt);
        }
    }
    if (waits.empty() && absent) {
        return std::move(*absent);
    }
    if (waits.size() < fewest_waits) {
        return Verdict::inconclusive("of {} starts that were put off {} came again, too few to see whether they spread",
                                     attempts.size(), waits.size());
    }
    constexpr std::string_view remedy =
        "add a part by chance to each wait, Retry-After's too, so that software that was put off together does not come back together";
    const double median = statistics::median(waits);
    const double range = statistics::quartile_range(waits);
    // What was noted late came sooner still.
    if (median < static_cast<double>(no_wait.count())) {
        return Verdict::warning("{} starts that were put off together came back at once", waits.size())
            .remedy(std::string(remedy));
    }
    // As many as a quarter of the waits move the range little, however late they were noted; the others by no more than
    // that.
    std::ranges::sort(doubts);
    const double doubt = doubts[doubts.size() * 3 / 4];
    if (doubt > 0 && range - doubt <= least_spread * median && range + doubt > least_spread * median) {
        return Verdict::inconclusive(
            "the middle half of their waits lies within {:.0f} ms at {:.1f} s, and this gateway itself was late meanwhile",
            range, median / 1000);
    }
    if (range <= least_spread * median) {
        return Verdict::warning(
                   "{} starts that were put off together came back together: the middle half of their waits lies within {:.0f} ms at {:.1f} s",
                   waits.size(), range, median / 1000)
            .remedy(std::string(remedy));
    }
    return Verdict::pass(
        "of {} starts that were put off together, the middle half of the waits lies within {:.0f} ms at {:.1f} s",
        waits.size(), range, median / 1000);
}

Verdict judge_not_evaded(const Attempt& before, const Attempt& seen, milliseconds told) {
    constexpr std::size_t burst = 3;  // one new connection, and one new token, may have reasons of their own
    if (std::optional<Verdict> nothing = not_put_off(seen, PutOffAt::gateway)) {
        return std::move(*nothing);
    }
    const std::vector<Arrival> came = put_off_call(seen, PutOffAt::gateway);
    const RequestSeen& first = *came.front().request;
    const stage::Time until = first.answered.value_or(first.first_byte) + told;
    std::set<const Visit*> connections;
    std::set<std::string> tokens;
    std::set<std::string> ways;
    for (const Arrival& one : came) {
        if (one.request->first_byte < until) {
            connections.insert(one.visit);
            tokens.insert(authorization_of(*one.request));
            ways.insert(one.request->raw ? one.request->raw->target : one.request->target);
        }
    }
    constexpr std::string_view remedy =
        "wait where the gateway says so: another connection, token or spelling of the address makes the same call, of the same software";
    if (keeps_connections(before) && connections.size() > burst) {
        return Verdict::fail("told to wait {}, it made its call over {} connections in that time", seconds(told),
                             connections.size())
            .remedy(std::string(remedy));
    }
    if (tokens.size() > burst) {
        return Verdict::fail("told to wait {}, it made its call with {} credentials in that time", seconds(told),
                             tokens.size())
            .remedy(std::string(remedy));
    }
    if (ways.size() > burst) {
        return Verdict::fail("told to wait {}, it wrote the address of its call in {} ways in that time", seconds(told),
                             ways.size())
            .remedy(std::string(remedy));
    }
    return Verdict::pass("told to wait {}, it came by no other {} to be served sooner", seconds(told),
                         keeps_connections(before)
                             ? "connections, credentials or spellings of the address"
                             : "credentials or spellings of the address (it opens a connection for each call anyway)");
}

}  // namespace gateproof::suites
