// What was seen of an endpoint, as lines: each way in which it fails has its own, with what to do.
#include "doctor/gateway.hpp"

#include <gmock/gmock.h>

#include "doctor/control.hpp"
#include "tests/unit/probe/mint.hpp"

namespace gateproof::doctor {
namespace {

using test::mint;
using testing::HasSubstr;

Profile cloud_profile() {
    Profile profile;
    profile.endpoint.host = "gateway.example";
    profile.endpoint.port = 4046;
    profile.control = "status";
    profile.operations["status"].name = "status";
    profile.operations["status"].path = "/status";
    return profile;
}

AddressSeen refused_at(const std::string& address, Ending end) {
    AddressSeen seen;
    seen.address = address;
    seen.step.end = end;
    return seen;
}

AddressSeen served_at(const std::string& address) {
    AddressSeen seen = refused_at(address, Ending::ok);
    seen.version = TlsVersion::tls_1_3;
    seen.cipher_suite = "TLS_AES_256_GCM_SHA384";
    seen.chain = {mint({.subject_alt_name = "DNS:gateway.example"}).certificate};
    seen.asked = true;
    return seen;
}

GatewaySeen seen_at(std::vector<AddressSeen> at) {
    GatewaySeen seen;
    seen.endpoint.emplace();
    seen.endpoint->endpoint = cloud_profile().endpoint;
    for (const AddressSeen& one : at) {
        seen.endpoint->addresses.all.push_back(one.address);
    }
    seen.endpoint->at = std::move(at);
    return seen;
}

Lines judged(const GatewaySeen& seen) {
    return judge_gateway(cloud_profile(), seen, std::chrono::system_clock::now());
}

std::vector<Line> about(const Lines& lines, std::string_view what) {
    std::vector<Line> found;
    for (const Line& line : lines) {
        if (line.about == what) {
            found.push_back(line);
        }
    }
    return found;
}

TEST(DoctorGateway, NobodyReachedMeansThatTheRestIsSkipped) {
    const Lines lines = judged(seen_at({refused_at("192.0.2.1", Ending::connect_timeout)}));
    EXPECT_EQ(about(lines, "tcp").at(0).mark, Mark::fail);
    EXPECT_THAT(about(lines, "tcp").at(0).remedy, HasSubstr("firewall"));
    EXPECT_EQ(about(lines, "control").at(0).mark, Mark::skipped);
    EXPECT_EQ(about(lines, "clock").at(0).mark, Mark::skipped);
}

TEST(DoctorGateway, OneDeadAddressBesideALiveOneIsAWarning) {
    const Lines lines = judged(seen_at({refused_at("192.0.2.1", Ending::refused), served_at("2001:db8::1")}));
    ASSERT_EQ(about(lines, "tcp").size(), 2U);
    EXPECT_EQ(about(lines, "tcp")[0].mark, Mark::warn);
    EXPECT_THAT(about(lines, "tcp")[0].remedy, HasSubstr("--addresses first"));
    EXPECT_THAT(about(lines, "tcp")[1].text, HasSubstr("[2001:db8::1]:4046"));
    EXPECT_EQ(about(lines, "tls").size(), 1U);
}

TEST(DoctorGateway, AProxyHasALineInPlaceOfNameAndPort) {
    auto proxy = std::make_shared<VantagePoint>();
    proxy->kind = VantagePoint::Kind::http_connect;
    proxy->address = "proxy.example";
    proxy->port = 3128;
    for (const bool opens : {true, false}) {
        AddressSeen at = opens ? served_at("gateway.example") : refused_at("gateway.example", Ending::proxy_failed);
        at.step.detail =
            opens ? "" : "HTTP proxy proxy.example:3128 answered CONNECT gateway.example:4046 with 407: why";
        GatewaySeen seen = seen_at({at});
        seen.endpoint->endpoint.proxy = proxy;
        const Lines lines = judged(seen);
        const Line line = about(lines, "proxy").at(0);
        EXPECT_EQ(line.mark, opens ? Mark::ok : Mark::fail);
        EXPECT_THAT(line.text, HasSubstr(opens ? "opens tunnels to gateway.example:4046" : "with 407"));
        EXPECT_TRUE(about(lines, "dns").empty());
        EXPECT_TRUE(about(lines, "tcp").empty());
        EXPECT_EQ(about(lines, "tls").size(), opens ? 1U : 0U);
        EXPECT_TRUE(opens || about(lines, "control").at(0).mark == Mark::skipped);
    }
}

TEST(DoctorGateway, WhatIsNoTlsIsSaidOfThePort) {
    const Lines lines = judged(seen_at({refused_at("192.0.2.1", Ending::not_tls)}));
    EXPECT_EQ(about(lines, "tcp").at(0).mark, Mark::ok);
    EXPECT_EQ(about(lines, "tls").at(0).mark, Mark::fail);
    EXPECT_THAT(about(lines, "tls").at(0).remedy, HasSubstr("port 4046 speaks no TLS"));
}

TEST(DoctorGateway, AStrangersCertificateSaysHowToTrustAPrivateOne) {
    const Line line = about(judged(seen_at({served_at("192.0.2.1")})), "server-certificate").at(0);
    EXPECT_EQ(line.mark, Mark::fail);
    EXPECT_THAT(line.remedy, HasSubstr("\"trust\": {\"ca\": \"file:ca.pem\"}"));
}

TEST(DoctorGateway, AnAuthorityHasLinesOfItsOwn) {
    GatewaySeen seen = seen_at({served_at("192.0.2.1")});
    seen.authority.emplace();
    seen.authority->endpoint.host = "login.example";
    seen.authority->addresses.end = Ending::resolve_failed;
    const Line line = about(judged(seen), "oauth-dns").at(0);
    EXPECT_EQ(line.mark, Mark::fail);
    EXPECT_THAT(line.text, HasSubstr("login.example leads nowhere"));
}

TEST(DoctorControl, EachAnswerHasWhatToDo) {
    const auto answered = [](int status) {
        HttpOutcome outcome;
        outcome.response.emplace();
        outcome.response->status = status;
        return judge_control(cloud_profile(), outcome);
    };
    EXPECT_EQ(answered(200).mark, Mark::ok);
    for (const auto& [status, words] : {std::pair{401, "Authorization"}, std::pair{403, "enrolled for that service"},
                                        std::pair{404, "operations.status.path"}, std::pair{502, "gateway itself"},
                                        std::pair{302, "operations.status.expect.status"}}) {
        EXPECT_EQ(answered(status).mark, Mark::fail) << status;
        EXPECT_THAT(answered(status).remedy, HasSubstr(words)) << status;
    }
    HttpOutcome slow;
    slow.end = Ending::timeout;
    EXPECT_EQ(judge_control(cloud_profile(), slow).mark, Mark::warn) << "a run waits for longer";
    HttpOutcome refused;
    refused.end = Ending::alert;
    refused.alert = Alert{2, 116};
    EXPECT_THAT(judge_control(cloud_profile(), refused).remedy, HasSubstr("identities.enrolled"));
}

TEST(DoctorControl, TextOfThePeerIsNotShown) {
    HttpOutcome outcome;
    outcome.response.emplace();
    outcome.response->status = 403;
    outcome.response->body = "canary";
    outcome.response->headers = {{"x-canary", "canary"}};
    const Line line = judge_control(cloud_profile(), outcome);
    EXPECT_THAT(line.text + line.remedy, testing::Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace gateproof::doctor
