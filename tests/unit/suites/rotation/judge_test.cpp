#include "suites/gateway/rotation/judge.hpp"

#include <gmock/gmock.h>

#include "tests/unit/probe/mint.hpp"
#include "tests/unit/suites/shared/answers.hpp"
#include "tests/unit/suites/shared/tried.hpp"

namespace gateproof::suites::rotation_judge_test {
namespace {

using ::testing::HasSubstr;

HttpOutcome alert() {
    return failed(Ending::handshake_failed, Alert{2, 46});
}

TriedIdentity as(const char* name) {
    return {answered(200, "OK"), name, tried(answered(200, "OK")).tries};
}

TriedIdentity nobody(HttpOutcome outcome, std::size_t times = Tries::most) {
    TriedRequest request = tried(std::move(outcome), times);
    return {std::move(request.outcome), std::nullopt, std::move(request.tries)};
}

OldSession session(bool resumed, HttpOutcome outcome, std::size_t times = Tries::most) {
    TriedRequest request = tried(std::move(outcome), times);
    return {"saved", resumed, std::move(request.outcome), std::move(request.tries)};
}

/// TLS 1.3: our handshake was done before the server had judged the certificate.
HttpOutcome closed_after_handshake() {
    HttpOutcome outcome = failed(Ending::closed);
    outcome.handshake_done = true;
    return outcome;
}

const Operation operation = [] {
    Operation made;
    made.path = "/whoami";
    return made;
}();

TEST(NewServed, RefusalsFailAndSilenceProvesNothing) {
    EXPECT_EQ(judge_new_served(tried(answered(200, "OK")), operation).outcome(), Outcome::pass);
    EXPECT_EQ(judge_new_served(tried(answered(403)), operation).outcome(), Outcome::fail);
    EXPECT_EQ(judge_new_served(tried(alert()), operation).outcome(), Outcome::fail);
    EXPECT_EQ(judge_new_served(tried(failed(Ending::timeout)), operation).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_new_served(tried(failed(Ending::connect_failed)), operation).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_new_served(tried(failed(Ending::closed)), operation).outcome(), Outcome::inconclusive)
        << "a close before any handshake may be a dead endpoint";
    EXPECT_EQ(judge_new_served(tried(answered(503)), operation).outcome(), Outcome::inconclusive);
}

TEST(NewServed, OneCloseIsNoRefusal) {
    const Verdict every_time = judge_new_served(tried(closed_after_handshake()), operation);
    EXPECT_EQ(every_time.outcome(), Outcome::fail);
    EXPECT_TRUE(every_time.rests_on_resets());
    EXPECT_EQ(judge_new_served(tried(closed_after_handshake(), 1), operation).outcome(), Outcome::inconclusive);
    EXPECT_NE(judge_new_served(tried(answered(403)), operation).remedy().find("beside the old one"), std::string::npos);
    const std::string after = judge_new_served(tried(answered(403)), operation, RotationMoment::after).remedy();
    EXPECT_NE(after.find("without the old one beside it"), std::string::npos) << after;
}

Outcome same(TriedIdentity old, TriedIdentity fresh, const std::string& known_as = "",
             const std::string& common_name = "cn") {
    return judge_same_identity({std::move(old), std::move(fresh), {}}, operation, known_as, common_name).outcome();
}

TEST(SameIdentity, ComparesWithTheOldCertificateWhereItIsServed) {
    EXPECT_EQ(same(as("a"), as("a")), Outcome::pass);
    EXPECT_EQ(same(as("a"), as("b")), Outcome::fail);
    EXPECT_EQ(same(as("a"), as("a"), "b"), Outcome::fail) << "both may be taken for somebody else";
    EXPECT_EQ(same(as("a"), nobody(answered(403))), Outcome::fail);
    EXPECT_EQ(same(as("a"), nobody(failed(Ending::timeout))), Outcome::inconclusive);
    EXPECT_EQ(same(as("a"), nobody(closed_after_handshake())), Outcome::fail);
    EXPECT_EQ(same(as("a"), nobody(closed_after_handshake(), 1)), Outcome::inconclusive);
}

TEST(SameIdentity, ComparesWithWhatIsKnownWhenTheOldOneIsGone) {
    EXPECT_EQ(same(nobody(answered(403)), as("dsp 7"), "dsp 7"), Outcome::pass);
    EXPECT_EQ(same(nobody(answered(403)), as("dsp 8"), "dsp 7"), Outcome::fail);
    EXPECT_EQ(same(nobody(answered(403)), as("cn")), Outcome::pass);
    EXPECT_EQ(same(nobody(answered(403)), as("dsp 8")), Outcome::inconclusive) << "it may be us under a name of theirs";
    EXPECT_EQ(same(nobody(answered(403)), nobody(answered(403))), Outcome::inconclusive);
}

Outcome overlap(Overlap declared, HttpOutcome old, HttpOutcome fresh, std::optional<HttpOutcome> again = {},
                CertificateTrust trust = CertificateTrust::by_certificate) {
    BothAnswers answers{nobody(old), nobody(std::move(fresh)), nobody(again.value_or(old))};
    return judge_overlap(answers, operation, declared, trust).outcome();
}

TEST(OverlapJudgement, BothServed) {
    constexpr Overlap both = Overlap::both_served;
    EXPECT_EQ(overlap(both, answered(200, "OK"), answered(200, "OK")), Outcome::pass);
    EXPECT_EQ(overlap(both, answered(403), answered(200, "OK")), Outcome::fail);
    EXPECT_EQ(overlap(both, alert(), answered(200, "OK")), Outcome::fail);
    EXPECT_EQ(overlap(both, answered(200, "OK"), answered(403)), Outcome::fail);
    EXPECT_EQ(overlap(both, answered(200, "OK"), answered(200, "OK"), answered(403)), Outcome::fail)
        << "use of the new one must not end the old one";
    EXPECT_EQ(overlap(both, answered(403), answered(403)), Outcome::inconclusive);
    EXPECT_EQ(overlap(both, failed(Ending::timeout), answered(200, "OK")), Outcome::inconclusive);
}

TEST(OverlapJudgement, CutOverAtOnce) {
    constexpr Overlap at_once = Overlap::cut_over_at_once;
    EXPECT_EQ(overlap(at_once, answered(403), answered(200, "OK")), Outcome::pass);
    EXPECT_EQ(overlap(at_once, answered(200, "OK"), answered(200, "OK")), Outcome::fail);
    EXPECT_EQ(overlap(at_once, answered(403), answered(200, "OK"), answered(200, "OK")), Outcome::fail);
    EXPECT_EQ(overlap(at_once, answered(200, "OK"), answered(403)), Outcome::inconclusive);
    EXPECT_EQ(overlap(at_once, failed(Ending::timeout), answered(200, "OK")), Outcome::inconclusive);
    EXPECT_EQ(overlap(at_once, closed_after_handshake(), answered(200, "OK")), Outcome::pass);
    const BothAnswers once{nobody(closed_after_handshake(), 1), as("a"), {}};
    EXPECT_EQ(judge_overlap(once, operation, at_once, CertificateTrust::by_certificate).outcome(),
              Outcome::inconclusive);
}

TEST(OverlapJudgement, WhereNamesAreTrustedBothAreServedWhateverIsDeclared) {
    for (const Overlap declared : {Overlap::both_served, Overlap::cut_over_at_once}) {
        const auto judged = [declared](HttpOutcome old, HttpOutcome fresh) {
            return overlap(declared, std::move(old), std::move(fresh), {}, CertificateTrust::by_name);
        };
        EXPECT_EQ(judged(answered(200, "OK"), answered(200, "OK")), Outcome::pass);
        EXPECT_EQ(judged(answered(403), answered(200, "OK")), Outcome::fail);
        EXPECT_EQ(judged(answered(200, "OK"), answered(403)), Outcome::fail);
    }
}

TEST(OverlapJudgement, WhatHasExpiredIsNoPartOfAnOverlap) {
    const auto judged = [](HttpOutcome old) {
        BothAnswers answers{nobody(old), as("a"), nobody(old)};
        return judge_overlap(answers, operation, Overlap::both_served, CertificateTrust::by_name, "it has expired");
    };
    EXPECT_EQ(judged(answered(200, "OK")).outcome(), Outcome::fail) << "trust in a name ends with its certificate";
    EXPECT_EQ(judged(answered(403)).outcome(), Outcome::pass);
    EXPECT_EQ(judged(failed(Ending::timeout)).outcome(), Outcome::inconclusive);
}

class CutOverCertificate : public ::testing::Test {
protected:
    [[nodiscard]] static std::string reason(CertificateTrust trust, bool revoked, SystemTime now) {
        return cut_over_of(*test::identity_of(test::mint({})), trust, revoked, {}, now).refused_because;
    }
    [[nodiscard]] static Verdict still_good(HttpOutcome outcome) {
        const VersionOutcome seen{TlsVersion::tls_1_3, answered(200, "OK"), tried(std::move(outcome))};
        const SystemTime now = std::chrono::system_clock::now();
        CutOver state = cut_over_of(*test::identity_of(test::mint({})), CertificateTrust::by_name, false, {}, now);
        EXPECT_TRUE(state.refused_because.empty());
        return judge_still_good({seen}, operation, "rotated_old", state, now);
    }
};

TEST_F(CutOverCertificate, OfAnotherNameIsNoPartOfTheTrustInThatOne) {
    const SystemTime now = std::chrono::system_clock::now();
    const std::shared_ptr<const Identity> gone = test::identity_of(test::mint({}));
    CutOver state = cut_over_of(*gone, CertificateTrust::by_name, false, "another name", now);
    EXPECT_TRUE(state.other_name);
    EXPECT_FALSE(cut_over_of(*gone, CertificateTrust::by_name, false, gone->leaf.common_name(), now).other_name);
    const VersionOutcome seen{TlsVersion::tls_1_3, answered(200, "OK"), tried(answered(200, "OK"))};
    EXPECT_EQ(judge_still_good({seen}, operation, "retired", state, now).outcome(), Outcome::inconclusive);
}

TEST_F(CutOverCertificate, IsGoodUntilItExpiresOrIsRevokedWhereNamesAreTrusted) {
    const SystemTime now = std::chrono::system_clock::now();
    EXPECT_EQ(reason(CertificateTrust::by_name, false, now), "");
    EXPECT_THAT(reason(CertificateTrust::by_name, true, now), HasSubstr("revoked"));
    EXPECT_THAT(reason(CertificateTrust::by_name, false, now + std::chrono::years(50)), HasSubstr("expired"));
    EXPECT_THAT(reason(CertificateTrust::by_certificate, false, now), HasSubstr("enrolment ended"));
}

TEST_F(CutOverCertificate, ThatIsStillGoodIsARiskAndNoFailure) {
    const Verdict served = still_good(answered(200, "OK"));
    EXPECT_EQ(served.outcome(), Outcome::pass);
    EXPECT_THAT(served.sentence(), HasSubstr("whoever has its key is you"));
    EXPECT_THAT(served.remedy(), HasSubstr("old_revoked"));
    const Verdict refused = still_good(answered(403));
    EXPECT_EQ(refused.outcome(), Outcome::pass);
    EXPECT_THAT(refused.sentence(), HasSubstr("unless it has been revoked"));
    EXPECT_EQ(still_good(failed(Ending::timeout)).outcome(), Outcome::inconclusive);
}

TEST(JoinedVerdicts, TheWorstLeadsAndWhatIsSaidOfPassesIsKept) {
    const auto join = [](std::vector<Verdict> verdicts) { return joined(std::move(verdicts)); };
    const Verdict passed =
        join({Verdict::pass("one"), Verdict::pass("a risk").remedy("revoke it").rests_on_resets(true)});
    EXPECT_EQ(passed.outcome(), Outcome::pass);
    EXPECT_EQ(passed.sentence(), "one; a risk");
    EXPECT_EQ(passed.remedy(), "revoke it");
    EXPECT_TRUE(passed.rests_on_resets());
    EXPECT_EQ(join({Verdict::pass("one"), Verdict::fail("served")}).sentence(), "served");
    EXPECT_EQ(join({}).outcome(), Outcome::inconclusive);
}

TEST(OldSessions, OnePerhapsOfAGoodCertificateDecidesNothingWhenServed) {
    OldSession doubtful = session(true, answered(200, "OK"));
    doubtful.perhaps_good = true;
    EXPECT_EQ(judge_old_sessions({doubtful}, "").outcome(), Outcome::inconclusive);
    doubtful = session(true, answered(403));
    doubtful.perhaps_good = true;
    EXPECT_EQ(judge_old_sessions({doubtful}, "").outcome(), Outcome::pass);
}

TEST(OldSessions, OnlyServiceOverAResumedSessionFails) {
    const auto judged = [](std::vector<OldSession> sessions) { return judge_old_sessions(sessions, "none"); };
    EXPECT_EQ(judged({session(true, answered(200, "OK"))}).outcome(), Outcome::fail);
    EXPECT_EQ(judged({session(true, answered(403)), session(true, answered(200, "OK"))}).outcome(), Outcome::fail);
    EXPECT_EQ(judged({session(true, answered(403))}).outcome(), Outcome::pass);
    EXPECT_EQ(judged({session(false, alert())}).outcome(), Outcome::pass);
    EXPECT_EQ(judged({session(false, answered(200, "OK"))}).outcome(), Outcome::pass)
        << "who is served without a certificate is another check's matter";
    EXPECT_EQ(judged({session(false, failed(Ending::timeout))}).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged({session(true, closed_after_handshake())}).outcome(), Outcome::pass);
    EXPECT_TRUE(judged({session(true, closed_after_handshake())}).rests_on_resets());
    EXPECT_EQ(judged({session(true, closed_after_handshake(), 1)}).outcome(), Outcome::inconclusive);
    const Verdict none = judged({});
    EXPECT_EQ(none.outcome(), Outcome::inconclusive);
    EXPECT_THAT(none.remedy(), HasSubstr("sess_out"));
}

TEST(OldSessions, OneSessionIsNoPlural) {
    const auto judged = [](std::vector<OldSession> sessions) { return judge_old_sessions(sessions, "none"); };
    EXPECT_THAT(judged({session(false, alert())}).sentence(), HasSubstr("1 session of the old certificate"));
    EXPECT_THAT(judged({session(false, alert()), session(false, alert())}).sentence(),
                HasSubstr("2 sessions of the old certificate"));
}

class ServerRotation : public ::testing::Test {
protected:
    [[nodiscard]] Verdict judge(const test::Minted& leaf, std::vector<std::string> pins, int error = 0) const {
        ServerShown shown;
        shown.chain = {leaf.certificate};
        shown.trusted.error = error;
        shown.trusted.text = "unable to get local issuer certificate";
        shown.host = "localhost";
        shown.anchors = {root_.certificate};
        return judge_server_rotation(shown, pins, std::chrono::system_clock::now());
    }

