// The gateway's own limit of calls at once.
#include "gateway/http/concurrency.hpp"

#include <gtest/gtest.h>

namespace gateproof::gateway::concurrency_test {
namespace {

namespace http = boost::beast::http;
using namespace std::chrono_literals;

Request slow_call() {
    return Request{http::verb::get, "/gateway/gws/slow?ms=150", 11};
}

Caller dsp(const std::string& name) {
    Caller caller;
    caller.authorised = true;
    caller.dsp = name;
    return caller;
}

TEST(Concurrency, ServesSoManyOpenCallsOfADspAndMoreOnceTheyEnd) {
    const FaultSet none(std::vector<std::string>{});
    Concurrency limit(2, none);
    const auto now = Concurrency::Clock::now();
    Concurrency::Decision first = limit.begin(slow_call(), dsp("a"), now);
    const Concurrency::Decision second = limit.begin(slow_call(), dsp("a"), now);
    ASSERT_TRUE(first.call && second.call);
    const Concurrency::Decision third = limit.begin(slow_call(), dsp("a"), now);
    EXPECT_FALSE(third.call);
    ASSERT_TRUE(third.refusal);
    EXPECT_EQ(third.refusal->result_int(), 429U);
    EXPECT_NE(third.refusal->body().find("UnAuthorised"), std::string::npos);
    EXPECT_EQ(third.refusal->find(http::field::retry_after), third.refusal->end());
    EXPECT_TRUE(limit.begin(slow_call(), dsp("b"), now).call) << "another DSP";
    first.call.reset();
    EXPECT_TRUE(limit.begin(slow_call(), dsp("a"), now).call) << "a call has ended";
}

TEST(Concurrency, LeavesOtherOperationsAlone) {
    const FaultSet none(std::vector<std::string>{});
    Concurrency limit(0, none);
    const Concurrency::Decision other =
        limit.begin(Request{http::verb::get, "/gateway/slow?ms=150", 11}, dsp("a"), Concurrency::Clock::now());
    EXPECT_FALSE(other.call || other.refusal);
}

TEST(Concurrency, AFaultKeepsTheDspOutForLonger) {
    const FaultSet late(std::vector<std::string>{"concurrency-recovers-late"});
    Concurrency limit(1, late);
    const auto now = Concurrency::Clock::now();
    Concurrency::Decision first = limit.begin(slow_call(), dsp("a"), now);
    EXPECT_TRUE(limit.begin(slow_call(), dsp("a"), now).refusal);
    first.call.reset();
    EXPECT_TRUE(limit.begin(slow_call(), dsp("a"), now + 500ms).refusal);
    EXPECT_TRUE(limit.begin(slow_call(), dsp("a"), now + 700ms).call);
}

}  // namespace
}  // namespace gateproof::gateway::concurrency_test
