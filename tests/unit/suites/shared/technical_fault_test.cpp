// The fault UnAuthorised: what it is told by, and how often it is tried again.
#include "suites/shared/technical_fault.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "harness/profile/permission_case.hpp"
#include "suites/shared/refusal.hpp"
#include "tests/unit/suites/shared/answers.hpp"

namespace gateproof::suites::technical_fault_test {
namespace {

namespace asio = boost::asio;

const std::string fault =
    R"(<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault><e:Reason><e:Text>UnAuthorised)"
    R"(</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>)";

TEST(TechnicalFault, IsOneWhateverItsStatus) {
    for (const int status : {200, 401, 429, 500}) {
        EXPECT_TRUE(is_technical_fault(answered(status, fault))) << status;
    }
    EXPECT_FALSE(is_technical_fault(answered(500, "UnAuthorised")));
    EXPECT_FALSE(is_technical_fault(answered(200, "<a>UnAuthorised</a>")));
    EXPECT_FALSE(is_technical_fault(failed(Ending::reset)));
    HttpOutcome cut = answered(500, fault);
    cut.end = Ending::reset;
    EXPECT_FALSE(is_technical_fault(cut)) << "no whole answer";
}

TEST(TechnicalFault, IsNeitherServiceNorARefusal) {
    for (const int status : {200, 401, 403, 429, 500}) {
        const Answer answer = answer_of(answered(status, fault), Operation{}, documented_errors().at("soap"));
        EXPECT_EQ(answer.kind, Answer::Kind::unclear) << status;
        EXPECT_NE(answer.summary.find("a technical fault"), std::string::npos) << answer.summary;
    }
}

/// What comes of so many faults and then the answer, and how often was asked and paused.
struct Asked {
    int status = 0;
    std::size_t times = 0;
    std::size_t pauses = 0;
};

asio::awaitable<HttpOutcome> next_answer(std::size_t& times, std::size_t faults) {
    co_return ++times <= faults ? answered(500, fault) : answered(200, "<ok/>");
}

asio::awaitable<void> paused(std::size_t& pauses) {
    ++pauses;
    co_return;
}

asio::awaitable<void> ask_behind(Asked& asked, std::size_t faults) {
    const auto ask = [&asked, faults] { return next_answer(asked.times, faults); };
    const auto pause = [&asked] { return paused(asked.pauses); };
    const HttpOutcome outcome = co_await past_technical_faults(ask, pause);
    asked.status = outcome.response->status;
}

Asked asked_behind(std::size_t faults) {
    Asked asked;
    asio::io_context loop;
    asio::co_spawn(loop, ask_behind(asked, faults), asio::detached);
    loop.run();
    return asked;
}

TEST(TechnicalFault, IsTriedAgainAfterAPauseTwiceAtMost) {
    const Asked at_once = asked_behind(0);
    EXPECT_EQ(at_once.status, 200);
    EXPECT_EQ(at_once.pauses, 0U);
    EXPECT_EQ(asked_behind(1).status, 200);
    const Asked late = asked_behind(2);
    EXPECT_EQ(late.status, 200);
    EXPECT_EQ(late.pauses, 2U);
    const Asked never = asked_behind(3);
    EXPECT_EQ(never.status, 500);
    EXPECT_EQ(never.times, 3U);
    EXPECT_EQ(never.pauses, 2U);
}

}  // namespace
}  // namespace gateproof::suites::technical_fault_test
