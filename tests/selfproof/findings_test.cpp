// What a check finds is told in facts by which a known failure is recognised: the same in each run of one gateway, and
// others where more or something else is wrong. GATEPROOF_FINDINGS chooses faults by a part of their name.
#include <gmock/gmock.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <ostream>

#include "gateway/faults/table.hpp"
#include "gateway/gateway.hpp"
#include "harness/journal/facts.hpp"
#include "harness/run/runner.hpp"
#include "selfproof/embedded.hpp"
#include "selfproof/pool.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

using testing::IsEmpty;

using Facts = std::vector<std::string>;
using Findings = std::map<std::string, Facts>;  ///< by "target check"

/// What these checks find at a gateway that is there already, where they fail or warn.
Findings findings_at(const gateway::Gateway& gateway, const std::vector<std::string>& checks, bool intermittent,
                     std::uint64_t seed) {
    EmbeddedTargets targets = embedded_targets(gateway);
    for (Profile& profile : targets.profiles) {
        profile.limits.repeat = intermittent ? Limits{}.repeat : 1;
    }
    Plan plan = embedded_plan(suites::catalogue(), std::move(targets.profiles));
    std::erase_if(plan.checks, [&](const PlannedCheck& planned) {
        return std::ranges::find(checks, planned.check->id) == checks.end();
    });
    JournalWriter journal;
    RunObserver observer;
    RunOptions options;
    options.seed = seed;
    options.secrets = std::move(targets.secrets);
    const RunRecord record = run(plan, suites::catalogue(), journal, options, observer);
    Findings found;
    for (const CheckRecord& check : record.checks) {
        const CheckResult result = record.result_of(check);
        if (result.outcome == Outcome::fail || result.outcome == Outcome::warning) {
            found.emplace(check.target + ' ' + check.full_id(), facts_of(result));
        }
    }
    return found;
}

Findings findings_of(const std::vector<std::string>& faults, const std::string& check) {
    gateway::Options options;
    options.faults = faults;
    const gateway::Gateway gateway(options);
    return findings_at(gateway, {check}, false, 1);
}

/// "a, b (in both alone: a)"
std::string difference(const Facts& one, const Facts& other) {
    Facts apart;
    std::ranges::set_symmetric_difference(one, other, std::back_inserter(apart));
    std::string text;
    for (const std::string& fact : apart) {
        text += "\n    " + fact;
    }
    return text;
}

/// Which ways evade a limit is measured by shares: what one run decides another may leave open.
bool share_a_fact(const Facts& one, const Facts& other) {
    return std::ranges::any_of(one,
                               [&](const std::string& fact) { return std::ranges::find(other, fact) != other.end(); });
}

TEST(Findings, AreToldInTheSameFactsInEachRun) {
    const char* const part = std::getenv("GATEPROOF_FINDINGS");
    std::vector<const gateway::Fault*> faults;
    for (const gateway::Fault& fault : gateway::faults()) {
        if (part == nullptr || fault.name.find(part) != std::string_view::npos) {
            faults.push_back(&fault);
        }
    }
    std::mutex mutex;
    std::vector<std::string> unlike;
    std::size_t compared = 0;
    const auto prove = [&](std::size_t index) {
        const gateway::Fault& fault = *faults[index];
        gateway::Options options;
        options.faults.emplace_back(fault.name);
        const gateway::Gateway gateway(options);
        std::vector<std::string> checks;
        for (const std::string_view id : fault.caught_by) {
            checks.emplace_back(id);
        }
        const Findings first = findings_at(gateway, checks, fault.intermittent, 1);
        // What a gateway learns late it knows by the second run.
        const std::unique_ptr<gateway::Gateway> fresh =
            fault.name.ends_with("-late") ? std::make_unique<gateway::Gateway>(options) : nullptr;
        const Findings again = findings_at(fresh ? *fresh : gateway, checks, fault.intermittent, 2);
        const std::lock_guard lock(mutex);
        for (const auto& [what, facts] : first) {
            const auto other = again.find(what);
            ++compared;
            if (other == again.end() && fault.intermittent) {
                continue;  // it shows in some tries alone
            }
            if (other == again.end()) {
                unlike.push_back(fmt::format("{}: {} was found once alone", fault.name, what));
            } else if (what.ends_with(" throttle.not-evadable") ? !share_a_fact(facts, other->second)
                                                                : facts != other->second) {
                unlike.push_back(fmt::format("{}: {}:{}", fault.name, what, difference(facts, other->second)));
            }
        }
    };
    run_overlapping(
        faults.size(), least_overlap(), 12, prove, [] { return false; }, [](std::size_t) {});
    EXPECT_GE(compared, part == nullptr ? faults.size() : 1);
    EXPECT_THAT(unlike, IsEmpty());
}

