#include "suites/gateway/server/suite.hpp"
#include "suites/shared/server_chain.hpp"

#include <gtest/gtest.h>

#include "tests/unit/probe/mint.hpp"

namespace gateproof::suites {
namespace {

using namespace std::chrono_literals;
using test::mint;
using test::mint_ca;
using test::MintOptions;

const SystemTime now = std::chrono::system_clock::now();

/// What is said of a chain by somebody who trusts `anchors`.
Verdict judged(const std::vector<Certificate>& chain, const std::vector<Certificate>& anchors) {
    const Trust trust{.system = false, .anchors = anchors};
    return judge_chain(verify_chain(chain, trust, now), chain, anchors);
}

TEST(ServerJudgement, AChainThatNobodyVouchesForNamesItsIssuer) {
    const test::Minted root = mint_ca("our root");
    const test::Minted middle = mint_ca("our middle", &root);
    const Certificate leaf = mint({}, &middle).certificate;
    EXPECT_EQ(judged({leaf, middle.certificate}, {root.certificate}).outcome(), Outcome::pass);

    const Verdict incomplete = judged({leaf}, {root.certificate});
    EXPECT_EQ(incomplete.outcome(), Outcome::fail);
    EXPECT_NE(incomplete.sentence().find("sent alone, and its issuer CN=our middle"), std::string::npos);
    EXPECT_NE(incomplete.remedy().find("intermediate"), std::string::npos);

    const test::Minted proxy = mint_ca("Proxy of the office");
    const Verdict intercepted = judged({mint({}, &proxy).certificate, proxy.certificate}, {root.certificate});
    EXPECT_EQ(intercepted.outcome(), Outcome::fail);
    EXPECT_NE(intercepted.sentence().find("leads to the root CN=Proxy of the office"), std::string::npos);
    EXPECT_NE(intercepted.remedy().find("opens TLS"), std::string::npos);

    const Verdict wrong_file = judged({leaf, middle.certificate}, {mint_ca("our root").certificate});
    EXPECT_NE(wrong_file.sentence().find("holds a CN=our root, but not the one"), std::string::npos);
    EXPECT_NE(wrong_file.remedy().find("CA file"), std::string::npos);

    const Verdict other_root = judged({leaf, middle.certificate}, {mint_ca("another root").certificate});
    EXPECT_NE(other_root.sentence().find("ends at CN=our middle, whose issuer CN=our root"), std::string::npos);

    const Verdict itself = judged({mint({}).certificate}, {root.certificate});
    EXPECT_NE(itself.sentence().find("signed itself"), std::string::npos);
}

TEST(ServerJudgement, ADeadCrossSignedCertificateIsNoMissingOne) {
    const test::Minted root = mint_ca("our root");
    const test::Minted dead = mint_ca("dead root");
    MintOptions authority;
    authority.common_name = "our middle";
    authority.subject_alt_name.clear();
    authority.extended_key_usage.clear();
    authority.basic_constraints = "critical,CA:TRUE";
    const test::Minted by_dead = mint(authority, &dead);
    authority.key = by_dead.key;
    const test::Minted by_root = mint(authority, &root);
    const Certificate leaf = mint({}, &by_dead).certificate;
    const std::vector<Certificate> chain{leaf, by_dead.certificate, by_root.certificate};
    ChainVerdict verdict;
    verdict.error = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    verdict.depth = 1;
    verdict.path = {leaf, by_dead.certificate};
    const Verdict said = judge_chain(verdict, chain, {root.certificate});
    EXPECT_EQ(said.outcome(), Outcome::fail);
    EXPECT_NE(said.sentence().find("is sent twice, and the first one was issued by CN=dead root"), std::string::npos);
    EXPECT_EQ(said.remedy().find("send every intermediate"), std::string::npos);
}

TEST(ServerJudgement, Hostname) {
    const Certificate leaf = mint({}).certificate;
    EXPECT_EQ(judge_hostname(leaf, "localhost").outcome(), Outcome::pass);
    EXPECT_EQ(judge_hostname(leaf, "127.0.0.1").outcome(), Outcome::pass);
    const Verdict other = judge_hostname(leaf, "gateway.example");
    EXPECT_EQ(other.outcome(), Outcome::fail);
    EXPECT_NE(other.sentence().find("DNS:localhost"), std::string::npos);
}

TEST(ServerJudgement, Validity) {
    EXPECT_EQ(judge_validity({now - 24h, now + 24h * 90}, now, 30).outcome(), Outcome::pass);
    EXPECT_EQ(judge_validity({now - 24h, now + 24h * 10}, now, 30).outcome(), Outcome::warning);
    EXPECT_EQ(judge_validity({now - 24h, now + 24h * 10}, now, 5).outcome(), Outcome::pass);
    EXPECT_EQ(judge_validity({now - 24h, now - 1h}, now, 30).outcome(), Outcome::fail);
    EXPECT_EQ(judge_validity({now + 1h, now + 24h * 90}, now, 30).outcome(), Outcome::fail);
}

TEST(ServerJudgement, ValidityIsMeasuredByTheLifetime) {
    const auto judge = [](auto age, auto left) {
        return judge_validity({now - age, now + left}, now, std::nullopt).outcome();
    };
    EXPECT_EQ(judge(24h, 24h * 5), Outcome::pass) << "six days are its whole life";
    EXPECT_EQ(judge(24h * 20, 24h * 25), Outcome::pass) << "of 45 days a third is not reached yet";
    EXPECT_EQ(judge(24h * 35, 24h * 10), Outcome::warning);
    EXPECT_EQ(judge(24h * 365, 24h * 29), Outcome::warning) << "of a long life 30 days";
    EXPECT_EQ(judge(24h * 365, 24h * 32), Outcome::pass);
    EXPECT_EQ(judge_validity({now - 24h, now + 24h * 5}, now, 30).outcome(), Outcome::warning) << "as the profile says";
}

TEST(ServerJudgement, StrengthLooksBelowTheRootOnly) {
    const test::Minted ca = mint_ca("root");
    MintOptions sha1;
    sha1.digest = "SHA1";
    EXPECT_EQ(judge_strength({mint({}, &ca).certificate, ca.certificate}, {}).outcome(), Outcome::pass);
    EXPECT_EQ(judge_strength({mint(sha1, &ca).certificate}, {}).outcome(), Outcome::fail);
    const Certificate old_root = mint(sha1).certificate;
    EXPECT_EQ(judge_strength({mint({}, &ca).certificate, old_root}, {}).outcome(), Outcome::pass);
    const Certificate old_intermediate = mint(sha1, &ca).certificate;
    EXPECT_EQ(judge_strength({mint({}, &ca).certificate, old_intermediate}, {}).outcome(), Outcome::fail);
}

TEST(ServerJudgement, StrengthOfWhatNoPathNeedsIsNoted) {
    const test::Minted ca = mint_ca("root");
    MintOptions sha1;
    sha1.digest = "SHA1";
    sha1.common_name = "spare cross-certificate";
    const Certificate leaf = mint({}, &ca).certificate;
    const Certificate spare = mint(sha1, &ca).certificate;
    const std::vector<Certificate> chain{leaf, spare};
    const std::vector<Certificate> path =
        verify_chain(chain, Trust{.system = false, .anchors = {ca.certificate}}, now).path;
    ASSERT_EQ(path.size(), 2U) << "leaf and root";
    const Verdict noted = judge_strength(chain, path);
    EXPECT_EQ(noted.outcome(), Outcome::pass);
    EXPECT_NE(noted.sentence().find("(CN=spare cross-certificate) has a signature with SHA1, but no path needs it"),
              std::string::npos);
    EXPECT_EQ(judge_strength(chain, chain).outcome(), Outcome::fail);
    const std::vector<Certificate> weak_leaf{spare};
    EXPECT_EQ(judge_strength(weak_leaf, path).outcome(), Outcome::fail) << "the leaf always counts";
}

TEST(ServerJudgement, Usage) {
    EXPECT_EQ(judge_usage(ServerUsage::allowed).outcome(), Outcome::pass);
    EXPECT_EQ(judge_usage(ServerUsage::no_server_auth).outcome(), Outcome::fail);
    EXPECT_EQ(judge_usage(ServerUsage::key_usage).outcome(), Outcome::fail);
    EXPECT_EQ(judge_usage(ServerUsage::ca).outcome(), Outcome::warning);
}

TEST(ServerJudgement, Staple) {
    MintOptions with_responder;
    with_responder.authority_information = "OCSP;URI:http://ocsp.test/";
    const std::vector<Certificate> chain{mint(with_responder).certificate};
    EXPECT_EQ(judge_staple("", chain, {}, now).outcome(), Outcome::warning);
    EXPECT_EQ(judge_staple("junk", chain, {}, now).outcome(), Outcome::fail);
    EXPECT_EQ(judge_staple("", {mint({}).certificate}, {}, now).outcome(), Outcome::skipped)
        << "an authority without OCSP has nothing to staple";
    MintOptions demanding = with_responder;
    demanding.tls_feature = "status_request";
    EXPECT_EQ(judge_staple("", {mint(demanding).certificate}, {}, now).outcome(), Outcome::fail);
}

TEST(ServerJudgement, AStapleThatIsRefusedIsNoMissingService) {
    Tries cut;
    for (int i = 0; i < 3; ++i) {
        cut.add({.kind = Answer::Kind::cut, .summary = "connection closed"});
    }
    const Tries served = Tries::once({.kind = Answer::Kind::served, .summary = "ok"});
    const Verdict refused = judge_refused_staple(cut, served);
    EXPECT_EQ(refused.outcome(), Outcome::fail);
    EXPECT_NE(refused.sentence().find("connection closed in 3 of 3 tries"), std::string::npos);
    EXPECT_EQ(judge_refused_staple(cut, cut).outcome(), Outcome::inconclusive);
}

TEST(ServerJudgement, SameCertificate) {
    const SeenLeaf a{"A", Verdict::pass("good")};
    const SeenLeaf b{"B", Verdict::pass("good")};
    const SeenLeaf bad{"C", Verdict::fail("the certificate expired on Monday")};
    const auto judge = [](std::vector<SeenLeaf> leaves, std::size_t wanted) {
        return judge_same_certificate(leaves, wanted);
    };
    EXPECT_EQ(judge({a, a, a}, 3).outcome(), Outcome::pass);
    EXPECT_EQ(judge({a, a, a}, 8).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge({a, b, a}, 8).outcome(), Outcome::warning) << "each is good: RFC 9325 3.9 asks for no more";
    EXPECT_EQ(judge({a, bad, a}, 8).outcome(), Outcome::fail);
    EXPECT_EQ(judge({bad, a, a}, 8).outcome(), Outcome::fail);
    EXPECT_NE(judge({bad, a, a}, 8).sentence().find("expired on Monday"), std::string::npos);
    EXPECT_EQ(judge({bad, bad}, 2).outcome(), Outcome::pass) << "the same, whatever else is wrong with it";
}

TEST(ServerJudgement, OtherCertificates) {
    const auto judge = [](std::vector<OtherLeaf> others) { return judge_other_certificates(others, 8); };
    const Verdict good = Verdict::pass("good");
    const Verdict expired = Verdict::fail("the certificate expired on Monday");
    const Verdict soon = Verdict::warning("the certificate expires in 3 days");
    EXPECT_EQ(judge({}).outcome(), Outcome::pass);
    EXPECT_EQ(judge({{"RSA alone", true, true, good}}).outcome(), Outcome::pass);
    const Verdict second = judge({{"ECDSA alone", true, true, good}, {"RSA alone", true, true, expired}});
    EXPECT_EQ(second.outcome(), Outcome::fail);
    EXPECT_NE(second.sentence().find("clients that offer RSA alone"), std::string::npos);
    EXPECT_NE(second.sentence().find("expired on Monday"), std::string::npos);
    EXPECT_EQ(judge({{"RSA alone", true, true, soon}}).outcome(), Outcome::warning);
    EXPECT_EQ(judge({{"RSA alone", true, false, expired}}).outcome(), Outcome::fail) << "under our name";
    EXPECT_EQ(judge({{"RSA alone, and no name", false, true, expired}}).outcome(), Outcome::warning);
    EXPECT_EQ(judge({{"RSA alone, and no name", false, false, expired}}).outcome(), Outcome::pass)
        << "of another host of the same server";
}

}  // namespace
}  // namespace gateproof::suites
