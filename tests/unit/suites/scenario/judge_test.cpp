// Judgements of rows of test reports, by answers alone.
#include <gmock/gmock.h>

#include "harness/probe/jwt/jwt.hpp"
#include "suites/gateway/scenario/suite.hpp"
#include "suites/shared/technical_fault.hpp"
#include "tests/unit/suites/shared/answers.hpp"

namespace gateproof::suites {
namespace scenario_judge_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const ErrorModel& model(const char* name) {
    return documented_errors().at(name);
}

ScenarioCall served_with(std::vector<AnswerValue> body = {}) {
    ScenarioCall call;
    call.subject = "user";
    call.error = "customer";
    call.body = std::move(body);
    return call;
}

ScenarioCall refused_with(std::string code, std::string subject = "user") {
    ScenarioCall call = served_with();
    call.code = {std::move(code)};
    call.subject = std::move(subject);
    return call;
}

/// The operation's own answer holds "Customer".
RowAnswer row_of(const ScenarioCall& call, const HttpOutcome& outcome) {
    Operation operation;
    operation.expect_status = {200, 201};
    operation.expect_body_contains = "Customer";
    RowAnswer row{
        answer_of(outcome, operation, model("customer")), outcome.unlike(operation), {}, is_technical_fault(outcome)};
    row.missing = missing_values(call.body, outcome.response ? outcome.response->body : "");
    return row;
}

Outcome judged(const ScenarioCall& call, const HttpOutcome& outcome) {
    return judge_row(call, model("customer"), row_of(call, outcome)).outcome();
}

std::string error(const std::string& code) {
    return R"({"errors":[{"code":")" + code + R"("}]})";
}

const std::string own = R"({"Customer":{"ID":"049091850"}})";

TEST(ScenarioJudgement, ARowThatMustBeServed) {
    EXPECT_EQ(judged(served_with(), answered(200, own)), Outcome::pass);
    EXPECT_EQ(judged(served_with({{"/Customer/ID", "", {}}}), answered(200, own)), Outcome::pass);
    EXPECT_EQ(judged(served_with({{"/Customer/Name", "", {}}}), answered(200, own)), Outcome::fail);
    EXPECT_EQ(judged(served_with({{"/Customer/ID", "", {"1"}}}), answered(200, own)), Outcome::fail);
    EXPECT_EQ(judged(served_with(), answered(403, error("EV1022"))), Outcome::fail);
    EXPECT_EQ(judged(served_with(), answered(400, error("EV1020"))), Outcome::fail);
    EXPECT_EQ(judged(served_with(), answered(400, error("CST404"))), Outcome::fail) << "of no documented reason";
    ScenarioCall created = served_with();
    created.status = {201};
    EXPECT_EQ(judged(created, answered(200, own)), Outcome::fail);
    EXPECT_EQ(judged(created, answered(201, own)), Outcome::pass);
}

TEST(ScenarioJudgement, ARowThatMustBeRefused) {
    EXPECT_EQ(judged(refused_with("EV1022"), answered(403, error("EV1022"))), Outcome::pass);
    EXPECT_EQ(judged(refused_with("EV1022"), answered(200, own)), Outcome::fail);
    EXPECT_EQ(judged(refused_with("EV1022"), answered(400, error("CST404"))), Outcome::fail);
    EXPECT_EQ(judged(refused_with("EV1021", "nobody"), answered(400, error("EV1021"))), Outcome::pass);
    EXPECT_EQ(judged(refused_with("EV1021", "nobody"), answered(400, error("EV1020"))), Outcome::fail);
    ScenarioCall wanted = refused_with("EV1022");
    wanted.status = {403};
    EXPECT_EQ(judged(wanted, answered(400, error("EV1022"))), Outcome::fail);
    EXPECT_EQ(judged(wanted, answered(403, error("EV1022"))), Outcome::pass);
}

TEST(ScenarioJudgement, ATokenThatIsNotTakenSaysNothingOfADelegation) {
    const ScenarioCall call = refused_with("EV1022");
    const Verdict verdict = judge_row(call, model("customer"), row_of(call, answered(400, error("EV1020"))));
    EXPECT_EQ(verdict.outcome(), Outcome::inconclusive);
    EXPECT_THAT(verdict.sentence(), HasSubstr("the token was not taken"));
    EXPECT_EQ(judged(refused_with("EV1020", "invalid"), answered(400, error("EV1020"))), Outcome::pass);
}

TEST(ScenarioJudgement, ARowSaysWhetherAnExpiredTokenWasSent) {
    const ScenarioCall call = refused_with("EV1020", "expired");
    const auto told = [&](const HttpOutcome& outcome, bool had) {
        return telling_what_was_sent(judge_row(call, model("customer"), row_of(call, outcome)), call, had);
    };
    const Verdict really = told(answered(400, error("EV1020")), true);
    EXPECT_EQ(really.outcome(), Outcome::pass) << "a token that is not taken is what the row is about";
    EXPECT_THAT(really.sentence(), HasSubstr("what was sent is a token that has expired"));
    const Verdict other = told(answered(200, own), false);
    EXPECT_EQ(other.outcome(), Outcome::fail);
    EXPECT_THAT(other.sentence(), HasSubstr("what was sent is no token"));
    EXPECT_THAT(told(failed(Ending::timeout), true).sentence(), testing::Not(HasSubstr("what was sent")));
}

TEST(ScenarioJudgement, ATokenSaysWhetherItHasExpired) {
    const std::string token = jwt::compact(jwt::signing_input({{"alg", "RS256"}}, {{"exp", 1000}}), "x");
    const auto at = [](int seconds) { return std::chrono::sys_seconds(std::chrono::seconds(seconds)); };
    EXPECT_TRUE(is_still_valid(token, at(999)));
    EXPECT_FALSE(is_still_valid(token, at(1000)));
    EXPECT_FALSE(is_still_valid("opaque", at(0))) << "it does not say";
}

TEST(ScenarioJudgement, OneFailureIsAskedAgain) {
    const auto second = [](const HttpOutcome& outcome) {
        const ScenarioCall call = served_with();
        return judge_second_try(judge_row(call, model("customer"), row_of(call, answered(403, error("EV1022")))),
                                judge_row(call, model("customer"), row_of(call, outcome)));
    };
    const Verdict both = second(answered(403, error("EV1022")));
    EXPECT_EQ(both.outcome(), Outcome::fail);
    EXPECT_THAT(both.sentence(), HasSubstr("so on two tries"));
    const Verdict otherwise = second(answered(400, error("CST404")));
    EXPECT_EQ(otherwise.outcome(), Outcome::fail);
    EXPECT_THAT(otherwise.sentence(), HasSubstr("on a second try: it must be served, and was answered with HTTP 400"));
    const Verdict once = second(answered(200, own));
    EXPECT_EQ(once.outcome(), Outcome::warning);
    EXPECT_THAT(once.sentence(), HasSubstr("on the second of two tries"));
    EXPECT_THAT(once.sentence(), HasSubstr("HTTP 403 EV1022"));
    EXPECT_EQ(second(failed(Ending::timeout)).outcome(), Outcome::inconclusive);
}

/// Never a pass and never a failure, whatever the row expects.
TEST(ScenarioJudgement, TroubleDecidesNothing) {
    const std::string fault =
        "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Body><e:Fault><e:Code><e:Value>e:Sender"
        "</e:Value></e:Code><e:Reason><e:Text>UnAuthorised</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>";
    ASSERT_TRUE(is_technical_fault(answered(500, fault)));
    for (const ScenarioCall& call : {served_with(), refused_with("EV1022"), refused_with("EV1021", "nobody")}) {
        EXPECT_EQ(judged(call, failed(Ending::reset)), Outcome::inconclusive);
        EXPECT_EQ(judged(call, failed(Ending::timeout)), Outcome::inconclusive);
        EXPECT_EQ(judged(call, answered(429, error("IR003"))), Outcome::inconclusive);
        EXPECT_EQ(judged(call, answered(503)), Outcome::inconclusive);
        EXPECT_EQ(judged(call, answered(500, error("EU6001"))), Outcome::inconclusive);
        EXPECT_EQ(judged(call, answered(404, "<html>")), Outcome::inconclusive);
        EXPECT_EQ(judged(call, answered(200, "<html>log in</html>")), Outcome::inconclusive);
        EXPECT_EQ(judged(call, answered(500, fault)), Outcome::inconclusive);
    }
    EXPECT_EQ(judged(refused_with("EV1022"), answered(403)), Outcome::inconclusive) << "whoever that was";
}

TEST(ScenarioJudgement, AListIsInTheOrderThatTheRowWants) {
    ScenarioCall call = served_with({{"/List/0/Day", "", {}}});
    const std::string backwards = R"({"List":[{"Day":"2020-01-02"},{"Day":"2020-01-01"}]})";
    EXPECT_THAT(missing_of(call, backwards), IsEmpty()) << "nobody asked for an order";
    call.ascending = ScenarioCall::Order{"/List", "/Day"};
    EXPECT_THAT(missing_of(call, backwards), ElementsAre("at /List no list in the order of /Day"));
    EXPECT_THAT(missing_of(call, R"({"List":[{"Day":"2020-01-01"},{"Day":"2020-01-01"},{"Day":"2020-01-02"}]})"),
                IsEmpty());
    for (const char* const broken : {R"({"List":[{"Day":"2020-01-01"},{}]})", R"({"List":{}})", "no JSON"}) {
        EXPECT_THAT(missing_of(call, broken), Not(IsEmpty())) << broken;
    }
}

/// A row about several operations is no better than the worst answer that it got.
TEST(ScenarioJudgement, TheGravestOfSeveralRequestsDecides) {
    ScenarioCall call = refused_with("EV1022");
    call.operation = "name-create";
    call.also = {{"name-update", {{"name", "7"}}}, {"name-delete", {}}};
    const std::vector<ScenarioCall> requests = call.requests();
    ASSERT_EQ(requests.size(), 3U);
    EXPECT_EQ(requests[1].operation, "name-update");
    EXPECT_EQ(requests[1].with, (Placeholders{{"name", "7"}}));
    EXPECT_EQ(requests[2].code, call.code);
    EXPECT_THAT(requests[0].also, IsEmpty());
    const auto all = [&call](Outcome one, Outcome two, Outcome three) {
        return judge_all({{one, "one"}, {two, "two"}, {three, "three"}}, call);
    };
    const Verdict good = all(Outcome::pass, Outcome::pass, Outcome::pass);
    EXPECT_EQ(good.outcome(), Outcome::pass);
    EXPECT_THAT(good.sentence(), HasSubstr("so for each of name-create, name-update, name-delete"));
    const Verdict bad = all(Outcome::pass, Outcome::fail, Outcome::inconclusive);
    EXPECT_EQ(bad.outcome(), Outcome::fail);
    EXPECT_EQ(bad.sentence(), "two; asked by name-update, of name-create, name-update, name-delete");
    EXPECT_EQ(all(Outcome::pass, Outcome::pass, Outcome::inconclusive).outcome(), Outcome::inconclusive);
    call.also.clear();
    EXPECT_EQ(judge_all({{Outcome::pass, "one"}}, call).sentence(), "one");
}

TEST(ScenarioJudgement, ValuesThatAreMissingAreNamedAndOthersAreNotShown) {
    EXPECT_THAT(missing_values({{"/Customer/ID", "", {}}}, own), IsEmpty());
    EXPECT_THAT(missing_values({{"/a", "", {}}, {"/Customer/ID", "", {"1", "2"}}}, own),
                ElementsAre("nothing at /a", "at /Customer/ID another value than 1 or 2"));
    EXPECT_THAT(missing_values({{"", "//b", {"x"}}}, "<a><b>x</b></a>"), IsEmpty());
    EXPECT_THAT(missing_values({{"", "//b", {}}}, "no XML"), ElementsAre("nothing at //b"));
}

}  // namespace
}  // namespace scenario_judge_test
}  // namespace gateproof::suites