/// A check of several things: two faults that it notices, each of which leaves facts of its own beside the other.
struct Pair {
    const char* check;
    const char* one;
    const char* other;
};

void PrintTo(const Pair& pair, std::ostream* out) {
    *out << pair.check << ", " << pair.one << ", " << pair.other;
}

class FindingsOfSeveral : public testing::TestWithParam<Pair> {};

TEST_P(FindingsOfSeveral, AreOtherOnesWithOneThingMore) {
    const auto& [check, one, other] = GetParam();
    const Findings first = findings_of({one}, check);
    const Findings second = findings_of({other}, check);
    const Findings both = findings_of({one, other}, check);
    ASSERT_FALSE(first.empty() || second.empty() || both.empty());
    for (const auto& [what, facts] : both) {
        const auto alone = first.find(what);
        const auto beside = second.find(what);
        if (alone == first.end() || beside == second.end()) {
            continue;  // shown on another listener
        }
        EXPECT_NE(digest_of_facts(alone->second), digest_of_facts(beside->second)) << what;
        EXPECT_NE(digest_of_facts(facts), digest_of_facts(alone->second)) << what;
        EXPECT_NE(digest_of_facts(facts), digest_of_facts(beside->second)) << what;
        for (const Facts& part : {alone->second, beside->second}) {
            EXPECT_TRUE(std::ranges::includes(facts, part)) << what << difference(facts, part);
        }
    }
}

constexpr std::array several{
    Pair{"tls.cipher-allow-list", "accepts-cbc", "accepts-null"},
    Pair{"tls.cipher-allow-list", "accepts-rc4", "accepts-export"},
    Pair{"tls.large-hello", "large-hello-closed", "divided-hello-refused"},
    Pair{"mtls.cn-exact", "identity-ignores-case", "identity-trims-blanks"},
    Pair{"mtls.required-under-every-name", "certificate-not-demanded-without-sni",
         "certificate-not-demanded-in-other-case"},
    Pair{"mtls.identity-headers-ignored", "trusts-consumer-headers", "trusts-its-own-header"},
    Pair{"mtls.certificateless-session-not-served", "certificateless-session-resumed-1.2",
         "certificateless-session-resumed-1.3"},
    Pair{"mtls.resumption-bound", "tickets-shared-across-names", "tickets-shared-across-listeners"},
    Pair{"oauth.token-response", "token-type-missing", "token-lives-longer"},
    Pair{"port.every-address", "second-address-accepts-tls-1.1", "second-address-accepts-cbc"},
    Pair{"rotation.new-certificate-fit", "new-certificate-without-chain", "new-certificate-expires-soon"},
    Pair{"throttle.response-shape", "throttle-no-retry-after", "throttle-empty-refusal"},
    Pair{"throttle.not-evadable", "throttle-by-path", "throttle-by-user-agent"},
};

INSTANTIATE_TEST_SUITE_P(Each, FindingsOfSeveral, testing::ValuesIn(several), [](const auto& pair) {
    std::string name = std::string(pair.param.one) + "_and_" + pair.param.other;
    std::ranges::replace_if(
        name, [](char c) { return c == '-' || c == '.'; }, '_');
    return name;
});

}  // namespace
}  // namespace gateproof::selfproof
