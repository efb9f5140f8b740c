// A check has its Context alone; what only the runner may do with a check does not compile on that. And how often a
// check is run where the endpoint stopped serving us.
#include "harness/run/check_run.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <utility>

#include "harness/run/context.hpp"

namespace gateproof::check_run_test {
namespace {

template <typename T>
concept RunsChecks = requires(T& it) {
    it.work();
};
template <typename T>
concept ControlsAround = requires(T& it) {
    it.control_before();
}
|| requires(T& it) {
    it.control_after();
};
template <typename T>
concept ControlsAtWill = requires(T& it) {
    it.control_since(CheckRun::Clock::now(), "before");
};
template <typename T>
concept CountsWaits = requires(const T& it) {
    it.waited();
};
template <typename T>
concept ControlsNow = requires(T& it) {
    it.control();
};

static_assert(RunsChecks<CheckRun> && ControlsAround<CheckRun> && CountsWaits<CheckRun>);
static_assert(ControlsNow<Context>);
static_assert(!RunsChecks<Context> && !ControlsAround<Context> && !ControlsAtWill<Context> && !CountsWaits<Context>);

namespace asio = boost::asio;

/// A check that passes, during which the endpoint did not serve us for a while.
class HeldRun : public CheckRun {
public:
    explicit HeldRun(std::string_view sent) {
        profile_.control = "status";
        for (const auto& [name, method] :
             {std::pair("status", "POST"), std::pair("read", "GET"), std::pair("file", "POST")}) {
            Operation& operation = profile_.operations[name];
            operation.name = name;
            operation.method = method;
        }
        check_.id = "timeout.cut-write-accounted-for";
        check_.sends = [sent](const Profile& profile) {
            return std::vector<const Operation*>{&profile.operations.at(std::string(sent))};
        };
        planned_.check = &check_;
    }
    [[nodiscard]] const PlannedCheck& planned() const override { return planned_; }
    [[nodiscard]] const Profile& profile() const override { return profile_; }
    [[nodiscard]] Evidence& evidence() override { return evidence_; }
    [[nodiscard]] std::chrono::milliseconds deadline() const override { return std::chrono::seconds(1); }
    asio::awaitable<bool> control_before() override { co_return true; }
    asio::awaitable<Verdict> work() override {
        ++worked;
        ++holds_;
        co_return Verdict::pass("the write was carried out");
    }
    asio::awaitable<bool> control_after() override { co_return true; }
    [[nodiscard]] std::size_t holds() const override { return holds_; }
    [[nodiscard]] bool flaky() const override { return false; }
    [[nodiscard]] Clock::duration waited() const override { return {}; }
    [[nodiscard]] std::string control_failed() const override { return {}; }
    [[nodiscard]] Verdict not_served() const override { return Verdict::inconclusive("not served"); }

    void go_by(std::shared_ptr<const VantagePoint> proxy) { profile_.endpoint.proxy = std::move(proxy); }

    int worked = 0;

private:
    Profile profile_;
    Check check_;
    PlannedCheck planned_;
    Evidence evidence_;
    std::size_t holds_ = 0;
};

/// A check that comes to this verdict by a proxy, which stood in the way as told.
class ProxiedRun : public HeldRun {
public:
    ProxiedRun(Verdict verdict, std::string failure, bool by_proxy = true)
        : HeldRun("read"), verdict_(std::move(verdict)), failure_(std::move(failure)) {
        auto proxy = std::make_shared<VantagePoint>();
        proxy->kind = VantagePoint::Kind::http_connect;
        proxy->address = "proxy.example";
        proxy->port = 3128;
        go_by(by_proxy ? proxy : nullptr);
    }
    asio::awaitable<Verdict> work() override {
        ++worked;
        co_return verdict_;
    }
    [[nodiscard]] std::size_t holds() const override { return 0; }
    [[nodiscard]] const std::string& proxy_failure() const override { return failure_; }

private:
    Verdict verdict_;
    std::string failure_;
};

asio::awaitable<void> judge_into(HeldRun& run, std::optional<Verdict>& verdict) {
    verdict = co_await judge(run);
}

Verdict judged(HeldRun& run) {
    asio::io_context context;
    std::optional<Verdict> verdict;
    asio::co_spawn(context, judge_into(run, verdict), asio::detached);
    context.run();
    return *verdict;
}

TEST(CheckRun, WhatAProxyStoodInTheWayOfNeitherPassesNorFails) {
    for (const Verdict& verdict : {Verdict::pass("refused"), Verdict::warning("odd"), Verdict::fail("not accepted"),
                                   Verdict::skipped("nothing there"), Verdict::inconclusive("no answer")}) {
        ProxiedRun run(verdict, "the proxy answered 403");
        const Verdict came = judged(run);
        EXPECT_EQ(came.outcome(), Outcome::inconclusive);
        EXPECT_THAT(came.sentence(), testing::HasSubstr(verdict.sentence()));
        EXPECT_THAT(came.sentence(), testing::HasSubstr("the proxy answered 403"));
        EXPECT_THAT(came.remedy(), testing::HasSubstr("gateproof doctor"));
        ProxiedRun sound(verdict, "");
        EXPECT_EQ(judged(sound).outcome(), verdict.outcome());
    }
    ProxiedRun seen(Verdict::fail("served").stands(), "the proxy answered 403");
    EXPECT_EQ(judged(seen).outcome(), Outcome::fail);
}

TEST(CheckRun, ThroughAProxyNothingRestsOnConnectionsThatWereCut) {
    for (const bool by_proxy : {false, true}) {
        ProxiedRun passes(Verdict::pass("refused").rests_on_resets(true), "", by_proxy);
        EXPECT_EQ(judged(passes).outcome(), by_proxy ? Outcome::inconclusive : Outcome::pass);
        ProxiedRun fails(Verdict::fail("cut").rests_on_resets(true), "", by_proxy);
        EXPECT_EQ(judged(fails).outcome(), by_proxy ? Outcome::inconclusive : Outcome::fail);
        EXPECT_EQ(fails.worked, by_proxy ? 1 : 2);
    }
}

TEST(CheckRun, AWriteIsSentOnceThoughTheEndpointStoppedServingUs) {
    HeldRun write("file");
    const Verdict verdict = judged(write);
    EXPECT_EQ(write.worked, 1);
    EXPECT_EQ(verdict.outcome(), Outcome::inconclusive);
    EXPECT_EQ(verdict.sentence(), "the endpoint stopped serving us for a while: the write was carried out");
    EXPECT_THAT(verdict.remedy(), testing::HasSubstr("have its address allowed"));
}

TEST(CheckRun, WhatOnlyReadsIsAskedAgainThen) {
    for (const std::string_view sent : {"read", "status"}) {
        HeldRun run(sent);
        const Verdict verdict = judged(run);
        EXPECT_EQ(run.worked, 2) << sent;
        EXPECT_THAT(verdict.sentence(), testing::HasSubstr("for a while, twice"));
    }
}

}  // namespace
}  // namespace gateproof::check_run_test
