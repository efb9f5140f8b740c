#include "harness/probe/http/http1.hpp"
#include "suites/gateway/port/suite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "suites/gateway/port/rest.hpp"
#include "tests/unit/suites/shared/answers.hpp"
#include "tests/unit/suites/shared/tried.hpp"

namespace gateproof::suites {
namespace {

Endpoint gateway(std::uint16_t port = 4046, std::uint16_t declared = 0) {
    Endpoint endpoint;
    endpoint.host = "gw.example";
    endpoint.port = port;
    endpoint.declared_port = declared;
    return endpoint;
}

HttpOutcome redirected(int status, std::string location) {
    HttpOutcome outcome = answered(status);
    outcome.response->headers.emplace_back("location", std::move(location));
    return outcome;
}

TcpExchange exchanged(std::string bytes, Ending end = Ending::closed, bool connected = true) {
    TcpExchange exchange;
    exchange.connected = connected;
    exchange.end = end;
    exchange.bytes = std::move(bytes);
    return exchange;
}

TEST(PortJudgement, Declared) {
    const auto judged = [](Endpoint endpoint, Environment environment, Channel channel) {
        return judge_declared(endpoint, environment, channel).outcome();
    };
    EXPECT_EQ(judged(gateway(4046), Environment::test, Channel::cloud), Outcome::pass);
    EXPECT_EQ(judged(gateway(443), Environment::test, Channel::cloud), Outcome::fail);
    EXPECT_EQ(judged(gateway(443, 443), Environment::production, Channel::desktop), Outcome::pass);
    EXPECT_EQ(judged(gateway(4046, 4047), Environment::test, Channel::cloud), Outcome::fail);
    EXPECT_EQ(judged(gateway(39999), Environment::embedded, Channel::cloud), Outcome::pass);
    EXPECT_EQ(judged(gateway(39999, 4046), Environment::sandbox, Channel::cloud), Outcome::fail);
}

TEST(PortJudgement, ALabOnAnotherPortIsToldWhichEnvironmentItIs) {
    const Verdict verdict = judge_declared(gateway(14046), Environment::test, Channel::cloud);
    EXPECT_NE(verdict.remedy().find("\"environment\": \"sandbox\""), std::string::npos) << verdict.remedy();
    EXPECT_EQ(judge_declared(gateway(14046), Environment::sandbox, Channel::cloud).outcome(), Outcome::pass)
        << "the remedy works";
}

TEST(PortJudgement, ADeadPortIsInconclusiveNeverFail) {
    EXPECT_EQ(judge_open(exchanged(""), "gw:1").outcome(), Outcome::pass);
    for (const Ending end : {Ending::refused, Ending::timeout, Ending::unreachable, Ending::resolve_failed}) {
        EXPECT_EQ(judge_open(exchanged("", end, false), "gw:1").outcome(), Outcome::inconclusive);
    }
}

TEST(PortJudgement, SpeaksTls) {
    ServerAnswer answer;
    answer.end = Ending::timeout;
    EXPECT_EQ(judge_speaks_tls(answer, nullptr).outcome(), Outcome::inconclusive);
    answer.end = Ending::connect_failed;
    EXPECT_EQ(judge_speaks_tls(answer, nullptr).outcome(), Outcome::inconclusive);
    answer.end = Ending::closed;
    EXPECT_EQ(judge_speaks_tls(answer, nullptr).outcome(), Outcome::inconclusive);
    const TcpExchange plain = exchanged("HTTP/1.1 404 Not Found\r\n\r\n");
    EXPECT_EQ(judge_speaks_tls(answer, &plain).outcome(), Outcome::fail);
    answer.end = Ending::not_tls;
    answer.first_bytes = "HTTP/1.1 400 Bad Request\r\n";
    EXPECT_EQ(judge_speaks_tls(answer, nullptr).outcome(), Outcome::fail);
    answer.first_bytes = "SSH-2.0-OpenSSH\x1b[31m";
    const Verdict ssh = judge_speaks_tls(answer, nullptr);
    EXPECT_EQ(ssh.outcome(), Outcome::fail);
    EXPECT_EQ(ssh.sentence().find('\x1b'), std::string::npos);
    answer.first_bytes = std::string("\x00\x00\x12\x04\x00", 5);
    EXPECT_NE(judge_speaks_tls(answer, nullptr).sentence().find("0x0000120400"), std::string::npos)
        << "an HTTP/2 SETTINGS frame is not a row of question marks";
    ServerAnswer alert;
    alert.end = Ending::alert;
    alert.alert = Alert{2, 40};
    EXPECT_EQ(judge_speaks_tls(alert, nullptr).outcome(), Outcome::pass);
    ServerAnswer hello;
    hello.end = Ending::ok;
    hello.server_hello = ServerHello{};
    EXPECT_EQ(judge_speaks_tls(hello, nullptr).outcome(), Outcome::pass);
}

TEST(PortJudgement, StatusLines) {
    EXPECT_EQ(status_of("HTTP/1.1 200 OK\r\n"), 200);
    EXPECT_EQ(status_of("HTTP/1.0 400"), 400);
    EXPECT_FALSE(status_of("HTTP/1.1 2x0 OK"));
    EXPECT_FALSE(status_of("HTTP/1.1 -10 OK"));
    EXPECT_FALSE(status_of("HTTP/1.1 20"));
    EXPECT_FALSE(status_of("\x15\x03\x01"));
    EXPECT_FALSE(status_of(""));
}

TEST(PortJudgement, Plaintext) {
    const auto judged = [](const TcpExchange& exchange, int times = 3) {
        Tries tries;
        for (int i = 0; i < times && !tries.decided(); ++i) {
            tries.add(answer_of(exchange));
        }
        return judge_plaintext(exchange, tries, status_operation()).outcome();
    };
    EXPECT_EQ(judged(exchanged("HTTP/1.1 400 Bad Request\r\n\r\n<html>")), Outcome::pass);
    EXPECT_EQ(judged(exchanged("HTTP/1.1 301 Moved\r\nLocation: https://gw.example/\r\n\r\n")), Outcome::pass);
    EXPECT_EQ(judged(exchanged("HTTP/1.1 200 OK\r\n\r\nOK")), Outcome::fail);
    const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    EXPECT_EQ(judged(exchanged(hints + "HTTP/1.1 200 OK\r\n\r\nOK")), Outcome::fail) << "RFC 9110 15.2";
    EXPECT_EQ(judged(exchanged(hints + "HTTP/1.1 400 Bad Request\r\n\r\n")), Outcome::pass);
    EXPECT_EQ(judged(exchanged(hints)), Outcome::inconclusive);
    EXPECT_EQ(judged(exchanged("OK\n")), Outcome::fail) << "HTTP/0.9: the body alone";
    EXPECT_EQ(judged(exchanged("<html>bad request</html>")), Outcome::pass);
    EXPECT_EQ(judged(exchanged("\x15\x03\x01 OK")), Outcome::pass) << "a TLS alert, whatever its bytes";
    EXPECT_EQ(judged(exchanged("HTTP/1.1 200 OK\r\n\r\nwelcome")), Outcome::fail);
    EXPECT_EQ(judged(exchanged("\x15\x03\x01\x02")), Outcome::pass);
    EXPECT_EQ(judged(exchanged("")), Outcome::pass);
    EXPECT_EQ(judged(exchanged("", Ending::reset)), Outcome::pass);
    EXPECT_EQ(judged(exchanged("", Ending::reset), 1), Outcome::inconclusive) << "one reset is no refusal";
    EXPECT_EQ(judged(exchanged("", Ending::timeout)), Outcome::inconclusive);
    EXPECT_EQ(judged(exchanged("", Ending::refused, false)), Outcome::inconclusive);
}

TEST(PortJudgement, ABareAnswerIsNotTakenForNoServiceWhereServiceIsUnknown) {
    Operation unknown = status_operation();
    unknown.expect_body_contains.clear();
    const TcpExchange bare = exchanged("ready");
    EXPECT_EQ(judge_plaintext(bare, Tries::once(answer_of(bare)), unknown).outcome(), Outcome::inconclusive);
}

TEST(PortJudgement, LocationsAreReadStrictly) {
    const Endpoint endpoint = gateway();
    for (const char* stays : {"/", "/a?b=https://evil.example", "a/b", "?q", "#f", "https://gw.example:4046/x",
                              "HTTPS://GW.example:4046", "//gw.example:4046/"}) {
        EXPECT_EQ(leaves_endpoint(stays, endpoint), "") << stays;
    }
    for (const char* leaves : {"", "http://gw.example:4046/", "https://gw.example/", "https://gw.example:8443/",
                               "//gw.example/", "https://other.example:4046/", "https://gw.example:4046@evil.example/",
                               "https:/gw.example", "javascript:x", "https://gw.example:4046.evil.example/",
                               "/\\evil.example", "https://gw.example:40x6/", " /", "https://[::1/"}) {
        EXPECT_NE(leaves_endpoint(leaves, endpoint), "") << leaves;
    }
    EXPECT_EQ(leaves_endpoint("https://gw.example/x", gateway(443)), "");
    EXPECT_EQ(leaves_endpoint("https://gw.example:/x", gateway(443)), "");
    Endpoint literal = gateway();
    literal.host = "::1";
    EXPECT_EQ(leaves_endpoint("https://[::1]:4046/", literal), "");
    EXPECT_NE(leaves_endpoint("https://[::2]:4046/", literal), "");
}

TEST(PortJudgement, Redirects) {
    const auto judged = [](std::vector<Redirect> tried) { return judge_redirects(tried, gateway()).outcome(); };
    EXPECT_EQ(judged({{"/", answered(404)}, {"/x", redirected(302, "/y")}}), Outcome::pass);
    EXPECT_EQ(judged({{"/", answered(404)}, {"/x", redirected(302, "https://gw.example:8443/y")}}), Outcome::fail);
    EXPECT_EQ(judged({{"/", answered(200)}, {"/x", failed(Ending::timeout)}}), Outcome::inconclusive);
    EXPECT_EQ(judged({}), Outcome::inconclusive);
}

TEST(PortJudgement, RedirectPathsCoverEveryParentAndAreBounded) {
    Profile profile;
    profile.control = "status";
    profile.operations["status"] = status_operation();
    profile.operations["status"].path = "/gateway/customer-service/status";
    const std::vector<std::string> paths = redirect_paths(profile);
    for (const char* path : {"/gateway/customer-service/status", "/", "/gateway/customer-service",
                             "/gateway/customer-service/", "/gateway", "/gateway/"}) {
        EXPECT_NE(std::find(paths.begin(), paths.end(), path), paths.end()) << path;
    }
    for (int i = 0; i < 100; ++i) {
        Operation operation = status_operation();
        operation.path = "/deep/" + std::to_string(i) + "/a/b";
        profile.operations["op" + std::to_string(i)] = operation;
    }
    EXPECT_EQ(redirect_paths(profile).size(), 16U);
}

TEST(PortJudgement, PlainHttpPort) {
    const auto judged = [](const HttpOutcome& outcome) {
        return judge_plain_http(tried(outcome), status_operation(), "http://gw.example:80").outcome();
    };
    EXPECT_EQ(judged(failed(Ending::connect_failed)), Outcome::pass);
    EXPECT_EQ(judged(failed(Ending::connect_timeout)), Outcome::pass);
    EXPECT_EQ(judged(failed(Ending::closed)), Outcome::pass);
    const TriedRequest once = tried(failed(Ending::closed), 1);
    EXPECT_EQ(judge_plain_http(once, status_operation(), "").outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged(failed(Ending::timeout)), Outcome::inconclusive);
    EXPECT_EQ(judged(failed(Ending::resolve_failed)), Outcome::inconclusive);
    EXPECT_EQ(judged(redirected(301, "https://gw.example/")), Outcome::pass);
    EXPECT_EQ(judged(redirected(301, "http://gw.example/x")), Outcome::warning);
    EXPECT_EQ(judged(answered(200, "OK")), Outcome::fail);
    EXPECT_EQ(judged(answered(200, "welcome")), Outcome::warning);
    EXPECT_EQ(judged(answered(403)), Outcome::pass);
}

TEST(PortJudgement, RestOnTheDesktopChannel) {
    const auto probed = [](HttpOutcome outcome) {
        return RestProbe{"GET /gateway2/customer/status", std::move(outcome)};
    };
    const auto said = [](int status, std::string body) {
        HttpOutcome outcome = answered(status);
        outcome.response->body = std::move(body);
        return outcome;
    };
    const RestProbe nowhere = probed(answered(404));
    EXPECT_EQ(judge_rest_on_desktop({nowhere, probed(answered(403)), probed(said(200, "<html>"))}, nowhere).outcome(),
              Outcome::pass);
    const Verdict status = judge_rest_on_desktop({nowhere, probed(said(200, "OK"))}, nowhere);
    EXPECT_EQ(status.outcome(), Outcome::fail);
    EXPECT_THAT(status.sentence(), testing::HasSubstr("GET /gateway2/customer/status"));
    const HttpOutcome wants_token = said(400, R"({"errors":[{"code":"EV1021","type":"security","message":""}]})");
    EXPECT_EQ(judge_rest_on_desktop({probed(wants_token)}, nowhere).outcome(), Outcome::fail);
    EXPECT_EQ(judge_rest_on_desktop({probed(said(404, R"({"errors":[{"code":"EV1101"}]})"))}, nowhere).outcome(),
              Outcome::pass);
    EXPECT_EQ(judge_rest_on_desktop({probed(said(200, " \"OK\"\r\n"))}, nowhere).outcome(), Outcome::fail);
    EXPECT_EQ(
        judge_rest_on_desktop({probed(said(200, "Verification: OK")), probed(said(200, "\n"))}, nowhere).outcome(),
        Outcome::pass)
        << "a page of another kind";
    EXPECT_EQ(judge_rest_on_desktop({probed(said(200, "OK"))}, probed(said(200, "OK"))).outcome(), Outcome::skipped)
        << "whatever is asked is answered so";
    EXPECT_EQ(judge_rest_on_desktop({probed(failed(Ending::timeout))}, nowhere).outcome(), Outcome::inconclusive);
}

TEST(PortJudgement, CloudPathsOnTheDesktopPort) {
    const auto judged = [](HttpOutcome outcome) {
        return judge_cloud_on_desktop({{status_operation(), tried(std::move(outcome))}}).outcome();
    };
    EXPECT_EQ(judged(answered(404)), Outcome::pass);
    EXPECT_EQ(judged(answered(403)), Outcome::pass);
    EXPECT_EQ(judged(answered(200, "OK")), Outcome::fail);
    EXPECT_EQ(judged(answered(503)), Outcome::inconclusive);
    EXPECT_EQ(judged(failed(Ending::connect_failed)), Outcome::inconclusive);
    EXPECT_EQ(judged(failed(Ending::reset)), Outcome::pass);
    EXPECT_EQ(judge_cloud_on_desktop({{status_operation(), tried(failed(Ending::reset), 1)}}).outcome(),
              Outcome::inconclusive);
    EXPECT_EQ(judge_cloud_on_desktop({}).outcome(), Outcome::inconclusive);
}

}  // namespace
}  // namespace gateproof::suites
