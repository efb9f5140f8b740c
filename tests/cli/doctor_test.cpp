// gateproof doctor of endpoints: what stops a run is said within seconds, with what to do.
#include <gmock/gmock.h>

#include "tests/cli/doctor.hpp"
#include "tests/cli/served.hpp"
#include "tests/support/listener.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;
using testing::Not;

/// Header and claims of a JWT, and a signature that nobody looks at.
constexpr const char* expired_token =
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjYW5hcnkiLCJleHAiOjE2MDAwMDAwMDB9.Y2FuYXJ5LXNpZ25hdHVyZQ";

class DoctorOfGateways : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    /// The profile of the cloud channel of a gateway that is served, to be changed.
    nlohmann::json serve(const std::vector<std::string>& faults = {}) {
        gateway_ = std::make_unique<ServedGateway>(path("gw"), faults);
        EXPECT_TRUE(gateway_->serving()) << gateway_->output();
        return nlohmann::json::parse(read_file(gateway_->cloud()));
    }
    /// What rests on more than a plain endpoint is left out.
    static nlohmann::json plain(nlohmann::json profile) {
        for (const char* key :
             {"issuer", "rotation", "m2m", "permissions", "throttle", "timeouts", "oauth", "desktop"}) {
            profile.erase(key);
        }
        return profile;
    }
    [[nodiscard]] std::string write(const nlohmann::json& profile) const {
        return folder_.write("gw/changed.json", profile.dump(2));
    }

    TemporaryFolder folder_;
    std::unique_ptr<ServedGateway> gateway_;
};

TEST_F(DoctorOfGateways, SoundOnesAreWellWithinSeconds) {
    const Doctor doctor({"embedded-cloud", "embedded-desktop", "embedded-mock"});
    EXPECT_EQ(doctor.status(), 0) << doctor.output();
    EXPECT_THAT(doctor.marked("FAIL"), IsEmpty());
    EXPECT_THAT(doctor.marked("warn"), IsEmpty());
    EXPECT_THAT(doctor.marked("skipped"), IsEmpty());
    for (const char* about : {"profile", "certificate", "signer", "token", "login", "dns", "tcp", "tls",
                              "server-certificate", "certificate-request", "control", "clock", "oauth-tls"}) {
        EXPECT_EQ(doctor.mark(about), "ok") << about;
    }
    EXPECT_THAT(doctor.text("tls"), AllOf(HasSubstr("TLS 1.3"), HasSubstr("of 2 named authorities")));
    EXPECT_THAT(doctor.took(), Lt(promised_time));
}

TEST_F(DoctorOfGateways, ForPeopleThereIsALineEachAndARemedyBelow) {
    const Finished finished = gateproof({"doctor", "embedded-cloud", "--fault", "enrolled-expired"});
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(finished.out, AllOf(HasSubstr("  ok      dns: localhost leads to 127.0.0.1"),
                                    HasSubstr("  FAIL    certificate: the enrolled certificate is not fit: it expired"),
                                    HasSubstr("\n          -> renew the certificate"), HasSubstr("things stop a run")));
    EXPECT_THAT(finished.err, IsEmpty());
}

TEST_F(DoctorOfGateways, WhereNothingListensThePortIsNamed) {
    nlohmann::json profile = plain(serve());
    const ReservedPort nobody;
    profile["endpoint"] = {{"url", "https://127.0.0.1:" + std::to_string(nobody.number())}};
    const Doctor doctor({write(profile)});
    EXPECT_EQ(doctor.status(), 1) << doctor.output();
    EXPECT_EQ(doctor.marked("FAIL").size(), 1U) << doctor.output();
    EXPECT_THAT(doctor.text("tcp"), HasSubstr("nothing listens there"));
    EXPECT_THAT(doctor.remedy("tcp"), HasSubstr(std::to_string(nobody.number())));
    EXPECT_EQ(doctor.mark("control"), "skipped");
    EXPECT_EQ(doctor.mark("clock"), "skipped");
    EXPECT_EQ(doctor.mark("certificate"), "ok") << "files are looked at all the same";
    EXPECT_THAT(doctor.took(), Lt(promised_time));
}

