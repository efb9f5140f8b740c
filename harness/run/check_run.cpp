#include "harness/run/check_run.hpp"

#include <optional>
#include <utility>

#include "harness/journal/facts.hpp"
#include "harness/probe/tls/proof.hpp"
#include "harness/run/notes.hpp"

namespace gateproof {

namespace asio = boost::asio;

namespace {

constexpr std::string_view clock_remedy =
    "set this machine's clock (chronyc tracking and timedatectl tell how it stands) and run again; where it is right, "
    "the endpoint's is wrong";

constexpr std::string_view proxy_remedy =
    "see by gateproof doctor that endpoint.proxy lets connections through to the endpoint: its address, user and password, "
    "the ports that it allows, how long it keeps idle tunnels. Where it does, it may be the endpoint that refuses or cuts: "
    "judge this from a place that needs no proxy";

bool leans_on_service(Outcome outcome) {
    // A check that skips itself says that the endpoint lacks something, and a dead endpoint lacks everything.
    return outcome == Outcome::pass || outcome == Outcome::warning || outcome == Outcome::skipped;
}

/// A secret was kept back from a server that had not proved itself. What was served all the same stays a finding; but
/// nothing follows from what was not even asked.
Verdict not_proven(const CheckRun& run, const std::optional<Verdict>& seen) {
    Verdict verdict = seen && leans_on_service(seen->outcome())
                          ? Verdict::inconclusive("looked like a {} ({}), but {}", to_string(seen->outcome()),
                                                  seen->sentence(), run.withheld())
                          : Verdict::inconclusive("{}", run.withheld());
    return std::move(verdict).remedy(std::string(withheld_remedy)).withheld();
}

/// What it fails on proves itself, so that it is worth running where the control fails. It cannot pass then.
bool fails_by_itself(const Check& check) {
    return check.control == Control::for_pass || check.judges_hellos_alone;
}

}  // namespace

const std::string& CheckRun::withheld() const {
    static const std::string nothing;
    return nothing;
}

const std::string& CheckRun::proxy_failure() const {
    static const std::string nothing;
    return nothing;
}

asio::awaitable<ClockReading> CheckRun::clock() {
    co_return ClockReading{};
}

namespace {

/// The check and, where its verdict leans on a service, the control behind it. `alive`: so far.
asio::awaitable<Verdict> work_once(CheckRun& run, bool alive) {
    const Check& check = *run.planned().check;
    Verdict verdict = co_await run.work();
    const bool found = verdict.outcome() == Outcome::fail || verdict.outcome() == Outcome::error;
    if (!run.withheld().empty() && !found) {
        co_return not_proven(run, verdict);
    }
    if (!alive && verdict.outcome() == Outcome::inconclusive && check.control != Control::for_pass) {
        co_return run.not_served();  // what the check could not see either is the same thing
    }
    if (alive && verdict.outcome() == Outcome::inconclusive && run.has_served()) {
        // Whether that is the check's own, or we are not served any more, this control tells.
        alive = co_await run.control_after();
        co_return verdict;
    }
    const bool leans = (proves_refusals(check) || !alive) && leans_on_service(verdict.outcome());
    if (leans && alive) {
        alive = co_await run.control_after();
    }
    if (leans && !alive && !run.withheld().empty()) {
        verdict = not_proven(run, verdict);
    } else if (leans && !alive) {
        verdict = Verdict::inconclusive("looked like a {} ({}), but {}", to_string(verdict.outcome()),
                                        verdict.sentence(), run.control_failed());
    }
    co_return verdict;
}

/// What it sends may change something at a real service, so that it is sent once. The control is sent often anyway.
bool may_write(const CheckRun& run) {
    const Check& check = *run.planned().check;
    if (!check.sends) {
        return false;
    }
    const Profile& profile = run.profile();
    for (const Operation* const sent : check.sends(profile)) {
        const bool reads = sent->reads || sent->method == "GET" || sent->method == "HEAD";
        if (!reads && sent->name != profile.control) {
            return true;
        }
    }
    return false;
}

Verdict stopped_serving(const Verdict& verdict, std::string_view how_often) {
    return Verdict::inconclusive("the endpoint stopped serving us for a while{}: {}", how_often, verdict.sentence())
        .remedy(
            "see what it is in front of the endpoint that turns this machine away, and have its address allowed "
            "there");
}

asio::awaitable<Verdict> judge_beside_controls(CheckRun& run) {
    const Check& check = *run.planned().check;
    bool alive = true;
    if (check.control != Control::none) {
        alive = co_await run.control_before();
    }
    if (!alive && !fails_by_itself(check)) {
        co_return run.withheld().empty() ? run.not_served() : not_proven(run, std::nullopt);
    }
    const std::size_t known_resets = run.control_resets();
    const std::size_t holds = run.holds();
    Verdict verdict = co_await work_once(run, alive);
    // Who is banned for a while is refused whatever he sends. A service that must not be is never asked away.
    const bool found = verdict.outcome() == Outcome::fail || verdict.outcome() == Outcome::error;
    const bool once = check.intrusiveness == Intrusiveness::load;  // it may have been throttled by itself
    const bool writes = may_write(run);
    if (run.holds() != holds && !found && writes) {
        verdict = stopped_serving(verdict, "");
    } else if (run.holds() != holds && !found && !once) {
        const std::size_t holds_then = run.holds();
        verdict = co_await work_once(run, alive);
        if (run.holds() != holds_then && verdict.outcome() != Outcome::fail) {
            verdict = stopped_serving(verdict, ", twice");
        }
    }
    // A few resets in a row may be chance, which is no finding; they are hardly that twice. And since it is known that
    // resets happen, whoever asks does not stop at a few of them.
    const bool passed = verdict.outcome() == Outcome::pass;
    const bool by_proxy = run.profile().endpoint.proxy != nullptr;
    if (verdict.rests_on_resets() && !by_proxy && known_resets == 0 && (!passed || run.control_resets() > 0) &&
        !writes) {
        verdict = co_await work_once(run, alive);
    }
    const std::size_t resets = run.control_resets();
    if (verdict.rests_on_resets() && resets > 0) {
        verdict = Verdict::inconclusive(
                      "looked like a {} ({}), but {} of this run's control connections {} reset or closed too, so no "
                      "reset can be taken for a refusal",
                      to_string(verdict.outcome()), verdict.sentence(), resets, resets == 1 ? "was" : "were")
                      .remedy(
                          "see whether the endpoint, or a device in front of it, turns connections away under load; "
                          "lower limits.connections_per_second and run again");
    }
    co_return verdict;
}

/// What comes of a time proves nothing where nobody knows what time it is; and what is inconclusive may be so for the
/// clocks, if they differ noticeably.
Verdict taken_back(const Verdict& verdict, const ClockReading& reading) {
    std::string sentence = verdict.outcome() == Outcome::inconclusive
                               ? fmt::format("{}; {}", verdict.sentence(), reading.difference)
                               : fmt::format("looked like a {} ({}), but {}, and one of them is wrong",
                                             to_string(verdict.outcome()), verdict.sentence(), reading.difference);
    Verdict unclear = Verdict(Outcome::inconclusive, std::move(sentence)).remedy(std::string(clock_remedy));
    return verdict.withheld() ? std::move(unclear).withheld() : unclear;
}

/// A verdict that rests on a time: a failure of what was sent with one, or a server that was not believed because of
/// its dates.
asio::awaitable<Verdict> beside_the_clock(CheckRun& run, Verdict verdict) {
    const bool unproven = verdict.withheld() && is_about_dates(run.withheld());
    const bool open =
        verdict.outcome() == Outcome::fail ? !verdict.stands() : verdict.outcome() == Outcome::inconclusive;
    const bool sent = run.sends_times() && open;
    if (!unproven && !sent) {
        co_return verdict;
    }
    const ClockReading reading = co_await run.clock();
    const bool doubtful = reading.state == ClockReading::State::together && !reading.difference.empty() &&
                          verdict.outcome() == Outcome::inconclusive;
    if (reading.is_apart() || doubtful) {
        co_return taken_back(verdict, reading);
    }
    if (reading.state == ClockReading::State::peer_off && verdict.outcome() == Outcome::fail) {
        std::vector<std::string> facts = verdict.facts();
        if (facts.empty()) {
            facts.push_back(without_chance(verdict.sentence()));
        }
        co_return Verdict(Outcome::fail, verdict.sentence() + "; " + reading.difference)
            .remedy(verdict.remedy())
            .found(std::move(facts))
            .rests_on_resets(verdict.rests_on_resets());
    }
    co_return verdict;
}

/// What a proxy does or refuses is no finding about the endpoint, in either direction: whatever it stood in the way of
/// may be its own or the endpoint's, as a connection that is cut is. What was served all the same was seen.
Verdict beside_the_proxy(const CheckRun& run, Verdict verdict) {
    if (run.profile().endpoint.proxy == nullptr || verdict.stands() || verdict.outcome() == Outcome::error) {
        return verdict;
    }
    const std::string& failure = run.proxy_failure();
    if (!failure.empty()) {
        if (verdict.outcome() != Outcome::inconclusive) {
            return Verdict::inconclusive("looked like a {} ({}), but {}", to_string(verdict.outcome()),
                                         verdict.sentence(), failure)
                .remedy(std::string(proxy_remedy));
        }
        const bool told = verdict.sentence().find(failure) != std::string::npos;
        return told ? std::move(verdict).remedy(std::string(proxy_remedy))
                    : std::move(verdict).adding(failure).remedy(std::string(proxy_remedy));
    }
    if (verdict.rests_on_resets() && verdict.outcome() != Outcome::inconclusive) {
        return Verdict::inconclusive(
                   "looked like a {} ({}), but it rests on connections that were cut, and whether the {} or the endpoint "
                   "cut them nobody can tell",
                   to_string(verdict.outcome()), verdict.sentence(), run.profile().endpoint.proxy->describe())
            .remedy(std::string(proxy_remedy));
    }
    return verdict;
}

}  // namespace

asio::awaitable<Verdict> judge(CheckRun& run) {
    Verdict judged = co_await judge_beside_controls(run);
    Verdict verdict = beside_the_proxy(run, std::move(judged));
    Verdict checked = co_await beside_the_clock(run, std::move(verdict));
    co_return checked;
}

}  // namespace gateproof
