#include "suites/gateway/server/suite.hpp"

#include <gtest/gtest.h>

#include "tests/unit/probe/mint.hpp"

namespace gateproof::suites {
namespace {

using namespace std::chrono_literals;
using test::mint;
using test::mint_ca;
using test::MintOptions;

const SystemTime now = std::chrono::system_clock::now();

TEST(ServerJudgement, Chain) {
    EXPECT_EQ(judge_chain({}, 2).outcome(), Outcome::pass);
    const Verdict incomplete =
        judge_chain({X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0, "unable to get local issuer certificate"}, 1);
    EXPECT_EQ(incomplete.outcome(), Outcome::fail);
    EXPECT_NE(incomplete.remedy().find("intermediate"), std::string::npos);
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

TEST(ServerJudgement, StrengthLooksBelowTheRootOnly) {
    const test::Minted ca = mint_ca("root");
    MintOptions sha1;
    sha1.digest = "SHA1";
    EXPECT_EQ(judge_strength({mint({}, &ca).certificate, ca.certificate}).outcome(), Outcome::pass);
    EXPECT_EQ(judge_strength({mint(sha1, &ca).certificate}).outcome(), Outcome::fail);
    const Certificate old_root = mint(sha1).certificate;
    EXPECT_EQ(judge_strength({mint({}, &ca).certificate, old_root}).outcome(), Outcome::pass);
    const Certificate old_intermediate = mint(sha1, &ca).certificate;
    EXPECT_EQ(judge_strength({mint({}, &ca).certificate, old_intermediate}).outcome(), Outcome::fail);
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

TEST(ServerJudgement, SameCertificate) {
    const std::vector<std::string> same{"A", "A", "A"};
    const std::vector<std::string> mixed{"A", "B", "A"};
    EXPECT_EQ(judge_same_certificate(same, 3).outcome(), Outcome::pass);
    EXPECT_EQ(judge_same_certificate(same, 8).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_same_certificate(mixed, 8).outcome(), Outcome::fail);
}

}  // namespace
}  // namespace gateproof::suites
