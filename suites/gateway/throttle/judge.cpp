#include "suites/gateway/throttle/judge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "harness/probe/http/date.hpp"
#include "suites/shared/technical_fault.hpp"

namespace gateproof::suites {

using load::Counts;
using load::Outcome;
using load::Sample;
using std::chrono::nanoseconds;

namespace {

double seconds(nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

std::string limit_text(const ThrottleLimits& limits) {
    return fmt::format("{} requests each {} s with bursts of {}", limits.requests,
                       std::chrono::duration<double>(limits.window).count(), limits.burst);
}

std::string bounded(std::string_view text) {
    constexpr std::size_t shown = 60;
    return text.size() <= shown ? std::string(text) : fmt::format("{}...", text.substr(0, shown));
}

}  // namespace

double allowance(const ThrottleLimits& limits, nanoseconds time) {
    return static_cast<double>(limits.burst) + limits.rate() * seconds(time);
}

std::size_t beyond_limit(std::span<const Sample> samples, const ThrottleLimits& limits) {
    auto tokens = static_cast<double>(limits.burst);
    nanoseconds filled{0};
    std::size_t beyond = 0;
    for (const Sample& sample : samples) {
        tokens = std::min(static_cast<double>(limits.burst), tokens + limits.rate() * seconds(sample.sent - filled));
        filled = sample.sent;
        if (tokens < 1) {
            ++beyond;
        } else {
            tokens -= 1;
        }
    }
    return beyond;
}

Verdict judge_engagement(std::span<const Sample> samples, const ThrottleLimits& limits) {
    const Counts counts = load::count(samples);
    const auto refused = std::ranges::find(samples, Outcome::refused, &Sample::outcome);
    nanoseconds end{0};
    for (const Sample& sample : samples) {
        end = std::max(end, sample.ended());
    }
    if (refused == samples.end()) {
        const double most = allowance(limits, end) * (1 + limits.tolerance);
        if (static_cast<double>(counts.served) > most) {
            return Verdict::fail("{} requests in {:.2f} s were all served; the declared limit is {}", counts.served,
                                 seconds(end), limit_text(limits))
                .found({"nothing is refused beyond the declared limit of " + limit_text(limits)})
                .remedy("throttle each DSP at the gateway, by its client certificate");
        }
        return Verdict::inconclusive(
                   "{} requests in {:.2f} s were served, but our load did not get beyond the "
                   "declared limit of {}",
                   counts.served, seconds(end), limit_text(limits))
            .remedy("raise the caps in throttle.load, if the endpoint's owner agrees");
    }
    const auto served =
        static_cast<std::size_t>(std::ranges::count(samples.begin(), refused, Outcome::served, &Sample::outcome));
    const double allowed = allowance(limits, refused->ended());
    if (static_cast<double>(served) > allowed * (1 + limits.tolerance) + 1) {
        return Verdict::fail(
                   "the first refusal came after {} requests in {:.2f} s, {:.1f} times what the declared "
                   "limit of {} allows",
                   served, seconds(refused->ended()), static_cast<double>(served) / allowed, limit_text(limits))
            .found({"more is served than the declared limit of " + limit_text(limits)})
            .remedy("set the limit that is declared, or declare the one that is set (throttle.limit)");
    }
    return Verdict::pass("the first refusal came after {} requests in {:.2f} s; the declared limit allows {:.0f}",
                         served, seconds(refused->ended()), allowed);
}

Verdict judge_below(std::span<const Sample> samples, const ThrottleLimits& limits, double rate) {
    const Counts counts = load::count(samples);
    const std::size_t ours = beyond_limit(samples, limits);
    if (counts.refused > ours) {
        return Verdict::fail("{} of {} requests at {:.1f} a second were refused, though the declared limit is {}",
                             counts.refused, counts.sent, rate, limit_text(limits))
            .found({"requests below the declared limit of " + limit_text(limits) + " are refused"})
            .remedy("raise the limit to the declared one, or declare the one that is set (throttle.limit)");
    }
    if (counts.refused > 0) {
        return Verdict::inconclusive("this machine sent {} requests late, and so too close together for the limit",
                                     ours);
    }
    if (counts.served == 0) {
        return Verdict::inconclusive("nothing was sent");
    }
    return Verdict::pass("{} requests at {:.1f} a second were served, none refused", counts.served, rate);
}

std::string retry_after_problem(std::string_view value, const ThrottleLimits& limits,
                                std::chrono::system_clock::time_point now) {
    const bool digits =
        !value.empty() && value.size() <= 10 && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
    double wait = 0;
    if (digits) {
        wait = std::stod(std::string(value));
    } else {
        const auto when = http_date(value);
        if (!when) {
            return fmt::format("Retry-After \"{}\" is neither seconds nor a date", bounded(value));
        }
        wait = std::chrono::duration<double>(*when - now).count();
    }
    const double recovery = std::chrono::duration<double>(std::max(limits.recovery, limits.window)).count();
    const double most = std::max(60.0, 10 * recovery);
    if (wait > most) {
        return fmt::format("Retry-After \"{}\" keeps clients away for {:.0f} s, though the limit recovers within {} s",
                           bounded(value), wait, recovery);
    }
    return wait < -1 ? fmt::format("Retry-After \"{}\" lies in the past", bounded(value)) : std::string();
}

Verdict judge_shape(std::span<const Sample> samples, const std::map<int, HttpResponse>& first_of_status,
                    const ThrottleLimits& limits, std::chrono::system_clock::time_point now) {
    std::set<int> statuses;
    for (const Sample& sample : samples) {
        if (sample.outcome == Outcome::refused) {
            statuses.insert(sample.status);
        }
    }
    std::vector<std::string> problems;
    std::vector<std::string> facts;  // without what Retry-After says now
    for (const int status : statuses) {
        if (std::ranges::find(limits.refusal_status, status) == limits.refusal_status.end()) {
            problems.push_back(fmt::format("HTTP {}{} instead of {}", status,
                                           status < 400 ? " with a body that is no service" : "",
                                           fmt::join(limits.refusal_status, " or ")));
            facts.push_back(problems.back());
            continue;
        }
        const auto found = first_of_status.find(status);
        if (found == first_of_status.end()) {
            continue;
        }
        const HttpResponse& refusal = found->second;
        const std::string* const retry_after = refusal.header("retry-after");
        if (retry_after == nullptr && limits.refusal_retry_after) {
            problems.push_back(fmt::format("HTTP {} has no Retry-After", status));
            facts.push_back(problems.back());
        } else if (retry_after != nullptr) {
            if (std::string problem = retry_after_problem(*retry_after, limits, date_of(refusal).value_or(now));
                !problem.empty()) {
                problems.push_back(std::move(problem));
                facts.push_back(fmt::format("Retry-After of HTTP {} is not as it must be", status));
            }
        }
        if (refusal.body.find(limits.refusal_body) == std::string::npos) {
            problems.push_back(fmt::format("the body of HTTP {} has no \"{}\"", status, bounded(limits.refusal_body)));
            facts.push_back(problems.back());
        }
        if (!limits.soap_fault.empty() && !is_soap_fault(refusal.body, limits.soap_fault)) {
            problems.push_back(
                fmt::format("the body of HTTP {} is no SOAP fault {}", status, bounded(limits.soap_fault)));
            facts.push_back(problems.back());
        }
    }
    if (!problems.empty()) {
        return Verdict::fail("heavy use is not refused as declared: {}", fmt::join(problems, "; "))
            .remedy("refuse with the documented status, Retry-After and error body, so that clients can back off")
            .found(std::move(facts));
    }
    return Verdict::pass("refused with HTTP {}, as declared", fmt::join(statuses, ", "));
}

namespace {

/// "HTTP 429, 503"
std::string refused_statuses(std::span<const Sample> samples) {
    std::set<int> statuses;
    for (const Sample& sample : samples) {
        if (sample.outcome == Outcome::refused) {
            statuses.insert(sample.status);
        }
    }
    return fmt::format("HTTP {}", fmt::join(statuses, ", "));
}

}  // namespace

std::size_t most_at_once(std::span<const Sample> samples) {
    std::size_t most = 0;
    for (const Sample& one : samples) {
        most = std::max(most, static_cast<std::size_t>(std::ranges::count_if(samples, [&](const Sample& other) {
                            return other.sent <= one.sent && one.sent < other.ended();
                        })));
    }
    return most;
}

Verdict judge_at_once_served(std::span<const Sample> samples, const ThrottleLimits& limits) {
    const Counts counts = load::count(samples);
    const auto declared = static_cast<std::size_t>(limits.concurrency);
    const std::size_t most = most_at_once(samples);
    if (counts.refused > 0) {
        return Verdict::fail(
                   "{} of {} calls were refused ({}), {} open at once at most, though {} at once are declared",
                   counts.refused, counts.sent, refused_statuses(samples), most, limits.concurrency)
            .remedy("raise the limit to the declared one, or declare the one that is set (throttle.limit.concurrency)");
    }
    if (counts.served < declared || most < declared) {
        return Verdict::inconclusive("{} calls were served, but no more than {} of them were open at once",
                                     counts.served, most)
            .remedy("name an operation in throttle.operation that takes longer, a tenth of a second at least");
    }
    return Verdict::pass("{} calls at once were served, none refused", most);
}

Verdict judge_at_once_limited(std::span<const Sample> in_turn, std::span<const Sample> at_once,
                              const ThrottleLimits& limits) {
    const Counts turn = load::count(in_turn);
    const Counts together = load::count(at_once);
    if (turn.refused > 0) {
        return Verdict::fail(
                   "{} of {} calls in turn were refused, of which no two were open at once: what is limited are "
                   "requests in a time, not calls at once",
                   turn.refused, turn.sent)
            .remedy("declare the limit that is set, throttle.limit.requests, or set the one that is declared");
    }
    std::vector<Sample> served;
    std::ranges::copy_if(at_once, std::back_inserter(served),
                         [](const Sample& sample) { return sample.outcome == Outcome::served; });
    const std::size_t most = most_at_once(served);
    if (most > static_cast<std::size_t>(limits.most_at_once())) {
        return Verdict::fail("{} calls at once were served; the declared limit is {}", most, limits.concurrency)
            .remedy("limit the calls that each DSP has open at once, by its client certificate");
    }
    if (together.refused == 0) {
        return Verdict::inconclusive("nothing of {} calls was refused, but no more than {} were open at once",
                                     together.sent, most_at_once(at_once))
            .remedy("name an operation in throttle.operation that takes longer, a tenth of a second at least");
    }
    return Verdict::pass("{} of {} calls at once were refused, and none of {} in turn; {} at once are declared",
                         together.refused, together.sent, turn.sent, limits.concurrency);
}

Verdict judge_at_once_recovery(std::span<const Sample> samples, const ThrottleLimits& limits) {
    const Counts counts = load::count(samples);
    const double quiet = std::chrono::duration<double>(limits.recovery).count();
    if (counts.refused > 0) {
        return Verdict::fail("{} of {} calls in turn were refused ({}) after {} s of quiet", counts.refused,
                             counts.sent, refused_statuses(samples), quiet)
            .remedy(
                "serve a DSP again once its calls have ended, at the latest after the declared pause "
                "(throttle.recovery_ms)");
    }
    if (counts.served == 0) {
        return Verdict::inconclusive("nothing was answered after {} s of quiet", quiet);
    }
    return Verdict::pass("served again after {} s of quiet", quiet);
}

Verdict judge_recovery(std::span<const Sample> samples, const ThrottleLimits& limits) {
    const Counts counts = load::count(samples);
    const double quiet = std::chrono::duration<double>(limits.recovery).count();
    if (counts.refused > beyond_limit(samples, limits)) {
        return Verdict::fail("{} of {} requests below the limit were refused after {} s of quiet", counts.refused,
                             counts.sent, quiet)
            .remedy("let the limit forget a DSP as declared (throttle.recovery_ms); a throttled client must come back");
    }
    if (counts.served == 0) {
        return Verdict::inconclusive("nothing was answered after {} s of quiet", quiet);
    }
    return Verdict::pass("served again after {} s of quiet", quiet);
}

}  // namespace gateproof::suites
