// The scheduler with checks that need no endpoint, and with controls against a server of a few lines.
#include <gmock/gmock.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

#include "harness/run/context.hpp"
#include "harness/run/runner.hpp"
#include "tests/unit/probe/mint.hpp"
#include "tests/unit/probe/peer.hpp"

namespace gateproof::execution_test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::HasSubstr;

asio::awaitable<Verdict> passes(Context&) {
    co_return Verdict::pass("fine");
}
asio::awaitable<Verdict> throws(Context&) {
    throw std::runtime_error("a defect");
    co_return Verdict::pass("never");
}
asio::awaitable<Verdict> waits_for_ever(Context& context) {
    asio::steady_timer timer(context.executor(), 1h);
    co_await timer.async_wait(asio::use_awaitable);
    co_return Verdict::pass("never");
}
std::atomic<int> overlapping{0};
std::atomic<int> most_overlapping{0};
asio::awaitable<Verdict> counts_overlap(Context& context) {
    most_overlapping = std::max(most_overlapping.load(), ++overlapping);
    asio::steady_timer timer(context.executor(), 3ms);
    co_await timer.async_wait(asio::use_awaitable);
    --overlapping;
    co_return Verdict::pass("done");
}
std::string moments;
std::chrono::steady_clock::time_point quiet_until;
asio::awaitable<Verdict> waits_quietly(Context& context) {
    quiet_until = std::chrono::steady_clock::now() + 10ms;
    co_await context.wait_quietly(quiet_until);
    moments += "quiet ";
    co_return Verdict::pass("done");
}
/// For longer than the deadline of the one that waits quietly.
asio::awaitable<Verdict> loads(Context& context) {
    moments += "load ";
    asio::steady_timer timer(context.executor(), quiet_until + 100ms);
    co_await timer.async_wait(asio::use_awaitable);
    moments += "ends ";
    co_return Verdict::pass("done");
}
asio::awaitable<Verdict> says_random(Context& context) {
    co_return Verdict::pass("{}", context.random()());
}

class ExecutionTest : public testing::Test {
protected:
    void add(std::string_view id, GatewayCheck run, Control control = Control::none, std::string_view resource = {}) {
        Check check;
        check.id = id;
        check.title = id;
        check.run = std::move(run);
        check.control = control;
        check.resource = resource;
        suite_.checks.push_back(check);
    }
    RunRecord execute() {
        Catalogue catalogue;
        catalogue.suites = {suite_};
        catalogue.requirements = requirements_;
        const Plan plan = make_plan(catalogue, {profile_}, {});
        JournalWriter journal;
        RunObserver observer;
        return run(plan, catalogue, journal, options_, observer);
    }
    void SetUp() override {
        profile_.name = "p";
        profile_.endpoint.host = "127.0.0.1";
        profile_.endpoint.port = 1;  // nothing listens there
        profile_.operations["status"].path = "/status";
        profile_.control = "status";
        profile_.limits.connect_timeout = 2s;
        profile_.limits.probe_timeout = 2s;
        most_overlapping = 0;
    }

    std::vector<Requirement> requirements_;
    Suite suite_{"s", "S", {}};
    Profile profile_;
    RunOptions options_;
};

TEST_F(ExecutionTest, EveryCheckEndsWithAVerdict) {
    add("s.a", passes);
    add("s.b", throws);
    const RunRecord record = execute();
    ASSERT_EQ(record.checks.size(), 2U);
    EXPECT_EQ(record.checks[0].result->outcome, Outcome::pass);
    EXPECT_EQ(record.checks[1].result->outcome, Outcome::error);
    EXPECT_THAT(record.checks[1].result->sentence, HasSubstr("a defect"));
    EXPECT_EQ(record.end_reason, EndReason::complete);
}

TEST_F(ExecutionTest, OneJobAtATimeStillRunsThemAll) {
    for (const std::string_view id : {"s.a", "s.b", "s.c", "s.d"}) {
        add(id, counts_overlap);
    }
    options_.jobs = 1;
    const RunRecord record = execute();
    EXPECT_EQ(record.count(Outcome::pass), 4U);
    EXPECT_EQ(most_overlapping, 1);
}

