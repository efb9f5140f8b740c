// Controls that fail in a row: when that is a ban, and what becomes of the run then.
#include "harness/run/cut_off.hpp"

#include <gmock/gmock.h>

#include <atomic>

#include "harness/run/context.hpp"
#include "harness/run/runner.hpp"
#include "tests/unit/probe/mint.hpp"
#include "tests/unit/probe/peer.hpp"

namespace gateproof::cut_off_test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using Next = CutOffWatch::Next;

class CutOffWatchTest : public testing::Test {
protected:
    Next control(bool served) {
        now_ += 1s;
        return watch_.after_control(served, served ? "HTTP 200" : "connection reset", now_);
    }
    void sent(std::string_view check) {
        now_ += 1s;
        watch_.sent(check, now_);
    }

    Limits limits_;
    CutOffWatch watch_{limits_};
    CutOffWatch::Clock::time_point now_ = CutOffWatch::Clock::now() - 1h;
};

TEST_F(CutOffWatchTest, SoManyInARowAreABanAndOneMoreDecides) {
    EXPECT_EQ(control(true), Next::go_on);
    sent("s.refused");
    EXPECT_EQ(control(false), Next::ask_again);
    EXPECT_EQ(control(false), Next::ask_again);
    EXPECT_EQ(control(false), Next::wait_and_ask);
    EXPECT_EQ(control(false), Next::end_of_target);
    EXPECT_EQ(watch_.found().answer, "connection reset");
    EXPECT_THAT(watch_.found().after, ElementsAre("s.refused"));
    const auto ago = std::chrono::system_clock::now() - watch_.found().since;
    EXPECT_GT(ago, 59min) << "since the first that failed, not the last";
}

TEST_F(CutOffWatchTest, WhoIsServedAgainIsCountedAnew) {
    control(true);
    EXPECT_EQ(control(false), Next::ask_again);
    EXPECT_EQ(control(true), Next::go_on);
    EXPECT_EQ(control(false), Next::ask_again);
    control(false);
    EXPECT_EQ(control(false), Next::wait_and_ask);
    EXPECT_EQ(control(true), Next::go_on);
    EXPECT_EQ(control(false), Next::ask_again);
}

TEST_F(CutOffWatchTest, WhatNeverServedWasNotCutOff) {
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(control(false), Next::go_on);
    }
    EXPECT_FALSE(watch_.has_served());
}

TEST_F(CutOffWatchTest, TheProfileSaysHowMany) {
    limits_.cut_off_after = 1;
    control(true);
    EXPECT_EQ(control(false), Next::wait_and_ask);
    limits_.cut_off_after = 0;
    control(true);
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(control(false), Next::go_on) << "never";
    }
}

TEST_F(CutOffWatchTest, NamesTheLastThatSentBeforeIt) {
    for (const std::string_view check : {"s.a", "s.b"}) {
        sent(check);
    }
    control(true);
    for (const std::string_view check : {"s.c", "s.d", "s.e", "s.f"}) {
        sent(check);
    }
    control(false);
    sent("s.late");
    control(false);
    EXPECT_THAT(watch_.found().after, ElementsAre("s.f", "s.e", "s.d"));
    EXPECT_THAT(watch_.found().sentence(),
                AllOf(HasSubstr(" UTC, after s.f (and s.e, s.d): "), HasSubstr("\"connection reset\"")));
    control(true);
    control(false);
    EXPECT_THAT(watch_.found().after, ElementsAre("s.late")) << "nothing was sent since: the last one of all";
}

asio::awaitable<Verdict> connects(Context& context) {
    TlsOptions options = context.tls_options();
    const Context::TlsConnection connection = co_await context.tls(std::move(options));
    co_return connection.step.ok() ? Verdict::pass("connected")
                                   : Verdict::inconclusive("{}", connection.step.summary());
}
asio::awaitable<Verdict> connects_and_fails(Context& context) {
    TlsOptions options = context.tls_options();
    const Context::TlsConnection connection = co_await context.tls(std::move(options));
    co_return Verdict::fail("served");
}
asio::awaitable<Verdict> is_refused(Context& context) {
    TlsOptions options = context.tls_options();
    const Context::TlsConnection connection = co_await context.tls(std::move(options));
    co_return Verdict::pass("{}", connection.step.ok() ? "served" : "refused");
}

/// Serves, and bans from the `ban_from`-th connection on, for as many.
class Bouncer {
public:
    Bouncer(int ban_from, int banned) : ban_from_(ban_from), banned_(banned) {}
    [[nodiscard]] const test::Peer& peer() const { return peer_; }

private:
    const int ban_from_;
    const int banned_;
    const test::Minted ca_ = test::mint_ca("CA");
    const test::Minted certificate_ = test::mint({}, &ca_);
    int connection_ = 0;
    test::Peer peer_{[this](test::tcp::socket& socket) {
        const int number = ++connection_;
        if (number >= ban_from_ && number < ban_from_ + banned_) {
            test::reset(socket);
            return;
        }
        test::ServerTls tls(socket, certificate_);
        if (tls.handshake() && !tls.read().empty()) {
            tls.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
        test::drain(socket);
    }};
};

constexpr int for_good = 1000;

class CutOffTest : public testing::Test {
protected:
    void add(std::string_view id, GatewayCheck run, Control control = Control::bracket) {
        Check check;
        check.id = id;
        check.title = id;
        check.run = std::move(run);
        check.control = control;
        suite_.checks.push_back(std::move(check));
    }
    Profile profile_of(const Bouncer& bouncer, std::string name = "p") {
        Profile profile;
        profile.name = std::move(name);
        profile.endpoint = bouncer.peer().endpoint();
        profile.operations["status"].path = "/status";
        profile.control = "status";
        profile.limits.connect_timeout = 2s;
        profile.limits.probe_timeout = 2s;
        profile.limits.connections_per_second = 0;
        profile.limits.cut_off_wait = 50ms;
        return profile;
    }
    RunRecord execute(std::vector<Profile> profiles) {
        Catalogue catalogue;
        catalogue.suites = {suite_};
        const Plan plan = make_plan(catalogue, std::move(profiles), {});
        JournalWriter journal;
        RunObserver observer;
        RunOptions options;
        options.jobs = 1;
        return run(plan, catalogue, journal, options, observer);
    }

