// The gateway's own limit of heavy use.
#include "gateway/http/throttle.hpp"

#include <gtest/gtest.h>

namespace gateproof::gateway::throttle_test {
namespace {

namespace http = boost::beast::http;
using namespace std::chrono_literals;

Request get(const std::string& path) {
    return Request{http::verb::get, path, 11};
}

Caller dsp(const std::string& name) {
    Caller caller;
    caller.authorised = true;
    caller.dsp = name;
    return caller;
}

const std::string work = "/gateway/customer-service/work";

TEST(Throttle, LetsABurstPassAndThenItsRate) {
    const FaultSet none(std::vector<std::string>{});
    Throttle throttle(10, 3, none);
    const auto now = Throttle::Clock::now();
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(throttle.answer(get(work), dsp("a"), now).has_value()) << i;
    }
    const auto refusal = throttle.answer(get(work), dsp("a"), now);
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->result_int(), 429U);
    EXPECT_EQ((*refusal)[http::field::retry_after], "1");
    EXPECT_NE(refusal->body().find("IR003"), std::string::npos);
    EXPECT_FALSE(throttle.answer(get(work), dsp("a"), now + 110ms).has_value());
    EXPECT_TRUE(throttle.answer(get(work), dsp("a"), now + 120ms).has_value());
    EXPECT_FALSE(throttle.answer(get(work), dsp("a"), now + 10s).has_value());
}

TEST(Throttle, IsADspsOwnAndOfItsServiceAlone) {
    const FaultSet none(std::vector<std::string>{});
    Throttle throttle(1, 1, none);
    const auto now = Throttle::Clock::now();
    EXPECT_FALSE(throttle.answer(get(work), dsp("a"), now).has_value());
    EXPECT_TRUE(throttle.answer(get(work), dsp("a"), now).has_value());
    EXPECT_FALSE(throttle.answer(get(work), dsp("b"), now).has_value());
    EXPECT_FALSE(throttle.answer(get("/gateway/customer-service/status"), dsp("a"), now).has_value());
    EXPECT_FALSE(throttle.answer(get("/gateway/whoami"), dsp("a"), now).has_value());
    Caller stranger;
    EXPECT_FALSE(throttle.answer(get(work), stranger, now).has_value());
    EXPECT_EQ(throttle.delay(dsp("b"), now), 0ms);
}

TEST(Throttle, SaysWhatTheLimitIs) {
    const FaultSet none(std::vector<std::string>{});
    Throttle throttle(10, 3, none);
    const auto answer = throttle.answer(get("/gateway/customer-service/limits"), dsp("a"), Throttle::Clock::now());
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->result_int(), 200U);
    EXPECT_EQ(answer->body(), R"({"burst":3.0,"requestsPerSecond":10.0})");
}

TEST(Throttle, AFaultChangesTheKeyAndNothingElse) {
    for (const std::string name : {"throttle-by-token", "throttle-by-path", "throttle-by-connection"}) {
        const FaultSet faults(std::vector<std::string>{name});
        Throttle throttle(1, 1, faults);
        const auto now = Throttle::Clock::now();
        Caller caller = dsp("a");
        EXPECT_FALSE(throttle.answer(get(work), caller, now).has_value()) << name;
        EXPECT_TRUE(throttle.answer(get(work), caller, now).has_value()) << name;
        Request other = get(name == "throttle-by-path" ? "/gateway/customer-service/elsewhere" : work);
        other.set(http::field::authorization, "Bearer x");
        caller.connection = 7;
        EXPECT_FALSE(throttle.answer(other, caller, now).has_value()) << name;
    }
}

TEST(Throttle, AFaultCountsByWhatARequestSaysOfItself) {
    struct Row {
        std::string fault;
        std::string header;
    };
    for (const Row& row : {Row{"throttle-by-forwarded-address", "X-Forwarded-For"},
                           Row{"throttle-by-claimed-address", "CF-Connecting-IP"},
                           Row{"throttle-by-claimed-client", "X-Consumer-Username"},
                           Row{"throttle-by-user-agent", "User-Agent"}, Row{"throttle-by-host-spelling", "Host"}}) {
        const FaultSet faults(std::vector<std::string>{row.fault});
        const FaultSet none(std::vector<std::string>{});
        Throttle faulty(1, 1, faults);
        Throttle sound(1, 1, none);
        const auto now = Throttle::Clock::now();
        Request claiming = get(work);
        claiming.set(row.header, "another");
        EXPECT_FALSE(faulty.answer(get(work), dsp("a"), now).has_value()) << row.fault;
        EXPECT_FALSE(faulty.answer(claiming, dsp("a"), now).has_value()) << row.fault;
        EXPECT_TRUE(faulty.answer(claiming, dsp("a"), now).has_value()) << row.fault;
        EXPECT_FALSE(sound.answer(get(work), dsp("a"), now).has_value()) << row.fault;
        EXPECT_TRUE(sound.answer(claiming, dsp("a"), now).has_value()) << row.fault;
    }
}

TEST(Throttle, OtherSpellingsAreOnePathForTheFaultyServiceAlone) {
    const std::string odd = "/gateway//Customer-Service/Work/?a=1";
    Request request = get(odd);
    const FaultSet none(std::vector<std::string>{});
    Throttle(1, 1, none).rewrite(request);
    EXPECT_EQ(request.target(), odd);
    const FaultSet faults(std::vector<std::string>{"throttle-by-spelling"});
    Throttle(1, 1, faults).rewrite(request);
    EXPECT_EQ(request.target(), "/gateway/customer-service/work?a=1");
}

}  // namespace
}  // namespace gateproof::gateway::throttle_test
