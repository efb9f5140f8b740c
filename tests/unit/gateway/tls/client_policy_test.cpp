#include "gateway/tls/policy.hpp"

#include <gtest/gtest.h>

namespace gateproof::gateway {
namespace {

/// What a resumed session's certificate is held against, which comes without its chain.
TEST(ClientPolicy, JudgesAResumedCertificateAgain) {
    const Pki pki;
    const FaultSet none;
    const ClientPolicy policy(pki, none);
    const auto reason = [&](const char* role) {
        return policy.verify_again(pki.identities().find(role)->second.certificate.get());
    };
    EXPECT_EQ(reason("enrolled"), X509_V_OK);
    EXPECT_EQ(reason("unenrolled"), X509_V_OK);
    EXPECT_EQ(reason("expired"), X509_V_ERR_CERT_HAS_EXPIRED);
    EXPECT_EQ(reason("not_yet_valid"), X509_V_ERR_CERT_NOT_YET_VALID);
    EXPECT_EQ(reason("revoked"), X509_V_ERR_CERT_REVOKED);
    EXPECT_EQ(reason("wrong_eku"), X509_V_ERR_INVALID_PURPOSE);
    EXPECT_NE(policy.verify_again(pki.server_root().certificate.get()), X509_V_OK);
    EXPECT_NE(policy.verify_again(Pki().identities().find("enrolled")->second.certificate.get()), X509_V_OK);
}

TEST(ClientPolicy, NamesTheEnrolledAlone) {
    const Pki pki;
    const FaultSet none;
    const ClientPolicy policy(pki, none);
    const auto name = [&](const char* role) {
        return policy.enrolled_name(pki.identities().find(role)->second.certificate.get());
    };
    EXPECT_EQ(name("enrolled"), pki.enrolled_names().front());
    EXPECT_EQ(name("second"), pki.enrolled_names().back());
    EXPECT_EQ(name("unenrolled"), "");
    EXPECT_EQ(name("other_environment"), "");
    EXPECT_FALSE(pki.may_use_tds(name("enrolled")));
    EXPECT_TRUE(pki.may_use_tds(name("second")));
    EXPECT_TRUE(pki.may_use_tds(name("tds")));
    EXPECT_TRUE(pki.is_enrolled(name("tds")));
    EXPECT_FALSE(pki.may_use_tds(""));
}

}  // namespace
}  // namespace gateproof::gateway
