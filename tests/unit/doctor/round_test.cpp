// What one start of client software comes to, line by line, by what the stage saw.
#include "doctor/round.hpp"

#include <gmock/gmock.h>

#include <utility>

#include "doctor/stacks.hpp"
#include "tests/unit/probe/mint.hpp"

namespace gateproof::doctor {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = Claim::Kind;
using stage::Visit;
using test::mint;
using testing::HasSubstr;
using testing::Not;

Profile client_profile(std::vector<std::string> words = {"./ledgerlink", "{url}"}) {
    Profile profile;
    profile.channel = Channel::cloud;
    profile.client.emplace();
    profile.client->acts[ClientAct::read] = {std::move(words), true};
    return profile;
}

Visit came() {
    Visit visit;
    visit.began = Clock::now();
    visit.hello.emplace();
    visit.hello->hello = ClientHello::offering(TlsVersion::tls_1_3, "localhost", TlsVersion::tls_1_2);
    visit.hello_at = Clock::now();
    visit.certificate_shown = true;
    visit.certificate_requested = true;
    return visit;
}

Visit ended(Visit visit, Ending end) {
    visit.end = end;
    visit.ended = Clock::now();
    return visit;
}

Visit alerted(std::uint8_t description) {
    Visit visit = ended(came(), Ending::alert);
    visit.alert = Alert{2, description};
    visit.alert_at = Clock::now();
    return visit;
}

Visit served(int status = 200) {
    Visit visit = came();
    visit.finished_at = visit.accepted_at = Clock::now();
    visit.certificates.push_back(mint({.common_name = "ledgerlink"}).certificate);
    stage::RequestSeen& request = visit.requests.emplace_back();
    request.method = "GET";
    request.target = "/gateway/status?token=x";
    request.status = status;
    request.whole = request.answered = Clock::now();
    return ended(std::move(visit), Ending::closed);
}

Round round_of(std::vector<Visit> visits, Kind kind = Kind::failure, std::string said = {}) {
    Round round;
    round.attempt.url = "https://localhost:40123";
    round.attempt.visits = std::move(visits);
    round.attempt.claim.kind = kind;
    round.attempt.claim.sentence = "it ended with exit code 3 after 0.1 s";
    round.said = std::move(said);
    return round;
}

/// The line about that; one without a name where there is none.
Line line(const Lines& lines, std::string_view about) {
    for (const Line& one : lines) {
        if (one.about == about) {
            return one;
        }
    }
    return {};
}

TEST(DoctorRound, EverythingIsWell) {
    for (const Line& one : judge_round(client_profile(), round_of({served()}, Kind::success), {})) {
        EXPECT_EQ(one.mark, Mark::ok) << one.about << ": " << one.text;
    }
}

TEST(DoctorRound, WhatRestsOnAFailureIsSkippedAndSaysWhy) {
    const Lines lines = judge_round(client_profile(), round_of({}), {});
    EXPECT_EQ(line(lines, "arrival").mark, Mark::fail);
    for (const char* about : {"trust", "client-certificate", "request", "exit-code"}) {
        EXPECT_EQ(line(lines, about).mark, Mark::skipped) << about;
        EXPECT_THAT(line(lines, about).text, HasSubstr("it did not come"));
    }
}

TEST(DoctorRound, ADesktopClientShowsNoCertificate) {
    Profile profile = client_profile();
    profile.channel = Channel::desktop;
    const Lines lines = judge_round(profile, round_of({served()}, Kind::success), {});
    EXPECT_EQ(line(lines, "client-certificate").about, "");
    EXPECT_EQ(line(lines, "exit-code").mark, Mark::ok);
}

TEST(DoctorRound, WhyNothingCameDecidesWhatToDo) {
    const auto remedy = [](const Profile& profile, const Round& round) {
        return line(judge_round(profile, round, {}), "arrival").remedy;
    };
    EXPECT_THAT(remedy(client_profile({"./ledgerlink"}), round_of({})), HasSubstr("none of its words names {url}"));
    EXPECT_THAT(remedy(client_profile(), round_of({}, Kind::failure, "Failed to connect to localhost port 443 after")),
                HasSubstr("it speaks of port 443"));
    EXPECT_THAT(remedy(client_profile(), round_of({}, Kind::ended_by_us)), HasSubstr("client.patience.start_ms"));
    EXPECT_THAT(remedy(client_profile(), round_of({}, Kind::success)), HasSubstr("called nobody at that port"));
    EXPECT_THAT(remedy(client_profile(), round_of({}, Kind::crashed)), HasSubstr("crashed"));
    Profile by_variable = client_profile({"./ledgerlink"});
    by_variable.client->variables["BASE"] = "{url}";
    EXPECT_THAT(remedy(by_variable, round_of({})), Not(HasSubstr("none of its words")));
}

TEST(DoctorRound, WhoDoesNotAskItsProxyIsToldOfIt) {
    Profile profile = client_profile({"./ledgerlink"});
    profile.client->reach = ClientReach::proxy;
    const Round nobody = round_of({});
    EXPECT_THAT(line(judge_round(profile, nobody, {}), "arrival").remedy, HasSubstr("put {proxy} where it takes"));
    Round elsewhere = nobody;
    Visit stray;
    stray.stray = true;
    stray.tunnel = "other.example:4046";
    elsewhere.attempt.strays = {stray};
    const Line arrival = line(judge_round(profile, elsewhere, {}), "arrival");
    EXPECT_THAT(arrival.text, HasSubstr("asked the proxy for other.example:4046"));
    EXPECT_THAT(arrival.remedy, HasSubstr("another host than client.reach.host"));
}

TEST(DoctorRound, InClearIsNoHandshake) {
    Visit clear;
    clear.in_clear = true;
    const Lines lines = judge_round(client_profile(), round_of({clear}), {});
    EXPECT_THAT(line(lines, "arrival").text, HasSubstr("in clear"));
    EXPECT_THAT(line(lines, "arrival").remedy, HasSubstr("https://"));
}

TEST(DoctorRound, AnAlertOrAWordlessEndIsDistrust) {
    const std::map<std::string, std::string> set{{"NODE_EXTRA_CA_CERTS", "ca.pem"}};
    const Profile node = client_profile({"node", "client.js", "{url}"});
    const Line refused = line(judge_round(node, round_of({alerted(48)}), set), "trust");
    EXPECT_EQ(refused.mark, Mark::fail);
    EXPECT_THAT(refused.text, HasSubstr("unknown_ca (48)"));
    EXPECT_THAT(refused.remedy, HasSubstr("NODE_EXTRA_CA_CERTS is set for it"));
    Visit finished = came();
    finished.finished_at = Clock::now();
    EXPECT_EQ(line(judge_round(node, round_of({ended(finished, Ending::closed)}), set), "trust").mark, Mark::fail);
    EXPECT_THAT(line(judge_round(node, round_of({alerted(45)}), set), "trust").remedy, HasSubstr("clock"));
    EXPECT_EQ(line(judge_round(node, round_of({alerted(48), served()}, Kind::success), set), "trust").mark, Mark::ok)
        << "its second connection is served";
}

TEST(DoctorRound, WhoSpeaksAnotherProtocolIsNotTakenForDistrustful) {
    Visit other = came();
    other.hello->hello.extensions.push_back({static_cast<std::uint16_t>(ExtensionType::alpn), {0, 3, 2, 'h', '2'}});
    other.finished_at = Clock::now();
    const Lines lines = judge_round(client_profile(), round_of({ended(other, Ending::closed)}), {});
    EXPECT_EQ(line(lines, "trust").mark, Mark::skipped);
    EXPECT_EQ(line(lines, "request").mark, Mark::fail);
    EXPECT_THAT(line(lines, "request").text, HasSubstr("it speaks h2 alone"));
}

TEST(DoctorRound, WhoShowsNoCertificateTrustsAllTheSame) {
    Visit shy = came();
    shy.our_alert = Alert{2, 116};
    shy.by_stage = true;
    const Lines lines = judge_round(client_profile(), round_of({ended(shy, Ending::closed)}), {});
    EXPECT_EQ(line(lines, "trust").mark, Mark::ok);
    EXPECT_EQ(line(lines, "client-certificate").mark, Mark::fail);
    EXPECT_THAT(line(lines, "client-certificate").remedy, HasSubstr("{certificate}"));
}

TEST(DoctorRound, StatusesOfTheStageAreToldApart) {
    const auto request = [](int status) {
        return line(judge_round(client_profile(), round_of({served(status)}), {}), "request");
    };
    EXPECT_EQ(request(404).mark, Mark::fail);
    EXPECT_THAT(request(404).text, HasSubstr("GET /gateway/status and was answered 404"));
    EXPECT_THAT(request(404).text, Not(HasSubstr("token=")));
    EXPECT_THAT(request(401).remedy, HasSubstr("Bearer {token}"));
    EXPECT_EQ(request(200).mark, Mark::ok);
}

TEST(DoctorRound, TheExitCodeHasToSayWhatTheWireSaw) {
    const auto exit_code = [](Kind kind) {
        return line(judge_round(client_profile(), round_of({served()}, kind), {}), "exit-code").mark;
    };
    EXPECT_EQ(exit_code(Kind::success), Mark::ok);
    for (const Kind kind : {Kind::failure, Kind::unsupported, Kind::ended_by_us, Kind::crashed}) {
        EXPECT_EQ(exit_code(kind), Mark::fail) << to_string(kind);
    }
    EXPECT_EQ(judge_answer_500(round_of({served(500)}, Kind::failure)).mark, Mark::ok);
    for (const Kind kind : {Kind::success, Kind::unsupported, Kind::ended_by_us, Kind::crashed}) {
        EXPECT_EQ(judge_answer_500(round_of({served(500)}, kind)).mark, Mark::warn) << to_string(kind);
    }
    EXPECT_EQ(judge_answer_500(round_of({}, Kind::success)).mark, Mark::skipped);
}

TEST(DoctorRound, WhatItWroteIsQuotedByItsFirstAndLastLine) {
    const Line node = line(
        judge_round(
            client_profile(),
            round_of(
                {}, Kind::failure,
                "Picked up JAVA_TOOL_OPTIONS: -Dx\nError: no route\n    at TLSSocket.connect (tls.js:1)\nNode.js v20\n"),
            {}),
        "arrival");
    EXPECT_THAT(node.text, HasSubstr("and wrote: Error: no route / Node.js v20"));
}

TEST(DoctorRound, PortsInATextAreThoseOfAHostOfThisMachine) {
    EXPECT_EQ(other_port_in("connect ECONNREFUSED 127.0.0.1:443", "localhost", 40123), 443);
    EXPECT_EQ(other_port_in("Failed to connect to localhost port 443 after 0 ms", "localhost", 40123), 443);
    EXPECT_EQ(other_port_in("[::1]:4046 refused", "localhost", 40123), 4046);
    EXPECT_EQ(other_port_in("gateway.gateproof.test:4046", "gateway.gateproof.test", 40123), 4046);
    EXPECT_EQ(other_port_in("https://localhost:40123/ failed", "localhost", 40123), 0);
    EXPECT_EQ(other_port_in("localhost:99999 localhost: localhost:0 at 12:30:01", "localhost", 40123), 0);
    EXPECT_EQ(other_port_in("", "localhost", 40123), 0);
}

TEST(DoctorStacks, EachHasItsVariable) {
    EXPECT_EQ(trust_variable_of({"/usr/bin/node", "x.js"}), "NODE_EXTRA_CA_CERTS");
    EXPECT_EQ(trust_variable_of({"env", "A=b", "python3", "x.py"}), "SSL_CERT_FILE");
    EXPECT_EQ(trust_variable_of({"java", "-jar", "x.jar"}), "JAVA_TOOL_OPTIONS");
    EXPECT_EQ(trust_variable_of({"./ledgerlink"}), "");
    EXPECT_THAT(how_to_trust({"node"}, {}, {{"NODE_EXTRA_CA_CERTS", "mine.pem"}}),
                HasSubstr("client.variables sets NODE_EXTRA_CA_CERTS itself"));
    EXPECT_THAT(how_to_trust({"php", "x.php"}, {}, {}), HasSubstr("openssl.cafile={ca}"));
}

}  // namespace
}  // namespace gateproof::doctor