TEST_F(ExecutionTest, ChecksOverlapUnlessTheyNameOneResource) {
    for (const std::string_view id : {"s.a", "s.b", "s.c"}) {
        add(id, counts_overlap);
    }
    execute();
    EXPECT_EQ(most_overlapping, 3);
    suite_.checks.clear();
    most_overlapping = 0;
    for (const std::string_view id : {"s.a", "s.b", "s.c"}) {
        add(id, counts_overlap, Control::none, "cache");
    }
    EXPECT_EQ(execute().count(Outcome::pass), 3U);
    EXPECT_EQ(most_overlapping, 1);
}

TEST_F(ExecutionTest, LoadChecksRunAloneAndLast) {
    add("s.load", counts_overlap);
    suite_.checks[0].intrusiveness = Intrusiveness::load;
    add("s.load2", counts_overlap);
    suite_.checks[1].intrusiveness = Intrusiveness::load;
    profile_.environment = Environment::embedded;
    add("s.a", passes);
    const RunRecord record = execute();
    EXPECT_EQ(most_overlapping, 1);
    EXPECT_EQ(record.count(Outcome::pass), 3U);
    EXPECT_LE(record.checks[2].result->started, record.checks[0].result->started);
}

TEST_F(ExecutionTest, LoadBeginsWhileOthersOnlyWaitAndTheyGoOnBeforeTheNext) {
    add("s.load", loads);
    suite_.checks[0].intrusiveness = Intrusiveness::load;
    add("s.load2", loads);
    suite_.checks[1].intrusiveness = Intrusiveness::load;
    add("s.quiet", waits_quietly);
    suite_.checks[2].deadline = [](const Profile&) { return 60ms; };
    profile_.environment = Environment::embedded;
    moments.clear();
    const RunRecord record = execute();
    EXPECT_EQ(moments, "load ends quiet load ends ");
    EXPECT_EQ(record.count(Outcome::pass), 3U) << "the time that the load took is not the check's";
}

TEST_F(ExecutionTest, ACheckPastItsDeadlineIsInconclusive) {
    profile_.limits.check_deadline = 30ms;
    add("s.a", waits_for_ever);
    const RunRecord record = execute();
    EXPECT_EQ(record.checks[0].result->outcome, Outcome::inconclusive);
    EXPECT_THAT(record.checks[0].result->sentence, HasSubstr("deadline of 0.03 s"));
    EXPECT_EQ(record.end_reason, EndReason::complete);
}

TEST_F(ExecutionTest, TheRunsDeadlineEndsItAndSaysWhatWasNotRun) {
    options_.deadline = 30ms;
    options_.jobs = 2;
    add("s.a", passes);
    add("s.b", waits_for_ever);
    add("s.c", waits_for_ever);
    add("s.d", passes);
    const RunRecord record = execute();
    EXPECT_EQ(record.end_reason, EndReason::deadline);
    EXPECT_EQ(record.checks[0].result->outcome, Outcome::pass);
    EXPECT_FALSE(record.checks[1].result);
    EXPECT_EQ(record.result_of(record.checks[3]).outcome, Outcome::inconclusive);
    EXPECT_THAT(record.result_of(record.checks[3]).sentence, HasSubstr("not run"));
}

TEST_F(ExecutionTest, APassBesideADeadEndpointIsNoPass) {
    add("s.a", passes, Control::bracket);
    add("s.b", passes, Control::before);
    add("s.c", passes);
    const RunRecord record = execute();
    EXPECT_EQ(record.checks[0].result->outcome, Outcome::inconclusive);
    EXPECT_THAT(record.checks[0].result->sentence, HasSubstr("control operation 'status'"));
    EXPECT_EQ(record.checks[1].result->outcome, Outcome::inconclusive);
    EXPECT_EQ(record.checks[2].result->outcome, Outcome::pass);
}

TEST_F(ExecutionTest, TheSameSeedGivesTheSameRandomNumbers) {
    add("s.a", says_random);
    add("s.b", says_random);
    options_.seed = 7;
    const RunRecord first = execute();
    const RunRecord second = execute();
    EXPECT_EQ(first.checks[0].result->sentence, second.checks[0].result->sentence);
    EXPECT_NE(first.checks[0].result->sentence, first.checks[1].result->sentence);
    options_.seed = 8;
    EXPECT_NE(execute().checks[0].result->sentence, first.checks[0].result->sentence);
}

