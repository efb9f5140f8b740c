// Verdicts about being put off: waits, ends, spreads and ways around it.
#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "suites/client/throttle/answers.hpp"
#include "suites/client/throttle/judge.hpp"
#include "tests/unit/suites/client/came.hpp"

namespace gateproof::suites::throttle_test {
namespace {

using namespace std::chrono_literals;
using stage::Visit;
using test::Came;
using testing::HasSubstr;
using testing::Not;
using Kind = Claim::Kind;

struct Call {
    int at_ms = 0;
    int status = 429;
    std::string target = "/gateway/customer/customer";
    std::string token = "one";
    std::string body = {};
};

const stage::Time begin = std::chrono::steady_clock::now();

/// One connection with these calls, each answered at once; it came with the first of them.
Visit connection(const std::vector<Call>& calls) {
    Came came;
    came.hello().finished();
    for (const Call& one : calls) {
        came.request(one.status);
    }
    Visit visit = came;
    visit.began = begin + std::chrono::milliseconds(calls.front().at_ms);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        stage::RequestSeen& request = visit.requests[i];
        auto raw = std::make_shared<stage::Request>();
        raw->method = request.method = "POST";
        raw->target = request.target = calls[i].target;
        raw->fields = {{"Authorization", "Bearer " + calls[i].token}};
        raw->body = calls[i].body;
        request.raw = std::move(raw);
        request.first_byte = begin + std::chrono::milliseconds(calls[i].at_ms);
        request.whole = request.first_byte;
        request.answered = request.first_byte;
    }
    return visit;
}

Attempt calls(const std::vector<Call>& all, Kind claim = Kind::success) {
    return test::attempt({connection(all)}, claim);
}

TEST(ClientThrottleJudge, NothingComesSoonerThanTold) {
    const auto after = [](int ms) { return judge_wait(calls({{}, {.at_ms = ms, .status = 200}}), 3s).outcome(); };
    EXPECT_EQ(after(0), Outcome::fail);
    EXPECT_EQ(after(1499), Outcome::fail);
    EXPECT_EQ(after(1500), Outcome::warning);
    EXPECT_EQ(after(2699), Outcome::warning);
    EXPECT_EQ(after(2700), Outcome::pass);
    EXPECT_EQ(after(60'000), Outcome::pass);
    EXPECT_EQ(judge_wait(calls({{}, {.at_ms = 10, .status = 200}}), 3s, PutOffAt::gateway, Outcome::warning).outcome(),
              Outcome::warning);
}

TEST(ClientThrottleJudge, WhatIsWrittenInAnotherWayComesAgainToo) {
    for (const char* const target :
         {"/gateway/customer/customer?_=1", "/gateway/Customer/customer", "/gateway//customer/customer/"}) {
        EXPECT_EQ(judge_wait(calls({{}, {.at_ms = 10, .status = 200, .target = target}}), 3s).outcome(), Outcome::fail)
            << target;
    }
    EXPECT_EQ(judge_wait(calls({{}, {.at_ms = 10, .status = 200, .body = "another"}}), 3s).outcome(), Outcome::fail);
    EXPECT_EQ(judge_wait(test::attempt({connection({{}}), connection({{.at_ms = 10, .status = 200}})}), 3s).outcome(),
              Outcome::fail)
        << "over another connection";
    EXPECT_EQ(judge_wait(calls({{},
                                {.at_ms = 10, .status = 200, .target = "/gateway/account/list"},
                                {.at_ms = 3000, .status = 200}}),
                         3s)
                  .outcome(),
              Outcome::pass)
        << "another call is not the one that was put off";
}

TEST(ClientThrottleJudge, WhoDoesNotComeAgainHasToSaySo) {
    const auto judged = [](Kind claim) { return judge_wait(calls({{}}, claim), 3s).outcome(); };
    EXPECT_EQ(judged(Kind::failure), Outcome::pass);
    EXPECT_EQ(judged(Kind::success), Outcome::fail);
    EXPECT_EQ(judged(Kind::none), Outcome::skipped);
    EXPECT_EQ(judged(Kind::ended_by_us), Outcome::inconclusive);
    EXPECT_EQ(judged(Kind::crashed), Outcome::fail);
    EXPECT_EQ(judge_wait(test::attempt({}), 3s).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_wait(calls({{.status = 200}}), 3s).outcome(), Outcome::inconclusive) << "nothing was put off";
}

TEST(ClientThrottleJudge, WithoutATimeWaitsGrow) {
    const auto judged = [](int first, int second, int third, std::chrono::milliseconds published = 0ms) {
        return judge_backs_off(calls({{},
                                      {.at_ms = first},
                                      {.at_ms = first + second},
                                      {.at_ms = first + second + third, .status = 200}}),
                               published)
            .outcome();
    };
    EXPECT_EQ(judged(1000, 2000, 4000), Outcome::pass);
    EXPECT_EQ(judged(1000, 2000, 3000), Outcome::pass);
    EXPECT_EQ(judged(1000, 1000, 1000), Outcome::warning);
    EXPECT_EQ(judged(1000, 1010, 1020), Outcome::warning) << "what a machine adds is no growth";
    EXPECT_EQ(judged(400, 2000, 4000), Outcome::warning);
    EXPECT_EQ(judged(0, 0, 0), Outcome::fail);
    EXPECT_EQ(judged(100, 200, 400), Outcome::fail);
    EXPECT_EQ(judged(1000, 2000, 4000, 5s), Outcome::warning) << "published of SOAP's technical faults";
    EXPECT_EQ(judged(5000, 10000, 20000, 5s), Outcome::pass);
    EXPECT_EQ(judge_backs_off(calls({{}, {.at_ms = 10, .status = 200}}), 0ms).outcome(), Outcome::warning);
    EXPECT_EQ(judge_backs_off(calls({{}}, Kind::failure), 0ms).outcome(), Outcome::pass);
    EXPECT_EQ(judge_backs_off(calls({{}}, Kind::success), 0ms).outcome(), Outcome::fail);
}

TEST(ClientThrottleJudge, ItStops) {
    EXPECT_EQ(judge_stops(calls({{}, {.at_ms = 1}, {.at_ms = 2}}, Kind::failure), 3).outcome(), Outcome::pass);
    EXPECT_EQ(judge_stops(calls({{}, {.at_ms = 1}, {.at_ms = 2}}, Kind::failure), 2).outcome(), Outcome::fail);
    EXPECT_EQ(judge_stops(calls({{}}, Kind::success), 3).outcome(), Outcome::fail);
    EXPECT_EQ(judge_stops(calls({{}}, Kind::ended_by_us), 3).outcome(), Outcome::inconclusive);
}

TEST(ClientThrottleJudge, ADayIsNotWaitedForInSilence) {
    EXPECT_EQ(judge_long_wait(calls({{}}, Kind::failure)).outcome(), Outcome::pass);
    EXPECT_EQ(judge_long_wait(calls({{}}, Kind::ended_by_us)).outcome(), Outcome::warning);
    EXPECT_EQ(judge_long_wait(calls({{}, {.at_ms = 3000}}, Kind::failure)).outcome(), Outcome::warning);
    EXPECT_EQ(judge_long_wait(calls({{}}, Kind::success)).outcome(), Outcome::fail);
    EXPECT_EQ(judge_long_wait(calls({{}}, Kind::crashed)).outcome(), Outcome::fail) << "whatever it is about";
    EXPECT_EQ(judge_long_wait(test::attempt({})).outcome(), Outcome::inconclusive);
}

TEST(ClientThrottleJudge, ItIsServedWhenItComesAgainAndOnce) {
    EXPECT_EQ(judge_recovers(calls({{}, {.at_ms = 1000, .status = 200}})).outcome(), Outcome::pass);
    EXPECT_EQ(judge_recovers(calls({{}, {.at_ms = 1000, .status = 200}}, Kind::failure)).outcome(), Outcome::fail);
    EXPECT_EQ(judge_recovers(calls({{}, {.at_ms = 1000, .status = 200}, {.at_ms = 1100, .status = 200}})).outcome(),
              Outcome::fail);
    EXPECT_EQ(
        judge_recovers(calls({{}, {.at_ms = 1000, .status = 200}, {.at_ms = 1100, .status = 200, .body = "next"}}))
            .outcome(),
        Outcome::pass)
        << "its next call is no repetition";
    EXPECT_EQ(judge_recovers(calls({{}}, Kind::failure)).outcome(), Outcome::pass);
    EXPECT_EQ(judge_recovers(calls({{}}, Kind::success)).outcome(), Outcome::fail);
    EXPECT_EQ(judge_recovers(calls({{}, {.at_ms = 1000, .status = 0}}, Kind::failure)).outcome(),
              Outcome::inconclusive);
}

TEST(ClientThrottleJudge, AStrangeValueBeginsNoLoop) {
    const auto judged = [](int first, int second, bool is_over) {
        return judge_strange_value(calls({{}, {.at_ms = first}, {.at_ms = first + second, .status = 200}}), is_over)
            .outcome();
    };
    EXPECT_EQ(judged(1000, 2000, false), Outcome::pass);
    EXPECT_EQ(judged(0, 2000, false), Outcome::warning);
    EXPECT_EQ(judged(0, 2000, true), Outcome::pass) << "it was told to come at once";
    EXPECT_EQ(judged(0, 0, true), Outcome::fail);
    EXPECT_EQ(judged(0, 0, false), Outcome::fail);
    EXPECT_EQ(judge_strange_value(calls({{}}, Kind::crashed), false).outcome(), Outcome::fail);
    EXPECT_EQ(judge_strange_value(calls({{}}, Kind::ended_by_us), false).outcome(), Outcome::warning);
    EXPECT_EQ(judge_strange_value(calls({{}}, Kind::failure), false).outcome(), Outcome::pass);
}

TEST(ClientThrottleJudge, ASlowHandshakeIsNoPause) {
    const auto judged = [](int came, int finished, int asked) {
        Visit again = connection({{.at_ms = came}});
        again.finished_at = begin + std::chrono::milliseconds(finished);
        again.requests.front().first_byte = begin + std::chrono::milliseconds(asked);
        again.requests.front().whole = again.requests.front().answered = again.requests.front().first_byte;
        return judge_strange_value(test::attempt({connection({{}}), again}), false).outcome();
    };
    EXPECT_EQ(judged(10, 900, 910), Outcome::warning) << "it came at once";
    EXPECT_EQ(judged(1000, 1010, 1011), Outcome::pass) << "it waited, and came then";
    EXPECT_EQ(judged(10, 20, 1020), Outcome::pass) << "it came at once, and waited with its call";
}

TEST(ClientThrottleJudge, AWriteIsCarriedOutOnceOrTold) {
    const auto judged = [](bool again, int count, Kind claim) {
        Attempt one = again ? calls({{}, {.at_ms = 1000, .status = 200}}, claim) : calls({{}}, claim);
        if (count > 0) {
            one.booked = {{"return", "digest", count}};
        }
        return judge_refused_write(one).outcome();
    };
    EXPECT_EQ(judged(true, 1, Kind::success), Outcome::pass);
    EXPECT_EQ(judged(true, 2, Kind::success), Outcome::fail);
    EXPECT_EQ(judged(true, 1, Kind::failure), Outcome::fail) << "it will be made once more";
    EXPECT_EQ(judged(false, 0, Kind::failure), Outcome::pass);
    EXPECT_EQ(judged(false, 0, Kind::success), Outcome::fail);
    EXPECT_EQ(judged(false, 0, Kind::none), Outcome::skipped);
    EXPECT_EQ(judged(false, 1, Kind::success), Outcome::inconclusive) << "something else was put off";
}

std::vector<Attempt> starts(const std::vector<int>& waits, Kind claim = Kind::success) {
    std::vector<Attempt> all;
    for (const int wait : waits) {
        all.push_back(wait < 0 ? calls({{}}, claim) : calls({{}, {.at_ms = wait, .status = 200}}, claim));
    }
    return all;
}

TEST(ClientThrottleJudge, StartsSpread) {
    EXPECT_EQ(judge_jitter(starts({2000, 2001, 2002, 2000, 2003, 2001, 2000, 2004})).outcome(), Outcome::warning);
    EXPECT_EQ(judge_jitter(starts({2000, 2100, 2200, 2300, 2400, 2500, 2600, 2700})).outcome(), Outcome::pass);
    EXPECT_EQ(judge_jitter(starts({2000, 2000, 2000, 2000, 2000, 2000, 2000, 9000})).outcome(), Outcome::warning)
        << "one that is late is no spread";
    EXPECT_EQ(judge_jitter(starts({0, 1, 2, 3, 4, 5, 60, 70})).outcome(), Outcome::warning) << "at once is together";
    EXPECT_EQ(judge_jitter(starts({-1, -1, -1, -1, -1, -1, -1, -1}, Kind::failure)).outcome(), Outcome::pass)
        << "nobody came back, and said so";
    EXPECT_EQ(judge_jitter(starts({-1, -1, -1, -1, -1, -1, -1, -1}, Kind::success)).outcome(), Outcome::fail);
    EXPECT_EQ(judge_jitter(starts({-1, -1, -1, -1, 2000, 2100, 2300, 2500}, Kind::failure)).outcome(),
              Outcome::inconclusive);
    EXPECT_EQ(judge_jitter({}).outcome(), Outcome::inconclusive);
}

TEST(ClientThrottleJudge, AHandshakeIsNoSpread) {
    std::vector<Attempt> all;
    for (int i = 0; i < 8; ++i) {
        Visit again = connection({{.at_ms = 2000, .status = 200}});
        again.requests.front().first_byte += std::chrono::milliseconds(100 * i);
        all.push_back(test::attempt({connection({{}}), again}, Kind::success));
    }
    EXPECT_EQ(judge_jitter(all).outcome(), Outcome::warning);
}

TEST(ClientThrottleJudge, NoWayAround) {
    const Attempt keeps = calls({{.status = 200}, {.at_ms = 10, .status = 200}});
    const Attempt keeps_none =
        test::attempt({connection({{.status = 200}}), connection({{.at_ms = 10, .status = 200}})});
    const auto over = [](int connections) {
        std::vector<Visit> visits;
        for (int i = 0; i < connections; ++i) {
            visits.push_back(connection({{.at_ms = 100 * i}}));
        }
        return test::attempt(std::move(visits));
    };
    EXPECT_EQ(judge_not_evaded(keeps, over(6), 3s).outcome(), Outcome::fail);
    EXPECT_EQ(judge_not_evaded(keeps, over(2), 3s).outcome(), Outcome::pass);
    EXPECT_EQ(judge_not_evaded(keeps, over(6), 100ms).outcome(), Outcome::pass) << "behind the time that it was told";
    EXPECT_EQ(judge_not_evaded(keeps_none, over(6), 3s).outcome(), Outcome::pass) << "so it does when it is served";
    EXPECT_EQ(
        judge_not_evaded(keeps, calls({{}, {.at_ms = 1}, {.at_ms = 2}, {.at_ms = 3}, {.at_ms = 4}}), 3s).outcome(),
        Outcome::pass)
        << "over one connection: not waiting is another check's";
    EXPECT_EQ(
        judge_not_evaded(
            keeps,
            calls({{.token = "1"}, {.at_ms = 1, .token = "2"}, {.at_ms = 2, .token = "3"}, {.at_ms = 3, .token = "4"}}),
            3s)
            .outcome(),
        Outcome::fail);
    EXPECT_EQ(judge_not_evaded(keeps,
                               calls({{.target = "/a"},
                                      {.at_ms = 1, .target = "/A"},
                                      {.at_ms = 2, .target = "/a?1"},
                                      {.at_ms = 3, .target = "//a"}}),
                               3s)
                  .outcome(),
              Outcome::fail);
    EXPECT_EQ(judge_not_evaded(keeps, test::attempt({}), 3s).outcome(), Outcome::inconclusive);
}

TEST(ClientThrottleJudge, WhereTheStageWasLateNobodyWasTooSoon) {
    const auto late_at = [](Attempt one, int from_ms, int to_ms) {
        one.lateness.note(begin + std::chrono::milliseconds(from_ms), begin + std::chrono::milliseconds(to_ms));
        return one;
    };
    const auto after = [](int ms) { return calls({{}, {.at_ms = ms, .status = 200}}); };
    EXPECT_EQ(judge_wait(late_at(after(1400), -300, 0), 3s).outcome(), Outcome::fail)
        << "the refusal did not go out before it was asked for";
    Attempt slow = late_at(after(1400), -300, 0);
    *slow.visits.front().requests.front().whole -= 300ms;
    EXPECT_EQ(judge_wait(slow, 3s).outcome(), Outcome::inconclusive) << "the refusal may have gone out sooner";
    EXPECT_EQ(judge_wait(late_at(after(2800), 2500, 2800), 3s).outcome(), Outcome::inconclusive)
        << "it may have come sooner";
    EXPECT_EQ(judge_wait(late_at(after(4000), 3700, 4000), 3s).outcome(), Outcome::pass);
    EXPECT_EQ(judge_wait(late_at(after(500), 200, 500), 3s).outcome(), Outcome::fail);
    EXPECT_EQ(judge_wait(late_at(after(1400), 5000, 6000), 3s).outcome(), Outcome::fail) << "at another time";
    EXPECT_EQ(judge_strange_value(late_at(calls({{}, {.at_ms = 150}, {.at_ms = 300, .status = 200}}), 0, 160), false)
                  .outcome(),
              Outcome::inconclusive);
    std::vector<Attempt> together;
    for (int i = 0; i < 8; ++i) {
        together.push_back(late_at(after(2000 + 50 * i), 1990, 2400));
    }
    EXPECT_EQ(judge_jitter(together).outcome(), Outcome::inconclusive) << "they may have come together";
}

TEST(ClientThrottleJudge, TimesStandInTheEvidence) {
    Evidence evidence;
    note_retries(evidence, {calls({{}, {.at_ms = 1000}, {.at_ms = 3000, .status = 200}}), test::attempt({})}, 1s);
    ASSERT_EQ(evidence.observations().size(), 1U);
    const Observation& one = evidence.observations().front();
    EXPECT_EQ(one.kind, "retry_times");
    using Fields = std::vector<std::pair<std::string, FieldValue>>;
    EXPECT_EQ(one.fields, (Fields{{"start", std::int64_t{1}},
                                  {"told_ms", std::int64_t{1000}},
                                  {"at_ms", "0, 1000, 3000"},
                                  {"status", "429, 429, 200"}}));
}

TEST(ClientThrottleAnswers, PutOffAsEachServiceDoes) {
    const stage::AnswerAct act = busy("3");
    EXPECT_FALSE(act.carried_out);
    EXPECT_THAT(stage::encoded(*act.said, "POST"), testing::AllOf(testing::StartsWith("HTTP/1.1 429"),
                                                                  HasSubstr("Retry-After: 3\r\n"), HasSubstr("IR003")));
    EXPECT_THAT(stage::encoded(act.said_at.front().answer, "POST"),
                testing::AllOf(testing::StartsWith("HTTP/1.1 429"), HasSubstr("<s:Fault>"), HasSubstr("UnAuthorised")));
    EXPECT_THAT(stage::encoded(*busy({}).said, "POST"), Not(HasSubstr("Retry-After")));
    EXPECT_THAT(stage::encoded(*out_of_service("3").said, "POST"), testing::StartsWith("HTTP/1.1 503"));
    EXPECT_EQ(first_ones(act, 3).size(), 3U);
}

TEST(ClientThrottleAnswers, ADateLiesAhead) {
    stage::Request request;
    request.method = "POST";
    const auto before = std::chrono::system_clock::now();
    const std::string answer = with_date(stage::Answer{.status = 429}, request, {});
    const auto after = std::chrono::system_clock::now();
    bool found = false;
    for (int second = told_seconds; second <= told_seconds + 2; ++second) {
        for (const auto moment : {before, after}) {
            found = found || answer.find("Retry-After: " + stage::http_date(moment + std::chrono::seconds(second))) !=
                                 std::string::npos;
        }
    }
    EXPECT_TRUE(found) << answer;
    const auto now = std::chrono::floor<std::chrono::seconds>(before);
    EXPECT_THAT(answer,
                Not(HasSubstr("Retry-After: " + stage::http_date(now + std::chrono::seconds(told_seconds - 1)))));
}

}  // namespace
}  // namespace gateproof::suites::throttle_test
