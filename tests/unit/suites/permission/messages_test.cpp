// How messages as the build packs print them are judged, by answers alone.
#include "suites/gateway/permission/messages.hpp"

#include <gmock/gmock.h>

#include <fmt/format.h>

#include "harness/profile/permission_case.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using testing::HasSubstr;

const ErrorModel& soap_model_of_messages() {
    return documented_errors().at("soap");
}

HttpOutcome with_body(int status, std::string body) {
    HttpOutcome outcome;
    outcome.response = HttpResponse{status, {{"content-type", "application/soap+xml"}}, std::move(body), false};
    return outcome;
}

Answer soap_code(const std::string& code) {
    const std::string body = "<E><statusMessage><statusCode>" + code + "</statusCode></statusMessage></E>";
    return answer_of(with_body(200, body), Operation{}, soap_model_of_messages());
}

Answer http(int status) {
    return answer_of(with_body(status, ""), Operation{}, soap_model_of_messages());
}

Outcome order(const Answer& bad_message, const Answer& bad_token, const Answer& bad_both) {
    return judge_schema_order({soap_code("0"), bad_message, bad_token, bad_both}, soap_model_of_messages()).outcome();
}

TEST(MessageJudgement, TheTokenIsJudgedBeforeTheSchema) {
    EXPECT_EQ(order(soap_code("21"), soap_code("1"), soap_code("1")), Outcome::pass);
    EXPECT_EQ(order(soap_code("20"), soap_code("1"), soap_code("1")), Outcome::pass);
    EXPECT_EQ(order(http(500), soap_code("1"), soap_code("1")), Outcome::pass) << "however a bad message is refused";
    EXPECT_EQ(order(soap_code("21"), soap_code("1"), soap_code("21")), Outcome::fail);
    EXPECT_EQ(order(http(400), soap_code("1"), http(400)), Outcome::fail);
    EXPECT_EQ(order(soap_code("21"), soap_code("1"), soap_code("0")), Outcome::fail);
}

TEST(MessageJudgement, NothingIsSaidOfTheOrderWhereTheRefusalsAreNotToldApart) {
    const ErrorModel& model = soap_model_of_messages();
    EXPECT_EQ(judge_schema_order({soap_code("4"), soap_code("21"), soap_code("1"), soap_code("1")}, model).outcome(),
              Outcome::inconclusive);
    EXPECT_EQ(judge_schema_order({Answer{}, Answer{}, Answer{}, Answer{}}, model).outcome(), Outcome::inconclusive);
    EXPECT_EQ(order(soap_code("0"), soap_code("1"), soap_code("1")), Outcome::inconclusive) << "taken all the same";
    EXPECT_EQ(order(soap_code("1"), soap_code("1"), soap_code("1")), Outcome::inconclusive);
    EXPECT_EQ(order(soap_code("21"), soap_code("3"), soap_code("21")), Outcome::inconclusive);
    EXPECT_EQ(order(soap_code("21"), soap_code("0"), soap_code("21")), Outcome::skipped)
        << "which another check judges";
    EXPECT_EQ(order(soap_code("21"), soap_code("1"), Answer{}), Outcome::inconclusive) << "silence";
    EXPECT_EQ(order(Answer{}, soap_code("1"), Answer{}), Outcome::inconclusive) << "silence twice is nothing in common";
    EXPECT_EQ(order(soap_code("21"), soap_code("1"), http(503)), Outcome::inconclusive);
    EXPECT_EQ(order(http(429), soap_code("1"), soap_code("1")), Outcome::inconclusive)
        << "nobody looked at the message";
}

TEST(MessageJudgement, AMessageIsEmptiedInsideItsOperation) {
    const std::string envelope =
        R"(<?xml version="1.0"?><s:Envelope xmlns:s="u"><s:Header><a:Action>x</a:Action></s:Header>)"
        R"(<s:Body> <r:File xmlns:r="v"><r:Msg><r:File2/></r:Msg></r:File></s:Body></s:Envelope>)";
    EXPECT_EQ(without_message(envelope),
              R"(<?xml version="1.0"?><s:Envelope xmlns:s="u"><s:Header><a:Action>x</a:Action></s:Header>)"
              R"(<s:Body> <r:File xmlns:r="v"></r:File></s:Body></s:Envelope>)");
    EXPECT_EQ(without_message("<Envelope><Body><a>1</a></Body></Envelope>"),
              "<Envelope><Body><a></a></Body></Envelope>");
    for (const char* none :
         {"", "{}", "<a/>", "<Envelope><Body/></Envelope>", "<Body><a/></Body>", "<Body><", "<Body>"}) {
        EXPECT_FALSE(without_message(none)) << none;
    }
}

