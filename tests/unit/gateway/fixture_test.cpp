#include "gateway/fixture/fixture.hpp"
#include "gateway/fixture/ird_number.hpp"

#include <gmock/gmock.h>
#include <openssl/pem.h>

#include <set>

#include "gateway/http/routes.hpp"

namespace gateproof::gateway {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class FixtureTest : public ::testing::Test {
protected:
    [[nodiscard]] std::string text(std::string_view name) const { return fixture_.reference(name).value_or(""); }

    Pki pki_;
    Fixture fixture_{pki_};
};

TEST_F(FixtureTest, EveryIrdNumberIsValidAndItsOwn) {
    std::set<std::string> numbers;
    for (const char* role : {"customer", "client", "other-customer", "unknown-customer"}) {
        const std::string ird = text(std::string(role) + ".ird");
        EXPECT_EQ(validate_ird_number(ird), IrdNumber::valid) << role;
        EXPECT_TRUE(numbers.insert(ird).second) << role;
    }
    EXPECT_EQ(fixture_.customer(text("unknown-customer.ird")), nullptr);
    ASSERT_NE(fixture_.customer(text("customer.ird")), nullptr);
    EXPECT_EQ(fixture_.customer(text("customer.ird"))->contact, text("customer.contact"));
}

TEST_F(FixtureTest, DelegationsReachAsFarAsTheySayAndNoFurther) {
    const std::string user = fixture_.user_of_role("user").name;
    const std::string second = fixture_.user_of_role("second-user").name;
    const std::string idle = fixture_.user_of_role("idle-user").name;
    const std::string own = text("customer.ird");
    const std::string client = text("client.ird");
    const std::string other = text("other-customer.ird");
    EXPECT_EQ(fixture_.access(user, own), Access::write);
    EXPECT_EQ(fixture_.access(user, own, "GST"), Access::write);
    EXPECT_EQ(fixture_.access(user, client), Access::none);  // one account is not the customer
    EXPECT_EQ(fixture_.access(user, client, "INC"), Access::read);
    EXPECT_EQ(fixture_.access(user, client, "GST"), Access::none);
    EXPECT_EQ(fixture_.access(user, other), Access::none);
    EXPECT_EQ(fixture_.access(user, other, "INC"), Access::none);
    EXPECT_EQ(fixture_.access(second, other, "INC"), Access::write);
    EXPECT_EQ(fixture_.access(idle, own), Access::none);
    const std::string agent = fixture_.user_of_role("agent").name;
    EXPECT_EQ(fixture_.access(agent, client, "GST"), Access::write) << "linked with this account";
    EXPECT_EQ(fixture_.access(agent, client, "INC"), Access::none);
    EXPECT_EQ(fixture_.access(agent, other, "GST"), Access::none);
    const std::string unregistered = text("unregistered-customer.ird");
    EXPECT_EQ(fixture_.access(fixture_.user_of_role("unregistered-user").name, unregistered), Access::write);
    EXPECT_EQ(fixture_.account(unregistered, "GST"), nullptr);
    EXPECT_NE(fixture_.account(unregistered, "INC"), nullptr);
    EXPECT_EQ(fixture_.access("", own), Access::none);
    EXPECT_EQ(fixture_.access(user, ""), Access::none);
}

TEST_F(FixtureTest, AMachineIsKnownByItsThumbprintInItsOwnEnvironment) {
    const std::string pem = text("m2m.crt.pem");
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                        BIO_free);
    const CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
    ASSERT_NE(certificate, nullptr);
    const std::string name = thumbprint(certificate.get());
    EXPECT_EQ(name.size(), 64U);
    EXPECT_EQ(name.find_first_not_of("0123456789ABCDEF"), std::string::npos);
    ASSERT_NE(fixture_.machine(name), nullptr);
    EXPECT_EQ(fixture_.machine(name)->dsp, pki_.enrolled_names().front());
    EXPECT_THAT(fixture_.machine(name)->start_logons, Contains(text("user.name")));
    EXPECT_EQ(fixture_.other_environment_machine(name), nullptr);
    EXPECT_EQ(fixture_.machine(std::string(64, '0')), nullptr);
    EXPECT_EQ(fixture_.machine(""), nullptr);
    // Its validity begins within the eight hours that a JWT may last, so that a JWT from before it is not expired yet.
    EXPECT_GT(X509_cmp_current_time(X509_get0_notAfter(certificate.get())), 0);
    EXPECT_LT(X509_cmp_current_time(X509_get0_notBefore(certificate.get())), 0);
}

TEST_F(FixtureTest, NamesWhatItsReferencesHoldAndIsNeverTheSameTwice) {
    const Fixture other(pki_);
    for (const std::string& name : fixture_.reference_names()) {
        ASSERT_TRUE(fixture_.reference(name)) << name;
        EXPECT_NE(text(name), other.reference(name)) << name;
    }
    EXPECT_EQ(fixture_.reference("nobody.name"), std::nullopt);
    EXPECT_THAT(text("m2m.key.pem"), HasSubstr("PRIVATE KEY"));
    EXPECT_THROW(static_cast<void>(fixture_.user_of_role("nobody")), std::out_of_range);
}

}  // namespace
}  // namespace gateproof::gateway