    test::Minted root_ = test::mint_ca("Root");
    test::Minted leaf_ = test::mint({}, &root_);
};

TEST_F(ServerRotation, TrustNameAndPeriodComeFirst) {
    EXPECT_EQ(judge(leaf_, {}).outcome(), Outcome::pass);
    EXPECT_EQ(judge(leaf_, {}, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY).outcome(), Outcome::fail);
    test::MintOptions elsewhere;
    elsewhere.subject_alt_name = "DNS:elsewhere.example";
    EXPECT_THAT(judge(test::mint(elsewhere, &root_), {}).sentence(), HasSubstr("does not name localhost"));
    test::MintOptions expired;
    expired.not_before = -7200;
    expired.not_after = -3600;
    EXPECT_THAT(judge(test::mint(expired, &root_), {}).sentence(), HasSubstr("not valid now"));
}

TEST_F(ServerRotation, WhoIssuedAnUntrustedCertificateIsSaidAndWhatIsMissing) {
    const auto now = std::chrono::system_clock::now();
    const auto judged = [&](std::vector<Certificate> chain) {
        ServerShown shown;
        shown.chain = std::move(chain);
        shown.anchors = {root_.certificate};
        shown.trusted = verify_chain(shown.chain, Trust{.anchors = shown.anchors}, now);
        shown.host = "localhost";
        return judge_server_rotation(shown, {}, now);
    };
    const test::Minted proxy = test::mint_ca("Corp Inspection CA");
    const Verdict inspected = judged({test::mint({}, &proxy).certificate});
    EXPECT_THAT(inspected.sentence(), HasSubstr("its issuer CN=Corp Inspection CA is not trusted"));
    EXPECT_THAT(inspected.remedy(), HasSubstr("A proxy or virus scanner on the way"));
    const Verdict whole = judged({test::mint({}, &proxy).certificate, proxy.certificate});
    EXPECT_THAT(whole.sentence(), HasSubstr("it leads to the root CN=Corp Inspection CA"));
    const test::Minted issuing = test::mint_ca("Issuing", &root_);
    const Verdict bare = judged({test::mint({}, &issuing).certificate});
    EXPECT_THAT(bare.sentence(), HasSubstr("its issuer CN=Issuing is not trusted"));
    EXPECT_THAT(bare.remedy(), HasSubstr("send its certificate with the leaf"));
}

TEST_F(ServerRotation, AnyKeyOfTheChainOrItsRootMeetsAPin) {
    const std::string stranger = pin_of(test::mint_ca("Stranger").certificate);
    EXPECT_EQ(judge(leaf_, {stranger, pin_of(leaf_.certificate)}).outcome(), Outcome::pass);
    EXPECT_EQ(judge(leaf_, {pin_of(root_.certificate)}).outcome(), Outcome::pass);
    const Verdict verdict = judge(leaf_, {stranger});
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    EXPECT_THAT(verdict.sentence(), HasSubstr("sha256//" + pin_of(leaf_.certificate) + " (the leaf "));
    EXPECT_THAT(verdict.sentence(), HasSubstr("sha256//" + pin_of(root_.certificate) + " (the root "));
}

/// Published by the Internet Security Research Group, letsencrypt.org/certificates.
constexpr const char* isrg_root_x2 = R"(-----BEGIN CERTIFICATE-----
MIICGzCCAaGgAwIBAgIQQdKd0XLq7qeAwSxs6S+HUjAKBggqhkjOPQQDAzBPMQsw
CQYDVQQGEwJVUzEpMCcGA1UEChMgSW50ZXJuZXQgU2VjdXJpdHkgUmVzZWFyY2gg
R3JvdXAxFTATBgNVBAMTDElTUkcgUm9vdCBYMjAeFw0yMDA5MDQwMDAwMDBaFw00
MDA5MTcxNjAwMDBaME8xCzAJBgNVBAYTAlVTMSkwJwYDVQQKEyBJbnRlcm5ldCBT
ZWN1cml0eSBSZXNlYXJjaCBHcm91cDEVMBMGA1UEAxMMSVNSRyBSb290IFgyMHYw
EAYHKoZIzj0CAQYFK4EEACIDYgAEzZvVn4CDCuwJSvMWSj5cz3es3mcFDR0HttwW
+1qLFNvicWDEukWVEYmO6gbf9yoWHKS5xcUy4APgHoIYOIvXRdgKam7mAHf7AlF9
ItgKbppbd9/w+kHsOdx1ymgHDB/qo0IwQDAOBgNVHQ8BAf8EBAMCAQYwDwYDVR0T
AQH/BAUwAwEB/zAdBgNVHQ4EFgQUfEKWrt5LSDv6kviejM9ti6lyN5UwCgYIKoZI
zj0EAwMDaAAwZQIwe3lORlCEwkSHRhtFcP9Ymd70/aTSVaYgLXTWNLxBo1BfASdW
tL4ndQavEi51mI38AjEAi/V3bNTIZargCyzuFJ0nN6T5U6VR5CmD1/iQMVtCnwr1
/q4AaOeMSQ+2b1tbFfLn
-----END CERTIFICATE-----
)";

TEST(Pin, IsWhatCurlAndRfc7469CallIt) {
    // A SHA-256 of this test's own making would prove nothing; this root's pin is public.
    const std::vector<Certificate> roots = Certificate::all_from_pem(isrg_root_x2);
    ASSERT_EQ(roots.size(), 1U);
    EXPECT_EQ(pin_of(roots.front()), "diGVwiVYbubAI3RW4hB9xU8e/CH2GnkuvVFZE8zmgzI=");
}

}  // namespace
}  // namespace gateproof::suites::rotation_judge_test
