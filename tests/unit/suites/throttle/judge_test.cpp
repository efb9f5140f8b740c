// How loads are judged against the declared limit, from samples alone.
#include <gmock/gmock.h>

#include "harness/profile/profile.hpp"
#include "suites/gateway/throttle/judge.hpp"
#include "suites/gateway/throttle/suite.hpp"
#include "suites/shared/technical_fault.hpp"

namespace gateproof::suites {
namespace {

using load::Sample;
using testing::HasSubstr;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// 10 a second, 20 at once.
ThrottleLimits limits() {
    ThrottleLimits limits;
    limits.requests = 10;
    limits.burst = 20;
    limits.tolerance = 0.5;
    limits.refusal_body = "IR003";
    return limits;
}

/// `count` requests every `interval`, from `from` on.
std::vector<Sample> samples(int count, milliseconds interval, load::Outcome outcome, nanoseconds from = 0ms,
                            nanoseconds latency = 2ms) {
    std::vector<Sample> out;
    for (int i = 0; i < count; ++i) {
        const nanoseconds at = from + i * interval;
        const std::uint16_t status = outcome == load::Outcome::served    ? 200
                                     : outcome == load::Outcome::refused ? 429
                                                                         : 0;
        out.push_back({at, at, latency, status, outcome});
    }
    return out;
}

std::vector<Sample> operator+(std::vector<Sample> first, const std::vector<Sample>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

constexpr auto served = load::Outcome::served;
constexpr auto refused = load::Outcome::refused;
constexpr auto failed = load::Outcome::failed;

TEST(ThrottleEngagement, PassesWhereTheLimitIsDeclared) {
    // 25 served within half a second: 20 + 10 * 0.5.
    const auto seen = samples(25, 20ms, served) + samples(3, 20ms, refused, 500ms);
    EXPECT_EQ(judge_engagement(seen, limits()).outcome(), Outcome::pass);
}

TEST(ThrottleEngagement, FailsWithoutARefusalOrWithALateOne) {
    const Verdict never = judge_engagement(samples(100, 10ms, served), limits());
    EXPECT_EQ(never.outcome(), Outcome::fail);
    EXPECT_THAT(never.sentence(), HasSubstr("100 requests"));
    const auto late = samples(80, 10ms, served) + samples(3, 10ms, refused, 800ms);
    EXPECT_EQ(judge_engagement(late, limits()).outcome(), Outcome::fail);
}

TEST(ThrottleEngagement, CannotTellFromALoadWithinTheLimit) {
    EXPECT_EQ(judge_engagement(samples(20, 10ms, served), limits()).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_engagement({}, limits()).outcome(), Outcome::inconclusive);
}

TEST(ThrottleBelow, AnyRefusalThatTheLimitDoesNotExplainFails) {
    EXPECT_EQ(judge_below(samples(40, 125ms, served), limits(), 8).outcome(), Outcome::pass);
    const auto one = samples(39, 125ms, served) + samples(1, 125ms, refused, 39 * 125ms);
    EXPECT_EQ(judge_below(one, limits(), 8).outcome(), Outcome::fail);
    EXPECT_EQ(judge_below(samples(3, 1ms, failed), limits(), 8).outcome(), Outcome::inconclusive);
}

TEST(ThrottleBelow, OurOwnLatenessIsNotTheEndpointsFault) {
    std::vector<Sample> seen = samples(20, 0ms, served) + samples(10, 0ms, refused);
    EXPECT_EQ(beyond_limit(seen, limits()), 10U);
    EXPECT_EQ(judge_below(seen, limits(), 8).outcome(), Outcome::inconclusive);
}

/// Four at once, half as many again tolerated.
ThrottleLimits at_once() {
    ThrottleLimits limits;
    limits.concurrency = 4;
    limits.soap_fault = "UnAuthorised";
    limits.refusal_retry_after = false;
    limits.recovery = 5000ms;
    return limits;
}

TEST(CallsAtOnce, OverlapIsFromTheSendingToTheEndOfTheAnswer) {
    EXPECT_EQ(most_at_once({}), 0U);
    EXPECT_EQ(most_at_once(samples(4, 0ms, served, 0ms, 100ms)), 4U);
    EXPECT_EQ(most_at_once(samples(4, 100ms, served, 0ms, 100ms)), 1U) << "one ends as the next is sent";
    EXPECT_EQ(most_at_once(samples(4, 60ms, served, 0ms, 100ms)), 2U);
    // Two of them waited for a connection.
    std::vector<Sample> late = samples(4, 0ms, served, 0ms, 100ms);
    late[2].sent = late[3].sent = 90ms;
    late[0].latency = late[1].latency = 80ms;
    EXPECT_EQ(most_at_once(late), 2U);
}

TEST(CallsAtOnce, AsManyAsDeclaredMustBeServed) {
    EXPECT_EQ(judge_at_once_served(samples(4, 0ms, served, 0ms, 100ms), at_once()).outcome(), Outcome::pass);
    const Verdict low =
        judge_at_once_served(samples(2, 0ms, served, 0ms, 100ms) + samples(2, 0ms, refused, 0ms, 5ms), at_once());
    EXPECT_EQ(low.outcome(), Outcome::fail);
    EXPECT_THAT(low.sentence(), HasSubstr("2 of 4 calls were refused (HTTP 429), 4 open at once at most"));
    const Verdict quick = judge_at_once_served(samples(4, 10ms, served, 0ms, 5ms), at_once());
    EXPECT_EQ(quick.outcome(), Outcome::inconclusive) << "they were never open together: that says nothing";
    EXPECT_EQ(judge_at_once_served({}, at_once()).outcome(), Outcome::inconclusive);
}

TEST(CallsAtOnce, MoreMustBeRefusedAndServedInTurn) {
    const auto turn = samples(10, 100ms, served, 0ms, 100ms);
    const auto limited = samples(4, 0ms, served, 0ms, 100ms) + samples(6, 0ms, refused, 0ms, 5ms);
    EXPECT_EQ(judge_at_once_limited(turn, limited, at_once()).outcome(), Outcome::pass);
    EXPECT_EQ(judge_at_once_limited(turn, samples(10, 0ms, served, 0ms, 100ms), at_once()).outcome(), Outcome::fail);
    const auto tolerated = samples(6, 0ms, served, 0ms, 100ms) + samples(4, 0ms, refused, 0ms, 5ms);
    EXPECT_EQ(judge_at_once_limited(turn, tolerated, at_once()).outcome(), Outcome::pass);
    const auto beyond = samples(7, 0ms, served, 0ms, 100ms) + samples(3, 0ms, refused, 0ms, 5ms);
    EXPECT_EQ(judge_at_once_limited(turn, beyond, at_once()).outcome(), Outcome::fail);
    EXPECT_EQ(judge_at_once_limited(turn, samples(10, 10ms, served, 0ms, 10ms), at_once()).outcome(),
              Outcome::inconclusive);
    const Verdict rate =
        judge_at_once_limited(samples(5, 100ms, served) + samples(5, 100ms, refused, 500ms), limited, at_once());
    EXPECT_EQ(rate.outcome(), Outcome::fail);
    EXPECT_THAT(rate.sentence(), HasSubstr("requests in a time, not calls at once"));
}

TEST(CallsAtOnce, AfterThePauseADspIsServed) {
    EXPECT_EQ(judge_at_once_recovery(samples(3, 100ms, served), at_once()).outcome(), Outcome::pass);
    EXPECT_EQ(
        judge_at_once_recovery(samples(2, 100ms, served) + samples(1, 100ms, refused, 200ms), at_once()).outcome(),
        Outcome::fail);
    EXPECT_EQ(judge_at_once_recovery(samples(3, 100ms, failed), at_once()).outcome(), Outcome::inconclusive);
}

TEST(CallsAtOnce, TheRefusalIsASoapFaultOfThatName) {
    const auto envelope = [](const std::string& inside) {
        return R"(<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>)" + inside +
               "</e:Body></e:Envelope>";
    };
    EXPECT_TRUE(is_soap_fault(envelope("<e:Fault><e:Reason><e:Text>UnAuthorised</e:Text></e:Reason></e:Fault>"),
                              "UnAuthorised"));
    EXPECT_TRUE(is_soap_fault(envelope("<e:Fault><e:Detail><UnAuthorised/></e:Detail></e:Fault>"), "UnAuthorised"));
    EXPECT_TRUE(is_soap_fault("<Fault><faultcode>x:UnAuthorised</faultcode></Fault>", "UnAuthorised"));
    EXPECT_FALSE(
        is_soap_fault(envelope("<e:Fault><e:Reason><e:Text>Busy</e:Text></e:Reason></e:Fault>"), "UnAuthorised"));
    EXPECT_FALSE(is_soap_fault(envelope("<UnAuthorised/>"), "UnAuthorised")) << "no fault";
    EXPECT_FALSE(is_soap_fault(R"({"errors":[{"code":"UnAuthorised"}]})", "UnAuthorised"));
    EXPECT_FALSE(is_soap_fault("<Fault><a>b</a></Fault>", "'] | //*['"));
    const auto answer = [](std::string body) {
        HttpResponse response;
        response.status = 429;
        response.body = std::move(body);
        return std::map<int, HttpResponse>{{429, std::move(response)}};
    };
    const auto now = std::chrono::system_clock::now();
    const auto seen = samples(2, 0ms, refused);
    EXPECT_EQ(judge_shape(seen, answer("<Fault><f>UnAuthorised</f></Fault>"), at_once(), now).outcome(), Outcome::pass);
    const Verdict wrong = judge_shape(seen, answer(R"({"errors":[{"code":"IR003"}]})"), at_once(), now);
    EXPECT_EQ(wrong.outcome(), Outcome::fail);
    EXPECT_THAT(wrong.sentence(), HasSubstr("the body of HTTP 429 is no SOAP fault UnAuthorised"));
}

/// IRD number validation counts queries of each number over 24 hours.
TEST(NumbersThatAreUsedUp, AreLoadedOnlyWhereOneIsSetAside) {
    Profile profile;
    profile.operations["validate"].path = "/gateway/customer-service/validateIRD?x=1";
    profile.operations["other"].path = "/gateway/customer-service/status";
    ThrottleLimits limits;
    limits.operation = "validate";
    EXPECT_THAT(used_up_unasked(profile, limits), HasSubstr("would lock its number for a day; name another one in "
                                                            "throttle.operation, or a number that may be used up in "
                                                            "throttle.ird_set_aside"));
    limits.ird_set_aside = "123456789";
    EXPECT_EQ(used_up_unasked(profile, limits), "");
    limits = {};
    limits.operation = "other";
    EXPECT_EQ(used_up_unasked(profile, limits), "");
}

HttpResponse refusal(std::string retry_after, std::string body = R"({"errors":[{"code":"IR003"}]})") {
    HttpResponse response;
    response.status = 429;
    response.body = std::move(body);
    if (!retry_after.empty()) {
        response.headers.emplace_back("retry-after", std::move(retry_after));
    }
    return response;
}

Verdict shape(const HttpResponse& response, const std::vector<Sample>& seen = samples(3, 1ms, refused)) {
    return judge_shape(seen, {{429, response}}, limits(), std::chrono::system_clock::now());
}

TEST(ThrottleShape, PassesAsDeclared) {
    EXPECT_EQ(shape(refusal("1")).outcome(), Outcome::pass);
}

TEST(ThrottleShape, FailsOnEachPart) {
    EXPECT_THAT(shape(refusal("")).sentence(), HasSubstr("no Retry-After"));
    EXPECT_THAT(shape(refusal("31536000")).sentence(), HasSubstr("keeps clients away"));
    EXPECT_THAT(shape(refusal("soon")).sentence(), HasSubstr("neither seconds nor a date"));
    EXPECT_THAT(shape(refusal("1", "sorry")).sentence(), HasSubstr("IR003"));
    std::vector<Sample> unavailable = samples(2, 1ms, refused);
    unavailable[1].status = 503;
    const Verdict other = shape(refusal("1"), unavailable);
    EXPECT_EQ(other.outcome(), Outcome::fail);
    EXPECT_THAT(other.sentence(), HasSubstr("HTTP 503 instead of 429"));
    unavailable[1].status = 200;
    EXPECT_THAT(shape(refusal("1"), unavailable).sentence(), HasSubstr("HTTP 200 with a body that is no service"));
}

TEST(ThrottleShape, ReadsDatesOfRetryAfter) {
    const auto now = std::chrono::system_clock::from_time_t(784111777);  // Sun, 06 Nov 1994 08:49:37 GMT
    EXPECT_EQ(retry_after_problem("Sun, 06 Nov 1994 08:49:57 GMT", limits(), now), "");
    EXPECT_THAT(retry_after_problem("Sun, 06 Nov 1994 08:40:37 GMT", limits(), now), HasSubstr("in the past"));
    EXPECT_THAT(retry_after_problem("Mon, 07 Nov 1994 08:49:37 GMT", limits(), now), HasSubstr("keeps clients away"));
    EXPECT_EQ(retry_after_problem("0", limits(), now), "");
    EXPECT_NE(retry_after_problem("-1", limits(), now), "");
    EXPECT_NE(retry_after_problem("", limits(), now), "");
}

TEST(ThrottleShape, ADateIsComparedWithTheClockThatItIsFrom) {
    const auto now = std::chrono::system_clock::from_time_t(784111777);  // Sun, 06 Nov 1994 08:49:37 GMT
    HttpResponse late = refusal("Sun, 06 Nov 1994 08:39:47 GMT");
    late.headers.emplace_back("date", "Sun, 06 Nov 1994 08:39:37 GMT");
    EXPECT_EQ(judge_shape(samples(1, 200ms, refused), {{429, late}}, limits(), now).outcome(), Outcome::pass);
    late.headers.back().second = "Sun, 06 Nov 1994 08:49:37 GMT";
    EXPECT_EQ(judge_shape(samples(1, 200ms, refused), {{429, late}}, limits(), now).outcome(), Outcome::fail);
}

TEST(ThrottleRecovery, WhoeverWasQuietIsServed) {
    EXPECT_EQ(judge_recovery(samples(5, 200ms, served), limits()).outcome(), Outcome::pass);
    const auto one = samples(4, 200ms, served) + samples(1, 200ms, refused, 800ms);
    EXPECT_EQ(judge_recovery(one, limits()).outcome(), Outcome::fail);
    EXPECT_EQ(judge_recovery({}, limits()).outcome(), Outcome::inconclusive);
}

TEST(ThrottleEvasion, IsAShareThatChanceDoesNotExplain) {
    EXPECT_EQ(judge_evasion({25, 100}, {10, 10}), Evasion::yes);
    EXPECT_EQ(judge_evasion({25, 100}, {2, 10}), Evasion::no);
    EXPECT_EQ(judge_evasion({25, 100}, {0, 10}), Evasion::no);
    EXPECT_EQ(judge_evasion({25, 100}, {5, 10}), Evasion::undecided);
    EXPECT_EQ(judge_evasion({25, 100}, {0, 0}), Evasion::undecided) << "nothing was answered";
}

TEST(ThrottleEvasion, TheLimitHoldsWhileNoMoreIsServedInAllThanItAllows) {
    load::StreamResult flood;
    flood.samples = samples(1, 1ms, refused, 90ms) + samples(10, 100ms, served, 100ms);
    load::StreamResult way;
    way.samples = samples(2, 100ms, served, 300ms);
    const std::vector<load::StreamResult> held{flood, way};
    EXPECT_LT(served_beyond(held, 100ms, limits()), 0) << "12 in a second, 3 may cross the beginning";
    way.samples = samples(8, 50ms, served, 300ms);
    const std::vector<load::StreamResult> exceeded{flood, way};
    EXPECT_GT(served_beyond(exceeded, 100ms, limits()), 0);
    flood.samples.erase(flood.samples.begin());
    const std::vector<load::StreamResult> unknown{flood, way};
    EXPECT_LT(served_beyond(unknown, 100ms, limits()), 0) << "the burst may not be spent yet";
}

TEST(ThrottleKey, TellsAddressAndTokenFromCertificate) {
    const Served flood{25, 100};
    EXPECT_EQ(judge_key(flood, {16, 16}, {3, 16}, limits()).outcome(), Outcome::pass);
    EXPECT_EQ(judge_key(flood, {16, 16}, {}, limits()).outcome(), Outcome::pass);
    EXPECT_THAT(judge_key(flood, {5, 16}, {3, 16}, limits()).sentence(), HasSubstr("behind the same address"));
    EXPECT_THAT(judge_key(flood, {16, 16}, {16, 16}, limits()).sentence(), HasSubstr("with other tokens"));
    EXPECT_EQ(judge_key(flood, {15, 16}, {}, limits()).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_key(flood, {0, 0}, {}, limits()).outcome(), Outcome::inconclusive);
    ThrottleLimits declared = limits();
    declared.keyed_by = ThrottleKey::address;
    EXPECT_EQ(judge_key(flood, {5, 16}, {}, declared).outcome(), Outcome::warning);
    EXPECT_EQ(judge_key(flood, {16, 16}, {16, 16}, declared).outcome(), Outcome::fail) << "that was not declared";
}

Verdict isolation(const std::vector<Sample>& before, const std::vector<Sample>& during,
                  const std::vector<Sample>& after) {
    return judge_isolation({before, during, after}, 100ms);
}

/// Latencies that spread from 2 to 2 + `spread` ms.
std::vector<Sample> calm(milliseconds extra = 0ms, int spread = 6) {
    std::vector<Sample> out = samples(20, 50ms, served);
    for (int i = 0; i < 20; ++i) {
        out[static_cast<std::size_t>(i)].latency = extra + milliseconds(2 + spread * ((i * 7) % 20) / 20);
    }
    return out;
}

TEST(ThrottleIsolation, PassesWhereNothingIsFelt) {
    EXPECT_EQ(isolation(calm(), calm(5ms), calm()).outcome(), Outcome::pass);
    EXPECT_EQ(isolation(calm(), calm(60ms), calm()).outcome(), Outcome::pass) << "felt, but within what is allowed";
}

TEST(ThrottleIsolation, FailsOnDelay) {
    const Verdict verdict = isolation(calm(), calm(300ms), calm());
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    EXPECT_THAT(verdict.sentence(), HasSubstr("300.0 ms"));
}

TEST(ThrottleIsolation, FailsOnRefusalsAndLosses) {
    const std::vector<Sample> during = samples(8, 50ms, served) + samples(6, 50ms, refused) + samples(6, 50ms, failed);
    EXPECT_EQ(isolation(calm(), during, calm()).outcome(), Outcome::fail);
    const std::vector<Sample> one = samples(19, 50ms, served) + samples(1, 50ms, refused);
    EXPECT_EQ(isolation(calm(), one, calm()).outcome(), Outcome::pass) << "one of twenty is no proof";
}

TEST(ThrottleIsolation, AClaimedAddressDisplacesNobody) {
    const load::Counts alone{36, 36, 0, 0};
    EXPECT_FALSE(judge_claimed_address(alone, {16, 16, 0, 0}).has_value());
    EXPECT_FALSE(judge_claimed_address(alone, {16, 15, 1, 0}).has_value()) << "one of sixteen is no proof";
    const std::optional<Verdict> displaced = judge_claimed_address(alone, {16, 4, 12, 0});
    ASSERT_TRUE(displaced.has_value());
    EXPECT_EQ(displaced->outcome(), Outcome::fail);
    EXPECT_THAT(displaced->sentence(), HasSubstr("12 of 16"));
    const std::optional<Verdict> few = judge_claimed_address(alone, {3, 0, 3, 0});
    ASSERT_TRUE(few.has_value());
    EXPECT_EQ(few->outcome(), Outcome::inconclusive);
}

TEST(ThrottleIsolation, ANoisyBaselineIsInconclusive) {
    EXPECT_EQ(isolation(calm(), calm(300ms), calm(600ms)).outcome(), Outcome::inconclusive) << "it drifts by itself";
    EXPECT_EQ(isolation(calm(0ms, 900), calm(0ms, 900), calm(0ms, 900)).outcome(), Outcome::inconclusive);
    EXPECT_EQ(isolation(samples(20, 50ms, refused), calm(), samples(20, 50ms, refused)).outcome(),
              Outcome::inconclusive);
    EXPECT_EQ(isolation(samples(3, 50ms, served), calm(), calm()).outcome(), Outcome::inconclusive) << "too few";
}

}  // namespace
}  // namespace gateproof::suites