Verdict of_another_platform(const Answer& good, const Answer& other) {
    Tries tries(Tries::Ask::counted);
    for (int i = 0; i < 3; ++i) {
        tries.add(other);
    }
    return judge_other_platform(good, tries, other, soap_model_of_messages());
}

TEST(MessageJudgement, SoftwareThatNobodyOnboarded) {
    EXPECT_EQ(of_another_platform(soap_code("0"), soap_code("5")).outcome(), Outcome::pass);
    EXPECT_EQ(of_another_platform(soap_code("0"), soap_code("0")).outcome(), Outcome::fail);
    const Verdict other_code = of_another_platform(soap_code("0"), soap_code("4"));
    EXPECT_EQ(other_code.outcome(), Outcome::warning);
    EXPECT_THAT(other_code.sentence(), HasSubstr("documented is HTTP 200 with 5"));
    EXPECT_EQ(of_another_platform(soap_code("0"), soap_code("21")).outcome(), Outcome::inconclusive);
    EXPECT_EQ(of_another_platform(soap_code("4"), soap_code("5")).outcome(), Outcome::inconclusive)
        << "a refusal counts only beside a service";
    EXPECT_EQ(of_another_platform(soap_code("0"), http(503)).outcome(), Outcome::inconclusive);
}

TEST(MessageJudgement, APlatformIsReplacedInItsElementAlone) {
    EXPECT_EQ(of_other_platform("<c:softwarePlatform>Mine</c:softwarePlatform><r>Mine</r>", "X"),
              "<c:softwarePlatform>X</c:softwarePlatform><r>Mine</r>");
    for (const char* none : {"{}", "", "<softwarePlatform/>", "<c:softwarePlatform>Mine</c:other>"}) {
        EXPECT_FALSE(of_other_platform(none, "X")) << none;
    }
}

TEST(MessageJudgement, TheActionOfTheAnswer) {
    EXPECT_EQ(judge_action("urn:a/File", "urn:a/FileResponse").outcome(), Outcome::pass);
    EXPECT_EQ(judge_action("urn:a/File", "urn:a/File").outcome(), Outcome::fail);
    const Verdict none = judge_action("urn:a/File", "");
    EXPECT_EQ(none.outcome(), Outcome::fail);
    EXPECT_THAT(none.sentence(), HasSubstr("urn:a/FileResponse"));
}

TEST(MessageJudgement, APostByGet) {
    const Answer served = soap_code("0");
    EXPECT_EQ(judge_get(served, http(405)).outcome(), Outcome::pass);
    EXPECT_EQ(judge_get(served, http(404)).outcome(), Outcome::pass);
    EXPECT_EQ(judge_get(served, http(501)).outcome(), Outcome::pass);
    for (const int of_something_else : {302, 401, 403, 429}) {
        EXPECT_EQ(judge_get(served, http(of_something_else)).outcome(), Outcome::inconclusive) << of_something_else;
    }
    EXPECT_EQ(judge_get(served, served).outcome(), Outcome::warning);
    EXPECT_EQ(judge_get(http(404), http(404)).outcome(), Outcome::inconclusive) << "no such service at all";
    EXPECT_EQ(judge_get(served, Answer{}).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_get(served, http(503)).outcome(), Outcome::inconclusive);
    Answer page = served;
    page.kind = Answer::Kind::unclear;
    page.status = 200;
    EXPECT_EQ(judge_get(served, page).outcome(), Outcome::inconclusive);
}

TEST(MessageJudgement, WhatMayBeSentAgain) {
    Operation operation;
    EXPECT_TRUE(only_reads(operation));
    operation.method = "POST";
    EXPECT_FALSE(only_reads(operation)) << "it may have been carried out before it was cut";
    operation.reads = true;
    EXPECT_TRUE(only_reads(operation));
}

TEST(MessageJudgement, TheStatusOfAService) {
    Operation operation;
    operation.expect_body_contains = "OK";
    EXPECT_EQ(judge_status(with_body(200, "OK"), operation).outcome(), Outcome::pass);
    EXPECT_EQ(judge_status(with_body(404, ""), operation).outcome(), Outcome::fail);
    EXPECT_EQ(judge_status(with_body(200, "<html>"), operation).outcome(), Outcome::fail);
    EXPECT_EQ(judge_status(with_body(503, ""), operation).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_status(with_body(429, ""), operation).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_status(HttpOutcome{}, operation).outcome(), Outcome::inconclusive);
}

}  // namespace
}  // namespace gateproof::suites
