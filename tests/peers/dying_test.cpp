// An endpoint that dies in the middle of a run: what looked like a refusal beside a dead control is never a pass.
#include <fmt/format.h>

#include <list>

#include "harness/journal/read.hpp"
#include "suites/catalogue.hpp"
#include "tests/peers/nginx.hpp"
#include "tests/support/forwarder.hpp"

namespace gateproof::test {
namespace {

/// A run of the program against an endpoint with a limited life.
struct Mortal {
    std::string check;
    std::size_t connections = Forwarder::immortal;  ///< that it lives for
    std::unique_ptr<Forwarder> endpoint;
    std::unique_ptr<Process> program;
    std::string journal;
};

class DyingTest : public NginxTest {
protected:
    void begin(Mortal& mortal) {
        const std::string name = fmt::format("life-{}", ++lives_);
        mortal.endpoint = std::make_unique<Forwarder>(listener_.port(), mortal.connections);
        mortal.journal = path(name + ".jsonl");
        ProfileOptions options = profile_;
        options.name = name;
        std::vector<std::string> command{
            GATEPROOF_PROGRAM,   "run",          write_profile(options, mortal.endpoint->port()),
            "--journal",         mortal.journal, "--junit",
            path(name + ".xml"), "--quiet"};
        if (!mortal.check.empty()) {
            command.insert(command.end(), {"--check", mortal.check});
        }
        mortal.program = std::make_unique<Process>(std::move(command));
    }

    RunRecord end(Mortal& mortal) {
        EXPECT_TRUE(mortal.program->wait()) << mortal.check << " did not end";
        return read_journal(mortal.journal).run;
    }

    /// Runs them, several at a time: each of them waits most of its time.
    void each(std::list<Mortal> mortals, const std::function<void(const Mortal&, const RunRecord&)>& judge) {
        constexpr std::size_t at_once = 12;
        std::list<Mortal> running;
        while (!mortals.empty() || !running.empty()) {
            if (!mortals.empty() && running.size() < at_once) {
                running.splice(running.end(), mortals, mortals.begin());
                begin(running.back());
            } else {
                const RunRecord record = end(running.front());
                judge(running.front(), record);
                running.pop_front();
            }
        }
    }

    int lives_ = 0;
};

/// Ids of the checks that lean on a control after them.
std::vector<std::string> bracketed() {
    std::vector<std::string> ids;
    for (const Suite& suite : suites::catalogue().suites) {
        for (const Check& check : suite.checks) {
            const bool negative = check.control == Control::bracket || check.control == Control::for_pass;
            if (negative && check.side() == Side::gateway) {
                ids.emplace_back(check.id);
            }
        }
    }
    return ids;
}

bool after_control_served(const CheckResult& result) {
    for (const Observation& seen : result.evidence) {
        bool after = false;
        bool served = false;
        for (const auto& [name, value] : seen.fields) {
            after = after || (name == "phase" && value == FieldValue(std::string("after")));
            served = served || (name == "served" && value == FieldValue(true));
        }
        if (seen.kind == "control" && after && served) {
            return true;
        }
    }
    return false;
}

TEST_F(DyingTest, NoNegativeCheckPassesWhenTheEndpointDiesInItsMiddle) {
    serve({});
    std::list<Mortal> sound;
    for (const std::string& id : bracketed()) {
        sound.push_back({.check = id, .endpoint = {}, .program = {}, .journal = {}});
    }
    std::list<Mortal> mortals;
    each(std::move(sound), [&](const Mortal& mortal, const RunRecord& record) {
        ASSERT_EQ(record.checks.size(), 1U) << mortal.check;
        if (record.result_of(record.checks.front()).outcome != Outcome::pass) {
            return;  // of the other channel, or in need of what this profile has not
        }
        // The last connection is the control after the check: with one fewer, nothing vouches for it.
        const std::size_t all = mortal.endpoint->connections();
        EXPECT_GE(all, 3U) << mortal.check << ": a control before and after, and something between them";
        for (const std::size_t life : std::set<std::size_t>{0, 1, all / 2, all - 2, all - 1}) {
            mortals.push_back(
                {.check = mortal.check, .connections = life, .endpoint = {}, .program = {}, .journal = {}});
        }
    });
    EXPECT_GT(mortals.size(), 50U);
    each(std::move(mortals), [](const Mortal& mortal, const RunRecord& record) {
        const CheckResult result = record.result_of(record.checks.front());
        EXPECT_EQ(result.outcome, Outcome::inconclusive) << mortal.check << " with an endpoint that lived for "
                                                         << mortal.connections << " connections: " << result.sentence;
    });
}

TEST_F(DyingTest, AWholeRunOverADyingEndpointPassesNothingThatIsNotVouchedFor) {
    serve({});
    std::list<Mortal> mortals;
    for (const std::size_t life : {0U, 1U, 3U, 8U, 20U, 30U, 40U}) {
        mortals.push_back({.check = "", .connections = life, .endpoint = {}, .program = {}, .journal = {}});
    }
    const std::vector<std::string> ids = bracketed();
    each(std::move(mortals), [&](const Mortal& mortal, const RunRecord& record) {
        EXPECT_TRUE(mortal.endpoint->dead());
        std::size_t unjudged = 0;
        for (const CheckRecord& check : record.checks) {
            const CheckResult result = record.result_of(check);
            unjudged += result.outcome == Outcome::inconclusive ? 1 : 0;
            EXPECT_NE(result.outcome, Outcome::fail)
                << check.id << " after " << mortal.connections << ": " << result.sentence;
            if (std::find(ids.begin(), ids.end(), check.id) != ids.end() && result.outcome == Outcome::pass) {
                EXPECT_TRUE(after_control_served(result)) << check.id << " after " << mortal.connections;
            }
        }
        EXPECT_GT(unjudged, 0U) << mortal.connections;
        EXPECT_NE(mortal.program->wait(), 0) << mortal.connections;
    });
}

}  // namespace
}  // namespace gateproof::test
