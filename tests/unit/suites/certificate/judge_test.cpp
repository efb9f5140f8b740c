#include "suites/gateway/certificate/suite.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cstdint>

#include "harness/probe/tls/session.hpp"
#include "tests/unit/suites/shared/answers.hpp"
#include "tests/unit/suites/shared/tried.hpp"

namespace gateproof::suites {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::vector<AskedOutcome> asked_under_both{{TlsVersion::tls_1_2, true, true, ""},
                                                 {TlsVersion::tls_1_3, true, true, ""}};

TEST(IssuerAskedFor, AnyAuthorityOrOursPasses) {
    EXPECT_EQ(judge_issuer_asked_for(asked_under_both, {}, {"CN=ours"}).outcome(), Outcome::pass);
    EXPECT_EQ(judge_issuer_asked_for(asked_under_both, {"CN=other", "CN=Ours"}, {"CN=ours"}).outcome(), Outcome::pass);
    EXPECT_EQ(judge_issuer_asked_for(asked_under_both, {"CN=root"}, {"CN=ours", "CN=root"}).outcome(), Outcome::pass);
}

TEST(IssuerAskedFor, OthersAloneIsAWarningThatNamesWhoSendsNothing) {
    const Verdict verdict = judge_issuer_asked_for(asked_under_both, {"CN=a", "CN=b"}, {"CN=ours", "CN=root"});
    EXPECT_EQ(verdict.outcome(), Outcome::warning);
    EXPECT_THAT(verdict.sentence(), AllOf(HasSubstr("of 2 authorities, and neither CN=ours"),
                                          HasSubstr("Java, .NET and browsers send no certificate")));
}

TEST(IssuerAskedFor, ADeadEndpointOrAListThatWasCutProvesNothing) {
    EXPECT_EQ(judge_issuer_asked_for({}, {}, {"CN=ours"}).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_issuer_asked_for({{TlsVersion::tls_1_3, false, false, "timed out"}}, {}, {"CN=ours"}).outcome(),
              Outcome::inconclusive);
    const std::vector<std::string> many(TlsSession::most_acceptable_cas, "CN=other");
    EXPECT_EQ(judge_issuer_asked_for(asked_under_both, many, {"CN=ours"}).outcome(), Outcome::inconclusive);
}

TEST(IssuerAskedFor, WhereNothingIsAskedForNobodySendsAnything) {
    EXPECT_EQ(judge_issuer_asked_for({{TlsVersion::tls_1_3, true, false, ""}}, {}, {"CN=ours"}).outcome(),
              Outcome::fail);
}

TriedRequest asked_for_service(HttpOutcome outcome) {
    TriedRequest request{{}, Tries(Tries::Ask::for_service)};
    while (!request.tries.decided()) {
        request.add(outcome, status_operation());
    }
    return request;
}

TriedRequest counted(const std::vector<HttpOutcome>& outcomes) {
    TriedRequest request{{}, Tries(Tries::Ask::counted)};
    for (const HttpOutcome& outcome : outcomes) {
        request.add(outcome, status_operation());
    }
    return request;
}

/// The leaf alone is tried three times, and the chain before and after each.
Verdict beside_chain(const std::vector<HttpOutcome>& alone, const std::vector<HttpOutcome>& whole) {
    return judge_intermediates({true, "CN=issuing", counted(alone), counted(whole)}, status_operation());
}

Verdict with_alone(HttpOutcome as_given, std::optional<HttpOutcome> otherwise) {
    if (otherwise) {
        return beside_chain(std::vector(3, as_given), std::vector(4, *otherwise));
    }
    return judge_intermediates({true, "CN=issuing", asked_for_service(std::move(as_given)), std::nullopt},
                               status_operation());
}

const HttpOutcome served_one = answered(200, "OK");
const HttpOutcome refused_by_alert = failed(Ending::handshake_failed, Alert{2, 48});

TEST(Intermediates, ALeafAloneThatIsServedIsEnough) {
    EXPECT_EQ(with_alone(served_one, std::nullopt).outcome(), Outcome::pass);
    EXPECT_EQ(with_alone(served_one, served_one).outcome(), Outcome::pass);
}

TEST(Intermediates, ALeafAloneFailsWhereTheWholeChainIsServed) {
    for (const HttpOutcome& refusal : {refused_by_alert, answered(400, ""), failed(Ending::reset)}) {
        const Verdict verdict = with_alone(refusal, served_one);
        EXPECT_EQ(verdict.outcome(), Outcome::fail);
        EXPECT_THAT(verdict.sentence(), AllOf(HasSubstr("needs the intermediate certificate CN=issuing"),
                                              HasSubstr("served in 4 of 4 tries with both")));
    }
}

TEST(Intermediates, OneNodeThatHasTheIssuerIsAWarningAndOneRefusalIsNoFinding) {
    const Verdict some = beside_chain({refused_by_alert, served_one, refused_by_alert}, std::vector(4, served_one));
    EXPECT_EQ(some.outcome(), Outcome::warning);
    EXPECT_THAT(some.sentence(),
                AllOf(HasSubstr("served in 1 of 3 tries with the leaf alone"), HasSubstr("some lack it")));
    // An endpoint that refuses the whole chain now and then says nothing by refusing the leaf.
    EXPECT_EQ(beside_chain(std::vector(3, refused_by_alert), {served_one, served_one, refused_by_alert, served_one})
                  .outcome(),
              Outcome::inconclusive);
    EXPECT_EQ(beside_chain({failed(Ending::timeout)}, std::vector(2, served_one)).outcome(), Outcome::inconclusive);
}

TEST(Intermediates, ALeafAloneThatIsRefusedIsNamedWithoutTheChainAtHand) {
    EXPECT_EQ(with_alone(refused_by_alert, std::nullopt).outcome(), Outcome::fail);
    EXPECT_THAT(with_alone(answered(400, ""), std::nullopt).sentence(), HasSubstr("holds the leaf alone"));
}

TEST(Intermediates, ADeadEndpointProvesNothing) {
    for (const Ending end : {Ending::timeout, Ending::connect_failed, Ending::reset}) {
        EXPECT_EQ(with_alone(failed(end), std::nullopt).outcome(), Outcome::inconclusive);
    }
    EXPECT_THAT(with_alone(failed(Ending::reset), std::nullopt).sentence(), HasSubstr("which may be why"));
    EXPECT_EQ(with_alone(refused_by_alert, refused_by_alert).outcome(), Outcome::inconclusive)
        << "the chain is not why";
    EXPECT_EQ(with_alone(answered(503, ""), std::nullopt).outcome(), Outcome::inconclusive);
}

TEST(Intermediates, AWholeFilePassesWhateverBecomesOfTheLeafAlone) {
    for (const HttpOutcome& other : {served_one, refused_by_alert, failed(Ending::reset)}) {
        const ChainTrials trials{false, "CN=issuing", asked_for_service(served_one), asked_for_service(other)};
        EXPECT_EQ(judge_intermediates(trials, status_operation()).outcome(), Outcome::pass);
    }
    const ChainTrials refused{false, "CN=issuing", asked_for_service(refused_by_alert),
                              asked_for_service(refused_by_alert)};
    EXPECT_EQ(judge_intermediates(refused, status_operation()).outcome(), Outcome::inconclusive);
}

}  // namespace
}  // namespace gateproof::suites