TEST_F(ExecutionTest, ACheckCountsForTheRequirementsOfItsChannel) {
    add("s.a", passes);
    suite_.checks[0].requirements = {decides("CLOUD-X"), decides("DESK-X"), decides("BOTH")};
    requirements_ = {{.id = "CLOUD-X", .sentence = "", .sources = {}, .channels = {Channel::cloud}},
                     {.id = "DESK-X", .sentence = "", .sources = {}, .channels = {Channel::desktop}},
                     {.id = "BOTH", .sentence = "", .sources = {}}};
    EXPECT_THAT(execute().checks[0].requirements, testing::ElementsAre("CLOUD-X", "BOTH"));
    profile_.channel = Channel::desktop;
    EXPECT_THAT(execute().checks[0].requirements, testing::ElementsAre("DESK-X", "BOTH"));
}

TEST_F(ExecutionTest, TheRecordSaysWhatReportsNeed) {
    add("s.a", passes);
    add("s.b", passes, Control::bracket);
    suite_.checks[0].requirements = {decides("CLOUD-X")};
    requirements_ = {{.id = "CLOUD-X", .sentence = "", .sources = {}, .channels = {Channel::cloud}}};
    const test::Minted minted = test::mint({.common_name = "dsp"});
    profile_.identities["enrolled"] = test::identity_of(minted);
    const RunRecord record = execute();
    EXPECT_EQ(record.suites.at("s"), "S");
    EXPECT_THAT(record.requirements.at("CLOUD-X").channels, testing::ElementsAre("cloud"));
    EXPECT_EQ(record.checks[0].scenario, Scenario::positive);
    EXPECT_EQ(record.checks[1].scenario, Scenario::negative) << "a refusal is proven beside a success";
    ASSERT_EQ(record.targets[0].identities.size(), 1U);
    const CertificateRecord& identity = record.targets[0].identities[0];
    EXPECT_EQ(identity.role, "enrolled");
    EXPECT_EQ(identity.subject, "CN=dsp");
    EXPECT_EQ(identity.sha256, minted.certificate.sha256_fingerprint());
    ASSERT_TRUE(identity.not_after);
    EXPECT_GT(*identity.not_after, std::chrono::system_clock::now() + 24h * 89);
}

asio::awaitable<Verdict> says_secret(Context& context) {
    context.evidence().add("note").with("text", "the token is swordfish!");
    co_return Verdict::fail("served swordfish!").remedy("hide swordfish!");
}

TEST_F(ExecutionTest, SecretsNeverReachTheRecord) {
    options_.secrets = {"swordfish!"};
    add("s.a", says_secret);
    const CheckResult result = *execute().checks[0].result;
    EXPECT_EQ(result.sentence, "served [redacted]");
    EXPECT_EQ(result.remedy, "hide [redacted]");
    EXPECT_EQ(std::get<std::string>(result.evidence.at(0).fields.at(0).second), "the token is [redacted]");
}

asio::awaitable<Verdict> raises_interrupt(Context& context) {
    std::raise(SIGINT);
    asio::steady_timer timer(context.executor(), 1h);
    co_await timer.async_wait(asio::use_awaitable);
    co_return Verdict::pass("never");
}

TEST_F(ExecutionTest, AnInterruptEndsTheRunAndWhatWasInFlightIsNotJudged) {
    add("s.a", passes);
    add("s.b", raises_interrupt);
    const RunRecord record = execute();
    EXPECT_EQ(record.end_reason, EndReason::interrupted);
    EXPECT_TRUE(record.checks[0].result);
    EXPECT_FALSE(record.checks[1].result);
}

asio::awaitable<Verdict> spends_budget(Context& context) {
    Endpoint endpoint = context.profile().endpoint;
    for (int i = 0; i < 3; ++i) {
        co_await context.tcp(endpoint, "x", 1);
    }
    co_return Verdict::pass("never");
}

TEST_F(ExecutionTest, ASpentBudgetIsInconclusive) {
    profile_.limits.requests = 2;
    add("s.a", spends_budget);
    const RunRecord record = execute();
    EXPECT_EQ(record.checks[0].result->outcome, Outcome::inconclusive);
    EXPECT_THAT(record.checks[0].result->sentence, HasSubstr("cap of 2"));
}