TEST_F(DoctorOfGateways, WhoSaysNothingIsNotWaitedForLong) {
    const Listener silent;
    const Doctor doctor({write_profile(folder_, silent.port(), 10'000)});
    EXPECT_EQ(doctor.status(), 1) << doctor.output();
    EXPECT_EQ(doctor.mark("tcp"), "ok");
    EXPECT_THAT(doctor.text("tls"), HasSubstr("no handshake: no answer within"));
    EXPECT_THAT(doctor.took(), Lt(promised_time));
}

TEST_F(DoctorOfGateways, ANameThatLeadsNowhereIsSaidFirst) {
    nlohmann::json profile = plain(serve());
    profile["endpoint"] = {{"url", "https://nowhere.invalid:4046"}};
    const Doctor doctor({write(profile)});
    EXPECT_EQ(doctor.status(), 1) << doctor.output();
    EXPECT_THAT(doctor.text("dns"), HasSubstr("nowhere.invalid leads nowhere"));
    EXPECT_THAT(doctor.remedy("dns"), HasSubstr("getent hosts nowhere.invalid"));
    EXPECT_EQ(doctor.mark("tcp"), "");
    EXPECT_EQ(doctor.mark("control"), "skipped");
}

TEST_F(DoctorOfGateways, AnAuthorityThatNobodyKnowsGetsNoSecret) {
    nlohmann::json profile = plain(serve());
    ASSERT_EQ(gateproof({"client", "init", path("other/client.json"), "--", "true", "{url}"}).status, 0);
    profile["trust"] = {{"ca", "file:" + path("other/gateproof-pki/ca.pem")}};
    const std::string control = profile["control"].get<std::string>();
    profile["operations"][control]["headers"]["Authorization"] = "env:DOCTOR_CANARY";
    ProcessOptions options = plain_environment();
    options.environment["DOCTOR_CANARY"] = "Bearer canary-that-nobody-may-see";
    const Doctor doctor({write(profile)}, options);
    EXPECT_EQ(doctor.status(), 1) << doctor.output();
    EXPECT_EQ(doctor.mark("server-certificate"), "FAIL");
    EXPECT_THAT(doctor.text("server-certificate"), HasSubstr("does not verify"));
    EXPECT_THAT(doctor.remedy("server-certificate"), HasSubstr("openssl s_client -connect"));
    EXPECT_THAT(doctor.text("control"), HasSubstr("was not sent to it"));
    EXPECT_THAT(doctor.output(), Not(HasSubstr("canary-that")));
}

TEST_F(DoctorOfGateways, AMissingClientCertificateIsNamed) {
    nlohmann::json profile = plain(serve());
    profile["identities"] = nlohmann::json::object();
    const Doctor doctor({write(profile)});
    EXPECT_EQ(doctor.status(), 1) << doctor.output();
    EXPECT_EQ(doctor.mark("certificate"), "warn");
    EXPECT_EQ(doctor.mark("control"), "FAIL");
    EXPECT_THAT(doctor.remedy("control"), HasSubstr("identities.enrolled"));
}

TEST_F(DoctorOfGateways, AKeyOfAnotherCertificateLeavesTheWireToLookAt) {
    nlohmann::json profile = plain(serve());
    profile["identities"]["enrolled"]["key"] = profile["identities"]["second"]["key"];
    const Doctor doctor({write(profile)});
    EXPECT_EQ(doctor.status(), 2) << doctor.output();
    EXPECT_EQ(doctor.mark("profile"), "FAIL");
    EXPECT_THAT(doctor.text("profile"), HasSubstr("/identities/enrolled"));
    EXPECT_EQ(doctor.mark("dns"), "ok");
    EXPECT_EQ(doctor.mark("tcp"), "ok");
    EXPECT_EQ(doctor.mark("control"), "skipped");
}

TEST_F(DoctorOfGateways, AKeyThatOthersReadAndOneThatIsNotThereAreSaid) {
    nlohmann::json profile = plain(serve());
    std::string key = profile["identities"]["enrolled"]["key"];
    key.erase(0, std::string("file:").size());
    std::filesystem::permissions(path("gw/" + key), std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    const Doctor open({write(profile)});
    EXPECT_EQ(open.status(), 0) << open.output();
    EXPECT_EQ(open.mark("profile"), "warn");
    EXPECT_THAT(open.text("profile"), HasSubstr(key));
    std::filesystem::remove(path("gw/" + key));
    const Doctor gone({write(profile)});
    EXPECT_EQ(gone.status(), 2) << gone.output();
    EXPECT_THAT(gone.marked("FAIL"), Contains(AllOf(HasSubstr("profile: "), HasSubstr(key))));
}

TEST_F(DoctorOfGateways, AClockThatIsOffIsWhoeverHasIt) {
    nlohmann::json profile = serve({"wrong-date"});
    const Doctor warned({gateway_->cloud()});
    EXPECT_EQ(warned.status(), 0) << warned.output();
    EXPECT_EQ(warned.mark("clock"), "warn");
    EXPECT_THAT(warned.text("clock"), HasSubstr("10 minutes behind"));
    const Doctor apart({write(plain(profile))});
    EXPECT_EQ(apart.status(), 1) << apart.output();
    EXPECT_EQ(apart.mark("clock"), "FAIL");
    EXPECT_THAT(apart.remedy("clock"), HasSubstr("timedatectl"));
    EXPECT_THAT(apart.took(), Lt(promised_time));
}

TEST_F(DoctorOfGateways, AnExpiredTokenIsNamedAndNotShown) {
    nlohmann::json profile = serve();
    folder_.write("gw/user.token", expired_token);
    profile["oauth"]["tokens"]["user"] = "file:user.token";
    const Doctor doctor({write(profile)});
    EXPECT_EQ(doctor.status(), 1) << doctor.output();
    EXPECT_THAT(doctor.marked("FAIL"),
                ElementsAre(HasSubstr("token: the access token of \"user\" expired on 2020-09-13")));
    EXPECT_THAT(doctor.output(), HasSubstr("oauth.tokens.user"));
    for (const char* part : {"eyJzdWIi", "Y2FuYXJ5", "canary"}) {
        EXPECT_THAT(doctor.output(), Not(HasSubstr(part)));
    }
}

TEST_F(DoctorOfGateways, FaultsOfTheGatewayAreToldApart) {
    struct Case {
        const char* fault;
        const char* about;
        const char* mark;
        const char* text;
    };
    for (const Case& one :
         {Case{"enrolled-expired", "certificate", "FAIL", "it expired on"},
          Case{"enrolled-refused", "control", "FAIL", "HTTP 403"},
          Case{"wrong-host-name", "server-certificate", "FAIL", "does not name localhost"},
          Case{"expired-server-certificate", "server-certificate", "FAIL", "the certificate expired on"},
          Case{"incomplete-chain", "server-certificate", "FAIL", "it was sent alone"},
          Case{"cloud-does-not-request", "certificate-request", "FAIL", "asks for no client certificate"},
          Case{"asks-for-other-authorities", "certificate-request", "warn", "Java, .NET and browsers"}}) {
        SCOPED_TRACE(one.fault);
        const Doctor doctor({"embedded-cloud", "--fault", one.fault});
        EXPECT_EQ(doctor.status(), std::string(one.mark) == "FAIL" ? 1 : 0) << doctor.output();
        EXPECT_EQ(doctor.mark(one.about), one.mark) << doctor.output();
        EXPECT_THAT(doctor.text(one.about), HasSubstr(one.text));
        EXPECT_NE(doctor.remedy(one.about), "");
    }
}

TEST(DoctorsCommandLine, IsUnusableWithoutAProfile) {
    EXPECT_EQ(gateproof({"doctor"}).status, 2);
    const Finished finished = gateproof({"doctor", "no-such-profile"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.err, HasSubstr("no-such-profile"));
}

}  // namespace
}  // namespace gateproof::test
