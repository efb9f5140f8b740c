#include "suites/gateway/mtls/suite.hpp"
#include "suites/shared/asked.hpp"
#include "suites/shared/callers.hpp"
#include "tests/unit/suites/shared/tried.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>

#include "tests/unit/suites/shared/answers.hpp"

namespace gateproof::suites {
namespace {

Verdict judged(HttpOutcome outcome, std::size_t times = Tries::most) {
    return judge_versions_refused(
        {{TlsVersion::tls_1_3, answered(200, "OK"), tried(std::move(outcome), times, status_operation())}},
        status_operation(), "as nobody", "");
}

Outcome without(HttpOutcome outcome) {
    return judged(std::move(outcome)).outcome();
}

TEST(MtlsJudgement, NoCertificate) {
    const Alert required{2, 116};
    EXPECT_EQ(without(failed(Ending::handshake_failed, required)), Outcome::pass);
    EXPECT_EQ(without(answered(400, "<html>")), Outcome::pass);
    EXPECT_EQ(without(failed(Ending::reset)), Outcome::pass);
    EXPECT_EQ(without(answered(200, "OK")), Outcome::fail);
    EXPECT_EQ(without(answered(200, "something else")), Outcome::inconclusive) << "no service, and no refusal in words";
    EXPECT_EQ(without(answered(200, R"({"errors":[{"code":"EV1022"}]})")), Outcome::pass) << "an error in HTTP 200";
    EXPECT_EQ(without(failed(Ending::timeout)), Outcome::inconclusive);
    EXPECT_EQ(without(failed(Ending::connect_failed)), Outcome::inconclusive);
    EXPECT_EQ(without(answered(503, "")), Outcome::inconclusive);
}

TEST(MtlsJudgement, WhatIsARefusalBesideService) {
    using enum Answer::Kind;
    const HttpOutcome ourselves = answered(200, "OK\n");
    for (const int status : {302, 400, 401, 403, 404, 407, 421, 495, 496, 497}) {
        const HttpOutcome outcome = answered(status, "<html>TOKEN</html>");
        EXPECT_EQ(answer_beside_service(outcome, status_operation(), &ourselves).kind, refused) << status;
        EXPECT_EQ(answer_beside_service(outcome, status_operation(), nullptr).kind, refused) << status;
        EXPECT_EQ(answer_beside_service(answered(status, "OK\n"), status_operation(), &ourselves).kind, unclear)
            << status << " with the service's own body";
    }
    for (const int status : {301, 405, 418, 500, 503}) {
        EXPECT_EQ(answer_beside_service(answered(status), status_operation(), nullptr).kind, unclear) << status;
    }
    EXPECT_EQ(answer_beside_service(answered(200, "OK\n"), status_operation(), nullptr).kind, served);
    EXPECT_EQ(answer_beside_service(answered(204), status_operation(), nullptr).kind, unclear)
        << "a success without what the operation's answer holds may be a refusal in other words";
    EXPECT_EQ(answer_beside_service(failed(Ending::timeout), status_operation(), nullptr).kind, silent);
}

TEST(MtlsJudgement, OneCutIsNoRefusal) {
    EXPECT_EQ(judged(failed(Ending::reset), 1).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged(failed(Ending::closed), 2).outcome(), Outcome::inconclusive);
    EXPECT_TRUE(judged(failed(Ending::closed)).rests_on_resets()) << "the runner withdraws it beside a cut control";
    EXPECT_FALSE(judged(failed(Ending::alert, Alert{2, 116})).rests_on_resets());
}

TEST(MtlsJudgement, OneVersionThatServesIsEnoughToFailAndNoneProvesNothing) {
    const TriedRequest refused = tried(failed(Ending::handshake_failed, Alert{2, 40}));
    EXPECT_EQ(judge_versions_refused({{TlsVersion::tls_1_2, answered(200, "OK"), refused},
                                      {TlsVersion::tls_1_3, answered(200, "OK"), tried(answered(200, "OK"))}},
                                     status_operation(), "", "")
                  .outcome(),
              Outcome::fail);
    EXPECT_EQ(judge_versions_refused({{TlsVersion::tls_1_2, answered(200, "OK"), refused},
                                      {TlsVersion::tls_1_3, failed(Ending::handshake_failed, Alert{2, 70}), {}}},
                                     status_operation(), "", "")
                  .outcome(),
              Outcome::pass);
    EXPECT_EQ(
        judge_versions_refused({{TlsVersion::tls_1_2, failed(Ending::connect_failed), {}}}, status_operation(), "", "")
            .outcome(),
        Outcome::inconclusive);
}

TEST(MtlsJudgement, WhoeverIsServedBesideARefusalOfOurselvesIsAFinding) {
    VersionOutcome refused_us{TlsVersion::tls_1_3, answered(403), {}, answered(200, "OK")};
    const Verdict served = judge_versions_refused({refused_us}, status_operation(), "without a client certificate", "");
    EXPECT_EQ(served.outcome(), Outcome::fail);
    EXPECT_NE(served.sentence().find("though our own request is not (HTTP 403"), std::string::npos)
        << served.sentence();
    refused_us.alone = answered(403);
    EXPECT_EQ(judge_versions_refused({refused_us}, status_operation(), "", "").outcome(), Outcome::inconclusive)
        << "a refusal beside none proves nothing";
}

Outcome served(const HttpOutcome& outcome, bool cut_by_tls = false, std::size_t times = Tries::most) {
    return judge_served(tried(outcome, times), status_operation(), "we,", cut_by_tls).outcome();
}

TEST(MtlsJudgement, ServedOrRefusedOrDead) {
    EXPECT_EQ(served(answered(200, "OK")), Outcome::pass);
    EXPECT_EQ(served(answered(403)), Outcome::fail);
    EXPECT_EQ(served(answered(200, "no")), Outcome::fail);
    EXPECT_EQ(served(failed(Ending::handshake_failed, Alert{2, 48})), Outcome::fail);
    EXPECT_EQ(served(answered(503)), Outcome::inconclusive);
    EXPECT_EQ(served(answered(404)), Outcome::inconclusive);
    EXPECT_EQ(served(failed(Ending::timeout)), Outcome::inconclusive);
    EXPECT_EQ(served(failed(Ending::connect_failed)), Outcome::inconclusive);
    EXPECT_EQ(served(failed(Ending::closed), false), Outcome::inconclusive);
    EXPECT_EQ(served(failed(Ending::closed), true), Outcome::fail);
    EXPECT_EQ(served(failed(Ending::closed), true, 1), Outcome::inconclusive);
}

TEST(MtlsJudgement, WhatHasNothingToDoWithTheCertificateIsNoMissingEnrolment) {
    const auto judge = [](const HttpOutcome& outcome) {
        return judge_served(tried(outcome, Tries::most), status_operation(), "we,", false);
    };
    for (const std::uint8_t description : std::array<std::uint8_t, 2>{70, 80}) {
        const Verdict verdict = judge(failed(Ending::handshake_failed, Alert{2, description}));
        EXPECT_EQ(verdict.outcome(), Outcome::inconclusive) << int{description};
        EXPECT_EQ(verdict.remedy().find("enrol"), std::string::npos) << verdict.remedy();
    }
    const Verdict behind = judge(failed(Ending::closed));
    EXPECT_NE(behind.remedy().find("service behind TLS"), std::string::npos) << behind.remedy();
    const Verdict suites = judge(failed(Ending::handshake_failed, Alert{2, 40}));
    EXPECT_EQ(suites.outcome(), Outcome::fail);
    EXPECT_NE(suites.remedy().find("suites"), std::string::npos) << suites.remedy();
}

TEST(MtlsJudgement, WhoRefusesOverHttpHasTakenTheCertificate) {
    const auto remedy_of = [](const HttpOutcome& outcome) {
        const Verdict verdict = judge_served(tried(outcome, Tries::most), status_operation(), "we,", false);
        EXPECT_EQ(verdict.outcome(), Outcome::fail);
        return verdict.remedy();
    };
    EXPECT_NE(remedy_of(answered(401, "<html>")).find("every proxy between TLS and the service"), std::string::npos);
    EXPECT_EQ(remedy_of(failed(Ending::handshake_failed, Alert{2, 48})).find("HTTP"), std::string::npos);
}

TEST(MtlsJudgement, AnAnswerThatDoesNotComeInTimeNamesTheLimitThatMayBeRaised) {
    const Verdict late = judge_served(tried(failed(Ending::timeout), Tries::most), status_operation(), "we,", false);
    EXPECT_EQ(late.outcome(), Outcome::inconclusive);
    EXPECT_NE(late.remedy().find("limits.probe_timeout_ms"), std::string::npos) << late.remedy();
}

TEST(MtlsJudgement, AskedAndNotAsked) {
    const AskedOutcome asked{TlsVersion::tls_1_2, true, true, "ok"};
    const AskedOutcome unasked{TlsVersion::tls_1_3, true, false, "ok"};
    const AskedOutcome unserved{TlsVersion::tls_1_3, false, false, "alert"};
    EXPECT_EQ(judge_asked({asked, unserved}, 1).outcome(), Outcome::pass);
    EXPECT_EQ(judge_asked({asked, unasked}, 1).outcome(), Outcome::fail);
    EXPECT_EQ(judge_asked({unserved}, 0).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_not_asked({unasked, unserved}).outcome(), Outcome::pass);
    EXPECT_EQ(judge_not_asked({unasked, asked}).outcome(), Outcome::fail);
    EXPECT_EQ(judge_not_asked({unserved}).outcome(), Outcome::inconclusive);
}

}  // namespace
}  // namespace gateproof::suites