std::vector<CheckCase> three_cases(const Profile&) {
    return {{"a", "A"}, {"b", "B"}, {"c", "C"}};
}
asio::awaitable<Verdict> says_case(Context& context) {
    co_return Verdict::pass("case {}", context.case_index());
}

TEST_F(ExecutionTest, RunsEveryCaseOfACheck) {
    add("s.cases", says_case);
    suite_.checks[0].cases = three_cases;
    const RunRecord record = execute();
    ASSERT_EQ(record.checks.size(), 3U);
    EXPECT_EQ(record.checks[2].full_id(), "s.cases[c]");
    EXPECT_EQ(record.checks[2].id, "s.cases");
    EXPECT_EQ(record.result_of(record.checks[2]).sentence, "case 2");
}

asio::awaitable<Verdict> never_ends(Context& context) {
    asio::steady_timer timer(context.executor(), 10min);
    co_await timer.async_wait(asio::use_awaitable);
    co_return Verdict::pass("waited");
}
std::chrono::milliseconds soon(const Profile&) {
    return 20ms;
}

TEST_F(ExecutionTest, ACheckMayHaveADeadlineOfItsOwn) {
    add("s.slow", never_ends);
    suite_.checks[0].deadline = soon;
    const RunRecord record = execute();
    EXPECT_EQ(record.result_of(record.checks[0]).outcome, Outcome::inconclusive);
    EXPECT_LT(record.result_of(record.checks[0]).duration, 5s);
}

asio::awaitable<Verdict> fails(Context&) {
    co_return Verdict::fail("seen in a ServerHello");
}
asio::awaitable<Verdict> cannot_tell(Context&) {
    co_return Verdict::inconclusive("nothing can be said");
}
asio::awaitable<Verdict> asks_by_http(Context& context) {
    HttpRequest request = context.request_of(context.profile().control_operation());
    const HttpOutcome outcome = co_await context.http(std::move(request));
    co_return Verdict::pass("{}", outcome.summary());
}
asio::awaitable<Verdict> asks_with_a_credential(Context& context) {
    HttpRequest request;
    request.endpoint = context.profile().endpoint;
    request.headers = {{"x-api-key", "secret"}};
    const HttpOutcome outcome = co_await context.http(std::move(request));
    co_return Verdict::warning("{}", outcome.summary());
}
asio::awaitable<Verdict> asks_over_a_session(Context& context) {
    TlsOptions options = context.guarded(context.tls_options(), context.profile().control_operation());
    Context::TlsConnection connection = co_await context.tls(std::move(options));
    std::string bytes = "secret";
    const TlsStep written = co_await connection.session->write(std::move(bytes));
    co_return written.ok() ? Verdict::pass("written") : Verdict::skipped("{}", written.summary());
}
asio::awaitable<Verdict> asks_in_clear(Context& context) {
    HttpRequest request = context.request_of(context.profile().control_operation());
    request.tls = false;
    const HttpOutcome outcome = co_await context.http(std::move(request));
    co_return Verdict::pass("{}", outcome.summary());
}

