// REST-SCHEMA, SOAP-XSD, SOAP-WSDL: answers beside the files that describe them.
#include "suites/gateway/permission/contract.hpp"

#include <gmock/gmock.h>

#include <string>
#include <utility>

namespace gateproof::suites {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

HttpOutcome of_http_status(int status, bool truncated = false) {
    HttpOutcome outcome;
    outcome.response = HttpResponse{status, {}, "{}", truncated};
    return outcome;
}

/// Nothing: it is an answer of a success.
std::string unserved_by(const HttpOutcome& outcome) {
    return outcome.response && outcome.response->status < 400 ? std::string() : outcome.summary();
}

DescribedAnswer compared_answer(HttpOutcome outcome, SchemaFinding finding = {}) {
    std::string unserved = unserved_by(outcome);
    return {"the answer", std::move(outcome), {std::move(finding), {}}, std::move(unserved)};
}

DescribedAnswer undescribed_answer(HttpOutcome outcome) {
    std::string unserved = unserved_by(outcome);
    return {"the error without a token", std::move(outcome), {{}, "it has no answer HTTP 416"}, std::move(unserved)};
}

const SchemaFinding breaking_finding{SchemaFinding::Result::breaks, {"/ID: a number, where the schema has string"}, {}};
const SchemaFinding open_finding{SchemaFinding::Result::unknown, {}, {"the keyword const"}};

Verdict by_customer_document(std::vector<DescribedAnswer> answers) {
    return judge_described(answers, "Customer.yaml");
}

TEST(ContractJudgement, WhatBreaksTheDocumentFails) {
    EXPECT_EQ(by_customer_document({compared_answer(of_http_status(200))}).outcome(), Outcome::pass);
    const Verdict broken = by_customer_document(
        {compared_answer(of_http_status(200)), compared_answer(of_http_status(400), breaking_finding)});
    EXPECT_EQ(broken.outcome(), Outcome::fail);
    EXPECT_THAT(broken.sentence(), HasSubstr("HTTP 400) is not as Customer.yaml has it: /ID: a number"));
    EXPECT_THAT(broken.facts(), ElementsAre("/ID: a number, where the schema has string"));
    EXPECT_EQ(by_customer_document({compared_answer(of_http_status(200), open_finding),
                                    compared_answer(of_http_status(400), breaking_finding)})
                  .outcome(),
              Outcome::fail)
        << "whatever is open beside it";
}

TEST(ContractJudgement, WhatIsNotKnownIsNoPass) {
    const Verdict open = by_customer_document(
        {compared_answer(of_http_status(200), open_finding), compared_answer(of_http_status(400))});
    EXPECT_EQ(open.outcome(), Outcome::inconclusive);
    EXPECT_THAT(open.sentence(), HasSubstr("the keyword const"));
    EXPECT_EQ(
        by_customer_document({compared_answer(of_http_status(400)), compared_answer(of_http_status(400))}).outcome(),
        Outcome::inconclusive)
        << "nobody was served";
    EXPECT_EQ(by_customer_document({compared_answer(of_http_status(200)), compared_answer(HttpOutcome{})}).outcome(),
              Outcome::inconclusive);
    EXPECT_EQ(by_customer_document({compared_answer(of_http_status(200, true))}).outcome(), Outcome::inconclusive);
    for (const int status : {429, 502, 503, 504}) {
        EXPECT_EQ(by_customer_document({compared_answer(of_http_status(status), breaking_finding)}).outcome(),
                  Outcome::inconclusive)
            << status;
    }
}

TEST(ContractJudgement, WhatIsNotDescribedIsSaid) {
    const Verdict in_part =
        by_customer_document({compared_answer(of_http_status(200)), undescribed_answer(of_http_status(416))});
    EXPECT_EQ(in_part.outcome(), Outcome::pass);
    EXPECT_THAT(in_part.sentence(), HasSubstr("it has no answer HTTP 416"));
    const Verdict nothing = by_customer_document({undescribed_answer(of_http_status(200))});
    EXPECT_EQ(nothing.outcome(), Outcome::skipped);
    EXPECT_EQ(
        by_customer_document({undescribed_answer(of_http_status(400)), compared_answer(of_http_status(400))}).outcome(),
        Outcome::inconclusive)
        << "the answer of a success was not seen";
}

}  // namespace
}  // namespace gateproof::suites
