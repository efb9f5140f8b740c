// Verdicts about how a no is taken, and the noes that they are about.
#include "suites/client/errors/judge.hpp"

#include <gmock/gmock.h>

#include "suites/client/errors/answers.hpp"
#include "tests/unit/suites/client/came.hpp"

namespace gateproof::suites::errors_test {
namespace {

using test::attempt;
using test::Came;
using testing::HasSubstr;
using testing::Not;
using Kind = Claim::Kind;
using stage::Visit;

struct Asked {
    std::string target = "/gateway/customer/customer";
    std::string body = {};
    int status = 400;
    int at_ms = 0;  ///< behind the first
    std::string type = "application/json";
};

/// One connection with these requests, each answered at once.
Visit asked(const std::vector<Asked>& all) {
    static const stage::Time begin = std::chrono::steady_clock::now();
    Came came;
    came.hello().finished();
    for (const Asked& one : all) {
        came.request(one.status);
    }
    Visit visit = came;
    for (std::size_t i = 0; i < all.size(); ++i) {
        stage::RequestSeen& request = visit.requests[i];
        auto raw = std::make_shared<stage::Request>();
        raw->method = request.method = "POST";
        raw->target = request.target = all[i].target;
        raw->body = all[i].body;
        raw->fields = request.fields = {{"Content-Type", all[i].type}};
        request.raw = std::move(raw);
        request.first_byte = begin + std::chrono::milliseconds(all[i].at_ms);
        request.answered = request.first_byte;
    }
    return visit;
}

TEST(ClientErrorsJudge, WhatIsTheSameCall) {
    const auto count = [](const std::vector<Asked>& all) { return repetitions(attempt({asked(all)})); };
    EXPECT_EQ(count({{}, {}}), 2U);
    EXPECT_EQ(count({{.body = "1"}, {.body = "2"}}), 1U);
    EXPECT_EQ(count({{.target = "/a"}, {.target = "/b"}, {.target = "/a"}}), 2U);
    EXPECT_EQ(count({{.body = "<a:MessageID>urn:1</a:MessageID><x>1</x>"},
                     {.body = "<a:MessageID>urn:2</a:MessageID><x>1</x>"}}),
              2U)
        << "each message has a number of its own";
    EXPECT_EQ(count({{.body = "<a:MessageID>urn:1</a:MessageID><x>1</x>"},
                     {.body = "<a:MessageID>urn:2</a:MessageID><x>2</x>"}}),
              1U);
    EXPECT_EQ(repetitions(attempt({asked({{}}), asked({{}})})), 2U) << "over two connections";
    EXPECT_EQ(repetitions(attempt({})), 0U);
}

TEST(ClientErrorsJudge, ANoIsToldAndNotAskedForAgain) {
    const auto judged = [](const Attempt& one, std::size_t most) {
        return judge_refusal_told(one, {"that it may not do that", "do not"}, most).outcome();
    };
    EXPECT_EQ(judged(attempt({asked({{}})}), 1), Outcome::pass);
    EXPECT_EQ(judged(attempt({asked({{}})}, Kind::none), 1), Outcome::pass) << "the wire shows that it asked once";
    EXPECT_EQ(judged(attempt({asked({{}, {}})}), 1), Outcome::fail);
    EXPECT_EQ(judged(attempt({asked({{}, {}})}), 2), Outcome::pass);
    EXPECT_EQ(judged(attempt({asked({{}})}, Kind::success), 1), Outcome::fail);
    EXPECT_EQ(judged(attempt({asked({{}})}, Kind::crashed), 1), Outcome::fail);
    EXPECT_EQ(judged(attempt({asked({{}})}, Kind::ended_by_us), 1), Outcome::inconclusive);
    EXPECT_EQ(judged(attempt({}), 1), Outcome::inconclusive);
    EXPECT_EQ(judged(attempt({Came().hello().alert(42)}), 1), Outcome::inconclusive);
}

TEST(ClientErrorsJudge, AnErrorOfTheGatewayMayBeTriedAgainLater) {
    const auto judged = [](const std::vector<Asked>& all) {
        return judge_server_error(attempt({asked(all)}), 3).outcome();
    };
    EXPECT_EQ(judged({{.status = 500}}), Outcome::pass);
    EXPECT_EQ(judged({{.status = 500}, {.status = 500, .at_ms = 500}}), Outcome::pass);
    EXPECT_EQ(judged({{.status = 500}, {.status = 500, .at_ms = 10}}), Outcome::warning);
    EXPECT_EQ(judged({{.status = 500}, {.body = "other", .status = 500, .at_ms = 10}}), Outcome::pass)
        << "another call";
    EXPECT_EQ(judged({{.at_ms = 0}, {.at_ms = 500}, {.at_ms = 1000}, {.at_ms = 2000}}), Outcome::fail);
}

TEST(ClientErrorsJudge, WhoComesToACanaryFetched) {
    Attempt one = attempt({asked({{.status = 200}})});
    EXPECT_EQ(judge_untouched(one).outcome(), Outcome::pass);
    EXPECT_EQ(judge_untouched(attempt({})).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_untouched(attempt({asked({{.status = 200}})}, Kind::ended_by_us)).outcome(), Outcome::inconclusive);
    one.strays.push_back(Came());
    EXPECT_EQ(judge_untouched(one).outcome(), Outcome::fail) << "a connection is enough";
}

TEST(ClientErrorsJudge, WhatIsHostileIsOutlived) {
    const auto judged = [](Kind kind) {
        return judge_outlived(attempt({asked({{.status = 200}})}, kind), {"XML", "bound it"}).outcome();
    };
    EXPECT_EQ(judged(Kind::failure), Outcome::pass);
    EXPECT_EQ(judged(Kind::success), Outcome::pass);
    EXPECT_EQ(judged(Kind::crashed), Outcome::fail);
    EXPECT_EQ(judged(Kind::ended_by_us), Outcome::fail);
    EXPECT_EQ(judge_outlived(attempt({}), {"XML", "bound it"}).outcome(), Outcome::inconclusive);
}

TEST(ClientErrorsJudge, ServicesOfTheOtherKind) {
    const Attempt rest = attempt({asked({{}})});
    const Attempt soap = attempt({asked({{.type = "application/soap+xml; charset=utf-8"}})});
    EXPECT_FALSE(calls_none_of(rest, stage::Callers::rest));
    EXPECT_TRUE(calls_none_of(rest, stage::Callers::soap));
    EXPECT_TRUE(calls_none_of(soap, stage::Callers::rest));
    EXPECT_FALSE(calls_none_of(soap, stage::Callers::soap));
    EXPECT_FALSE(calls_none_of(attempt({}), stage::Callers::soap)) << "who never came is not of the other kind";
}

TEST(ClientErrorsJudge, DescriptionsHaveNoCodes) {
    Visit visit = asked({{.target = "/Gateway2/GWS/returns/?singleWsdl"}});
    EXPECT_FALSE(reads_descriptions(attempt({visit}))) << "a POST is a message";
    visit.requests.front().method = "GET";
    EXPECT_TRUE(reads_descriptions(attempt({visit})));
    EXPECT_FALSE(reads_descriptions(attempt({visit, asked({{}})})));
    EXPECT_FALSE(reads_descriptions(attempt({})));
}

std::string said(const stage::AnswerAct& act, std::string_view path) {
    for (const stage::SaidAt& one : act.said_at) {
        if (path.starts_with(one.path)) {
            return stage::encoded(one.answer, "POST");
        }
    }
    return act.said ? stage::encoded(*act.said, "POST") : std::string();
}

TEST(ClientErrorsAnswers, EachServiceSaysNoInItsWay) {
    EXPECT_THAT(said(forbidden(), "/gateway/customer/customer"), testing::StartsWith("HTTP/1.1 403"));
    EXPECT_THAT(said(forbidden(), "/gateway/income/list"), testing::StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(said(forbidden(), "/gateway/bill/bill"), testing::StartsWith("HTTP/1.1 401"));
    EXPECT_THAT(said(forbidden(), "/gateway/tds/financials"), HasSubstr("TDS200"));
    EXPECT_THAT(said(unknown_record(), "/gateway/bill/bill"), testing::StartsWith("HTTP/1.1 404"));
    EXPECT_THAT(said(token_refused(), "/gateway/account/list"), HasSubstr("EV1020"));
    EXPECT_THAT(said(token_refused(), "/gateway2/gws/returns/"), HasSubstr("<c:statusCode>1</c:statusCode>"));
    EXPECT_THAT(said(server_error(), "/gateway/gws/returns/"), HasSubstr("<s:Fault>"));
    EXPECT_THAT(said(server_error(), "/gateway/calculators/pir"), HasSubstr("PIR150"));
    EXPECT_FALSE(forbidden().carried_out);
    EXPECT_EQ(forbidden().callers, stage::Callers::rest);
    EXPECT_EQ(refused_by_soap(4).callers, stage::Callers::soap);
}

TEST(ClientErrorsAnswers, ReferToACanaryAndToNothingElse) {
    stage::Request request;
    request.method = "POST";
    const stage::Doors doors{{std::string(canary_door), 4711}};
    const std::string type = with_document_type({}, request, doors);
    const std::string entity = with_entity({}, request, doors);
    const std::string schema = with_schema({}, request, doors);
    EXPECT_THAT(type, HasSubstr("SYSTEM \"http://127.0.0.1:4711/document-type\""));
    EXPECT_THAT(entity, HasSubstr("SYSTEM \"http://127.0.0.1:4711/entity\""));
    EXPECT_THAT(schema, HasSubstr("xsi:schemaLocation=\"urn:answer http://127.0.0.1:4711/schema\""));
    EXPECT_THAT(schema, Not(HasSubstr("DOCTYPE")));
    EXPECT_THAT(type, HasSubstr("Content-Type: application/xml"));
    request.fields = {{"Content-Type", "application/soap+xml"}};
    EXPECT_THAT(with_entity({}, request, doors), HasSubstr("Content-Type: application/soap+xml"));
}

}  // namespace
}  // namespace gateproof::suites::errors_test