class SecretsTest : public ExecutionTest {
protected:
    void SetUp() override {
        ExecutionTest::SetUp();
        profile_.environment = Environment::test;
        profile_.endpoint = peer_.endpoint();
        profile_.operations["status"].name = "status";
        profile_.operations["status"].headers["Authorization"] = "secret";
        profile_.trust = {false, {test::mint_ca("another CA").certificate}, true};
    }
    const test::Minted ca_ = test::mint_ca("CA");
    const test::Minted certificate_ = test::mint({}, &ca_);
    std::atomic<int> requests_{0};
    const test::Peer peer_{[this](test::tcp::socket& socket) {
        test::ServerTls tls(socket, certificate_);
        if (tls.handshake() && !tls.read().empty()) {
            ++requests_;
            tls.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
        test::drain(socket);
    }};
};

constexpr const char* kept_back = "so the secret of operation 'status' was not sent to it";

TEST_F(SecretsTest, GoToNobodyWhoDoesNotProveThemselves) {
    add("s.http", asks_by_http);
    add("s.credential", asks_with_a_credential);
    add("s.session", asks_over_a_session);
    add("s.control", passes, Control::bracket);
    const RunRecord record = execute();
    for (const CheckRecord& check : record.checks) {
        EXPECT_EQ(check.result->outcome, Outcome::inconclusive) << check.id;
        EXPECT_THAT(check.result->sentence, HasSubstr("the certificate of localhost:")) << check.id;
        EXPECT_THAT(check.result->sentence, HasSubstr("does not verify (")) << check.id;
        EXPECT_THAT(check.result->remedy, HasSubstr("trust.ca")) << check.id;
        EXPECT_TRUE(check.result->withheld) << check.id;
    }
    EXPECT_THAT(record.checks[0].result->sentence, HasSubstr(kept_back));
    EXPECT_THAT(record.checks[2].result->sentence, HasSubstr(kept_back));
    EXPECT_THAT(record.checks[3].result->sentence, HasSubstr(kept_back));
    EXPECT_EQ(requests_, 0);
}

TEST_F(SecretsTest, GoToAServerThatProvesItself) {
    profile_.trust.anchors = {ca_.certificate};
    add("s.http", asks_by_http);
    add("s.credential", asks_with_a_credential);
    add("s.session", asks_over_a_session);
    add("s.control", passes, Control::before);
    const RunRecord record = execute();
    EXPECT_EQ(record.count(Outcome::pass), 3U);
    EXPECT_EQ(record.count(Outcome::warning), 1U);
    EXPECT_EQ(requests_, 4);
}

TEST_F(SecretsTest, NeedNoProofWhereThereAreNone) {
    profile_.operations["status"].headers.clear();
    add("s.http", asks_by_http);
    add("s.session", asks_over_a_session);
    add("s.control", passes, Control::before);
    EXPECT_EQ(execute().count(Outcome::pass), 3U) << "a bad chain does not blind other checks";
}

TEST_F(SecretsTest, NeverGoInClear) {
    add("s.clear", asks_in_clear);
    const RunRecord record = execute();
    EXPECT_EQ(record.checks[0].result->outcome, Outcome::error);
    EXPECT_THAT(record.checks[0].result->sentence, HasSubstr("in clear"));
}

TEST_F(SecretsTest, WhatAServerHelloTellsFailsWithoutAControlAndPassesNever) {
    for (const auto& [id, check] : {std::pair{"s.fails", &fails}, std::pair{"s.passes", &passes}}) {
        add(id, check, Control::bracket);
        suite_.checks.back().judges_hellos_alone = true;
    }
    add("s.other", fails, Control::bracket);
    add("s.before", passes, Control::before);
    suite_.checks.back().judges_hellos_alone = true;
    const RunRecord record = execute();
    EXPECT_EQ(record.checks[0].result->outcome, Outcome::fail);
    EXPECT_EQ(record.checks[1].result->outcome, Outcome::inconclusive);
    EXPECT_THAT(record.checks[1].result->sentence, HasSubstr("looked like a pass (fine), but the certificate of"));
    EXPECT_EQ(record.checks[2].result->outcome, Outcome::inconclusive) << "it may fail for want of service";
    EXPECT_EQ(record.checks[3].result->outcome, Outcome::inconclusive);
}

TEST_F(SecretsTest, WhatAServerHelloTellsFailsWhereTheControlCannotSpeakToTheServer) {
    profile_.endpoint = test::dead_endpoint();
    for (const auto& [id, check] :
         {std::pair{"s.fails", &fails}, std::pair{"s.passes", &passes}, std::pair{"s.unknown", &cannot_tell}}) {
        add(id, check, Control::bracket);
        suite_.checks.back().judges_hellos_alone = true;
    }
    add("s.before", passes, Control::before);
    suite_.checks.back().judges_hellos_alone = true;
    const RunRecord record = execute();
    EXPECT_EQ(record.checks[0].result->outcome, Outcome::fail);
    for (const std::size_t i : {1U, 3U}) {
        EXPECT_EQ(record.checks[i].result->outcome, Outcome::inconclusive);
        EXPECT_THAT(record.checks[i].result->sentence,
                    HasSubstr("looked like a pass (fine), but the control operation 'status' was not served"));
    }
    EXPECT_EQ(record.checks[2].result->outcome, Outcome::inconclusive);
    EXPECT_THAT(record.checks[2].result->sentence, HasSubstr("does not serve the control operation"));
}

}  // namespace
}  // namespace gateproof::execution_test
