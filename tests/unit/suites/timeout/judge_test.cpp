#include "suites/gateway/timeout/suite.hpp"

#include <gmock/gmock.h>

namespace gateproof::suites {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;
using Body = SlowAnswer::Body;

Timing minute() {
    Timing timing;
    timing.slow = TimedOperation{"slow", 120s};
    timing.below_limit = TimedOperation{"slow", 30s};
    return timing;
}

Operation slow_operation() {
    Operation operation;
    operation.path = "/slow";
    operation.expect_body_contains = "complete";
    return operation;
}

SlowAnswer answer(int status, std::chrono::milliseconds at, Body body = Body::complete, std::string text = "...") {
    SlowAnswer answer;
    answer.status = status;
    answer.head_at = at;
    answer.end_at = at;
    answer.body_state = body;
    answer.body = std::move(text);
    answer.keep_alive = true;
    answer.end.end = body == Body::complete ? Ending::ok : Ending::closed;
    return answer;
}

SlowAnswer silence(std::chrono::milliseconds time) {
    SlowAnswer answer;
    answer.end.end = Ending::timeout;
    answer.end_at = time;
    return answer;
}

Outcome slow_cut(const SlowAnswer& answer) {
    return judge_slow_cut(answer, minute(), slow_operation()).outcome();
}

TEST(SlowCut, IsOnTimeWithinTheTolerance) {
    EXPECT_EQ(slow_cut(answer(504, 55s)), Outcome::pass);
    EXPECT_EQ(slow_cut(answer(408, 65s)), Outcome::pass);
    EXPECT_EQ(slow_cut(answer(503, 60s)), Outcome::pass);
    EXPECT_EQ(slow_cut(answer(504, 54'999ms)), Outcome::fail);
    EXPECT_EQ(slow_cut(answer(504, 65'001ms)), Outcome::fail);
    EXPECT_EQ(slow_cut(silence(70s)), Outcome::fail);
}

TEST(SlowCut, HasToSayThatItIsOne) {
    EXPECT_EQ(slow_cut(answer(500, 60s)), Outcome::warning);
    EXPECT_EQ(slow_cut(answer(500, 66s)), Outcome::fail);
    EXPECT_EQ(slow_cut(answer(200, 60s)), Outcome::fail) << "half of it, called the whole";
    EXPECT_EQ(slow_cut(answer(0, 60s, Body::none)), Outcome::fail) << "closed";
    EXPECT_EQ(slow_cut(answer(504, 60s, Body::broken_off)), Outcome::fail);
    EXPECT_EQ(slow_cut(answer(0, 60s, Body::unreadable)), Outcome::fail);
}

TEST(SlowCut, NeedsAnOperationThatIsSlow) {
    EXPECT_EQ(slow_cut(answer(200, 1s, Body::complete, "complete")), Outcome::inconclusive);
    EXPECT_EQ(slow_cut(answer(404, 1s)), Outcome::inconclusive);
    EXPECT_EQ(slow_cut(answer(503, 1s)), Outcome::inconclusive) << "not available, which is no timeout";
    EXPECT_EQ(slow_cut(answer(200, 120s, Body::complete, "complete")), Outcome::fail) << "not cut at all";
    EXPECT_EQ(slow_cut(answer(200, 60s, Body::complete, "complete")), Outcome::fail)
        << "it cannot be done after half of its time";
}

TEST(SlowCut, NamesTheScale) {
    Timing timing = minute();
    timing.scale_by(0.1);
    EXPECT_EQ(timing.limit, 6s);
    EXPECT_EQ(timing.slow->takes, 12s);
    EXPECT_THAT(judge_slow_cut(answer(504, 6s), timing, slow_operation()).sentence(),
                HasSubstr("the limit of 6 s, scaled by 0.1"));
}

TEST(SlowCut, MayBeSomeSecondsLateHoweverShortTheScaledLimitIs) {
    Timing timing = minute();
    timing.scale_by(1.0 / 30);
    ASSERT_EQ(timing.limit, 2s);
    const auto judge = [&timing](const SlowAnswer& answer) {
        return judge_slow_cut(answer, timing, slow_operation()).outcome();
    };
    EXPECT_EQ(judge(answer(504, 2'900ms)), Outcome::pass) << "its timers are looked at once a second";
    EXPECT_EQ(judge(answer(504, 5'001ms)), Outcome::fail);
    EXPECT_EQ(judge(answer(504, 1'800ms)), Outcome::fail) << "too early is too early";
    EXPECT_EQ(judge(answer(200, 4s, Body::complete, "complete")), Outcome::fail) << "not cut at all";
    EXPECT_EQ(timing.patience(2s), 2s + 3s + 167ms) << "waited for as long as it may take";
}

TEST(SlowCut, KeepsATighterToleranceWhenItIsScaled) {
    Timing timing = minute();
    timing.tolerance = 1s;
    timing.scale_by(0.1);
    EXPECT_EQ(timing.lateness(), 1s);
    timing.scale_by(0.1);
    EXPECT_EQ(timing.lateness(), 1s) << "scaled once more";
    timing.scale_by(300);
    EXPECT_EQ(timing.lateness(), 3s);
}

TEST(BelowLimit, IsServedInItsTime) {
    const auto judge = [](const SlowAnswer& answer) {
        return judge_below_limit(answer, minute(), slow_operation()).outcome();
    };
    EXPECT_EQ(judge(answer(200, 30s, Body::complete, "complete")), Outcome::pass);
    EXPECT_EQ(judge(answer(200, 1s, Body::complete, "complete")), Outcome::inconclusive) << "too quick to show it";
    EXPECT_EQ(judge(answer(504, 10s)), Outcome::fail);
    EXPECT_EQ(judge(answer(200, 10s, Body::broken_off, "complete")), Outcome::fail);
    EXPECT_EQ(judge(silence(70s)), Outcome::fail);
    EXPECT_EQ(judge(answer(404, 30s)), Outcome::inconclusive);
}

TEST(PartialSuccess, IsNoSuccess) {
    const auto judge = [](const SlowAnswer& answer) {
        return judge_no_partial_success(answer, minute(), slow_operation()).outcome();
    };
    EXPECT_EQ(judge(answer(504, 60s)), Outcome::pass);
    EXPECT_EQ(judge(answer(200, 60s, Body::complete, "half")), Outcome::fail);
    EXPECT_EQ(judge(answer(200, 60s, Body::until_close, "complete")), Outcome::fail);
    EXPECT_EQ(judge(answer(200, 60s, Body::complete, "complete")), Outcome::fail);
    EXPECT_EQ(judge(answer(200, 60s, Body::broken_off, "half")), Outcome::warning);
    EXPECT_EQ(judge(answer(200, 120s, Body::complete, "complete")), Outcome::skipped);
    EXPECT_EQ(judge(silence(70s)), Outcome::skipped);
}

Outcome usable(const SlowAnswer& cut, const AfterCut& after) {
    Operation control;
    control.expect_body_contains = "OK";
    return judge_usable_after(cut, after, control).outcome();
}

TEST(ConnectionAfterACut, ServesTheNextRequestOrEnds) {
    AfterCut served;
    served.next = answer(200, 1ms, Body::complete, "OK");
    EXPECT_EQ(usable(answer(504, 60s), served), Outcome::pass);
    AfterCut late;
    late.next = answer(200, 1ms, Body::complete, "the late result");
    EXPECT_EQ(usable(answer(504, 60s), late), Outcome::fail);
    AfterCut dead;
    dead.next = silence(10s);
    EXPECT_EQ(usable(answer(504, 60s), dead), Outcome::fail);
    SlowAnswer chatty = answer(504, 60s);
    chatty.surplus = "HTTP/1.1 200 OK";
    EXPECT_EQ(usable(chatty, served), Outcome::fail);
    SlowAnswer last = answer(504, 60s);
    last.keep_alive = false;
    EXPECT_EQ(usable(last, {}), Outcome::fail) << "announced, and not closed";
    AfterCut closed;
    closed.ended = true;
    EXPECT_EQ(usable(last, closed), Outcome::pass);
    EXPECT_EQ(usable(silence(70s), {}), Outcome::skipped);
}

Held held(std::chrono::milliseconds lasted, Ending end = Ending::closed) {
    Held held;
    held.opened = true;
    held.lasted = lasted;
    held.end.end = end;
    return held;
}

TEST(IdleCut, IsDueByThen) {
    const auto judge = [](const Held& one) { return judge_idle_cut(one, 60s, Timing{}, "in its headers").outcome(); };
    EXPECT_EQ(judge(held(10s)), Outcome::pass) << "earlier is the gateway's right";
    EXPECT_EQ(judge(held(65s, Ending::reset)), Outcome::pass);
    EXPECT_EQ(judge(held(65'001ms)), Outcome::fail);
    EXPECT_EQ(judge(held(70s, Ending::timeout)), Outcome::fail);
    EXPECT_EQ(judge(held(1s, Ending::tls_protocol)), Outcome::inconclusive);
    Timing quick;
    quick.scale_by(1.0 / 30);
    EXPECT_EQ(judge_idle_cut(held(3s), 2s, quick, "in its headers").outcome(), Outcome::pass);
    EXPECT_EQ(judge_idle_cut(held(5'001ms), 2s, quick, "in its headers").outcome(), Outcome::fail);
    Held refused = held(0s, Ending::connect_failed);
    refused.opened = false;
    EXPECT_EQ(judge(refused), Outcome::inconclusive);
}

TEST(IdleCut, NamesTheStatusOfAnAnswer) {
    Held one = held(60s);
    one.received = "HTTP/1.1 408 Request Timeout\r\n";
    EXPECT_EQ(one.status(), 408);
    EXPECT_THAT(judge_idle_cut(one, 60s, Timing{}, "in its body").sentence(), HasSubstr("HTTP 408, then"));
    one.lasted = 50ms;
    EXPECT_EQ(judge_idle_cut(one, 60s, Timing{}, "in its body").outcome(), Outcome::pass) << "408 is about the cut";
    one.received = "HTTP/1.1 405 Method Not Allowed\r\n";
    EXPECT_EQ(judge_idle_cut(one, 60s, Timing{}, "in its body").outcome(), Outcome::skipped)
        << "an answer to the request: no timeout was tried";
    one.lasted = 59s;
    EXPECT_EQ(judge_idle_cut(one, 60s, Timing{}, "in its body").outcome(), Outcome::pass);
    one.received = "HTTP/1.1 4x8";
    EXPECT_EQ(one.status(), 0);
    one.received = "HTTP/1.1 4";
    EXPECT_EQ(one.status(), 0);
}

TEST(KeepAlive, IsKeptForAWhile) {
    EXPECT_EQ(judge_keep_alive(held(5s), true, Timing{}).outcome(), Outcome::pass);
    EXPECT_EQ(judge_keep_alive(held(1s), true, Timing{}).outcome(), Outcome::warning) << "promised, not kept";
    EXPECT_EQ(judge_keep_alive(held(70s, Ending::timeout), true, Timing{}).outcome(), Outcome::fail);
    EXPECT_EQ(judge_keep_alive(held(0s), false, Timing{}).outcome(), Outcome::pass);
    EXPECT_EQ(judge_keep_alive(held(5s, Ending::timeout), false, Timing{}).outcome(), Outcome::fail);
}

Operation slow_write() {
    Operation write = slow_operation();
    write.method = "POST";
    write.path = "/file";
    return write;
}

const StatusQuery query{"asked", "<code>SUB", "<code>103"};

HttpOutcome status_answered(int status, std::string body) {
    HttpOutcome outcome;
    outcome.response = HttpResponse{status, {}, std::move(body), false};
    return outcome;
}

WriteFate fate_of(const HttpOutcome& outcome) {
    Operation asked;
    asked.path = "/asked";
    return read_fate(outcome, asked, query);
}

Verdict cut_write(const SlowAnswer& answer, const std::optional<HttpOutcome>& at_once,
                  const std::optional<HttpOutcome>& later = {}) {
    CutWrite cut;
    cut.answer = answer;
    if (at_once) {
        cut.at_once = fate_of(*at_once);
    }
    if (later) {
        cut.later = fate_of(*later);
    }
    Timing timing = minute();
    timing.slow_write = TimedOperation{"file", 90s};
    return judge_cut_write(cut, timing, slow_write());
}

const HttpOutcome says_done = status_answered(200, "<code>SUB");
const HttpOutcome says_not = status_answered(404, "<code>103");

TEST(WriteFate, IsWhatTheStatusQuerySays) {
    EXPECT_EQ(fate_of(says_done).told(), "asked afterwards, GET /asked says that it was carried out");
    EXPECT_EQ(fate_of(says_not).told(), "asked afterwards, GET /asked says that it was not carried out");
    EXPECT_THAT(fate_of(status_answered(200, "<code>PRCG")).told(),
                HasSubstr("whether it was carried out could not be learned, because GET /asked was answered with HTTP "
                          "200, which says neither"));
    EXPECT_THAT(fate_of(status_answered(200, "<code>SUB<code>103")).words(), HasSubstr("both that it was"));
    EXPECT_EQ(fate_of(status_answered(404, "<code>SUB")).kind, WriteFate::Kind::unknown) << "an error is no record";
    EXPECT_FALSE(fate_of(status_answered(503, "<code>103")).answered);
    HttpOutcome silent;
    silent.end = Ending::timeout;
    EXPECT_THAT(fate_of(silent).told(), HasSubstr("could not be learned, because GET /asked was not answered: "));
}

TEST(CutWrite, WhatCountsAsACut) {
    for (const SlowAnswer& cut : {answer(504, 60s), answer(408, 60s), silence(70s), answer(200, 60s, Body::broken_off),
                                  answer(200, 60s, Body::complete, "half"), answer(0, 60s, Body::none)}) {
        EXPECT_TRUE(write_was_cut(cut, slow_write())) << cut.summary();
    }
    for (const SlowAnswer& other : {answer(403, 1s), answer(500, 60s), answer(200, 1s, Body::complete, "complete")}) {
        EXPECT_FALSE(write_was_cut(other, slow_write())) << other.summary();
    }
    EXPECT_EQ(cut_write(answer(200, 1s, Body::complete, "complete"), {}).outcome(), Outcome::skipped);
    EXPECT_EQ(cut_write(answer(403, 1s), {}).outcome(), Outcome::inconclusive);
}

TEST(CutWrite, IsAccountedFor) {
    const Verdict left = cut_write(answer(504, 60s), says_not, says_not);
    EXPECT_EQ(left.outcome(), Outcome::pass);
    EXPECT_THAT(left.sentence(), HasSubstr("POST /file was cut (HTTP 504"));
    EXPECT_THAT(left.sentence(), HasSubstr("GET /asked says that it was not carried out, at once and when its time"));
    const Verdict done = cut_write(silence(70s), says_done);
    EXPECT_EQ(done.outcome(), Outcome::warning);
    EXPECT_THAT(done.sentence(), HasSubstr("was carried out all the same: asked afterwards, GET /asked says that it "
                                           "was carried out"));
    const Verdict later = cut_write(answer(504, 60s), says_not, says_done);
    EXPECT_EQ(later.outcome(), Outcome::warning);
    EXPECT_THAT(later.sentence(),
                HasSubstr("once the 90 s were over that it takes, and before that \"not carried out\""));
    EXPECT_EQ(cut_write(answer(504, 60s), status_answered(200, "?"), says_not).outcome(), Outcome::pass);
}

TEST(CutWrite, OfWhichNothingIsLearnedIsNoPass) {
    const Verdict neither = cut_write(answer(504, 60s), says_not, status_answered(200, "<code>PRCG"));
    EXPECT_EQ(neither.outcome(), Outcome::warning);
    EXPECT_THAT(neither.sentence(), HasSubstr("could not be learned, because"));
    HttpOutcome silent;
    silent.end = Ending::timeout;
    EXPECT_EQ(cut_write(answer(504, 60s), silent).outcome(), Outcome::inconclusive);
    EXPECT_EQ(cut_write(answer(504, 60s), says_not, status_answered(503, "")).outcome(), Outcome::inconclusive);
}

}  // namespace
}  // namespace gateproof::suites