    Suite suite_{"s", "S", {}};
};

TEST_F(CutOffTest, EndsTheTargetWithOneFinding) {
    for (const std::string_view id : {"s.a", "s.b", "s.c", "s.d"}) {
        add(id, is_refused);
    }
    const Bouncer bouncer(4, for_good);  // control, s.a, control
    const RunRecord record = execute({profile_of(bouncer)});
    EXPECT_EQ(record.end_reason, EndReason::cut_off);
    ASSERT_TRUE(record.targets[0].cut_off);
    EXPECT_EQ(record.result_of(record.checks[0]).outcome, Outcome::pass);
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_FALSE(record.checks[i].result) << "its refusal was that of a ban";
        const CheckResult result = record.result_of(record.checks[i]);
        EXPECT_EQ(result.outcome, Outcome::inconclusive);
        EXPECT_EQ(result.sentence, "not run: " + record.targets[0].cut_off->sentence());
        EXPECT_THAT(result.sentence, AllOf(HasSubstr("cut off since "), HasSubstr("after s.b"), HasSubstr("a ban")));
        EXPECT_THAT(result.remedy, HasSubstr("--resume"));
    }
    // s.b, the five attempts of the control behind it, two more controls, and the one after the wait.
    EXPECT_EQ(bouncer.peer().connections(), 3 + 1 + 5 + 2 + 1);
}

TEST_F(CutOffTest, WhatNobodyCouldTellIsNoFindingOfItsOwn) {
    add("s.a", connects, Control::before);
    add("s.b", connects, Control::none);
    add("s.c", connects, Control::none);
    const Bouncer bouncer(3, for_good);  // control, s.a
    const RunRecord record = execute({profile_of(bouncer)});
    EXPECT_TRUE(record.checks[0].result);
    EXPECT_FALSE(record.checks[1].result);
    EXPECT_FALSE(record.checks[2].result);
    EXPECT_EQ(record.end_reason, EndReason::cut_off);
}

TEST_F(CutOffTest, WhatWasFoundBeforeStands) {
    add("s.a", connects_and_fails);
    add("s.b", is_refused);
    const Bouncer bouncer(3, for_good);  // control, s.a
    const RunRecord record = execute({profile_of(bouncer)});
    ASSERT_TRUE(record.checks[0].result);
    EXPECT_EQ(record.checks[0].result->outcome, Outcome::fail);
    EXPECT_FALSE(record.checks[1].result);
}

/// Five attempts of the control are reset, and the next control, or the last one of all, is served.
TEST_F(CutOffTest, WhoIsLetInAgainGoesOnAndJudgesAnewWhatWasRefusedMeanwhile) {
    for (const int banned : {1 + 5, 1 + 5 + 1, 1 + 5 + 2}) {
        suite_.checks.clear();
        for (const std::string_view id : {"s.a", "s.b", "s.c"}) {
            add(id, is_refused);
        }
        const Bouncer bouncer(4, banned);
        const RunRecord record = execute({profile_of(bouncer)});
        EXPECT_EQ(record.end_reason, EndReason::complete) << banned;
        ASSERT_TRUE(record.checks[1].result) << banned;
        EXPECT_EQ(record.checks[1].result->sentence, "served") << banned << ": what the ban refused is no refusal";
        EXPECT_TRUE(record.checks[1].result->flaky) << banned;
        EXPECT_EQ(record.count(Outcome::pass), 3U) << banned;
    }
}

TEST_F(CutOffTest, OneResetIsNoBan) {
    for (const std::string_view id : {"s.a", "s.b", "s.c"}) {
        add(id, connects);
    }
    const Bouncer bouncer(3, 1);  // the first attempt of the control behind s.a
    const RunRecord record = execute({profile_of(bouncer)});
    EXPECT_EQ(record.count(Outcome::pass), 3U);
    EXPECT_EQ(record.end_reason, EndReason::complete);
}

TEST_F(CutOffTest, WhereTheProfileWantsNoneEveryCheckSaysItself) {
    add("s.a", is_refused);
    add("s.b", is_refused);
    const Bouncer bouncer(4, for_good);
    Profile profile = profile_of(bouncer);
    profile.limits.cut_off_after = 0;
    const RunRecord record = execute({profile});
    EXPECT_EQ(record.end_reason, EndReason::complete);
    EXPECT_THAT(record.result_of(record.checks[1]).sentence, HasSubstr("was not served beside it"));
}

TEST_F(CutOffTest, OtherTargetsGoOn) {
    add("s.a", is_refused);
    add("s.b", is_refused);
    const Bouncer bans(4, for_good);
    const Bouncer serves(for_good, 1);
    const RunRecord record = execute({profile_of(bans, "bans"), profile_of(serves, "serves")});
    ASSERT_EQ(record.checks.size(), 4U);
    EXPECT_TRUE(record.targets[0].cut_off);
    EXPECT_FALSE(record.targets[1].cut_off);
    EXPECT_EQ(record.count(Outcome::pass), 3U);
    EXPECT_EQ(record.end_reason, EndReason::cut_off);
}

}  // namespace
}  // namespace gateproof::cut_off_test
