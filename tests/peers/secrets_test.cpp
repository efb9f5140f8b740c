// A secret goes to a server that has proved itself, or nowhere: over a whole run with every suite, however the profile
// reaches the server. The same runs with the right CA show that each of these secrets is one that is sent.
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/peers/peer.hpp"
#include "tests/peers/recorder.hpp"

namespace gateproof::test {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;

const std::map<std::string, std::string> secrets{
    {"header of the control", "canary-control-93b1"},       {"cookie of the control", "canary-cookie-77a0"},
    {"key of another operation", "canary-whoami-51d8"},     {"body of another operation", "canary-body-0e4c"},
    {"header of a slow operation", "canary-slow-b6f2"},     {"header of one that is refused", "canary-scope-2c95"},
    {"throttle.tokens", "canary-throttle-token-8d31"},      {"access token of a user", "canary-user-token-f40a"},
    {"customer number of a user's case", "canary-ird-6a7e"}};

/// How a profile leads to the server.
struct Way {
    std::string name;
    std::string environment = "test";
    std::string host = "localhost";
    std::string connect = {};
    bool right_ca = false;
};

class SecretsTest : public PeerTest {
protected:
    SecretsTest() {
        static const gateway::Pki elsewhere;  // authorities of the same names, other keys
        folder_.write("stranger.pem", elsewhere.server_root().certificates_pem());
        for (const auto& [what, secret] : secrets) {
            folder_.write(secret, secret + "\n");
        }
    }

    [[nodiscard]] static ordered_json operation(const std::string& path, const std::string& header,
                                                const std::string& secret) {
        return {{"path", path}, {"headers", {{header, "file:" + secret}}}, {"expect", {{"body_contains", "OK"}}}};
    }

    /// A cloud profile with something for every suite.
    [[nodiscard]] ordered_json profile_of(const Recorder& server, const Way& way) const {
        const std::string url = fmt::format("https://{}:{}", way.host, server.port());
        ordered_json profile;
        profile["name"] = way.name;
        profile["environment"] = way.environment;
        profile["channel"] = "cloud";
        profile["endpoint"] = {{"url", url}, {"plain_http_url", fmt::format("http://{}:{}", way.host, server.port())}};
        if (!way.connect.empty()) {
            profile["endpoint"]["connect"] = way.connect;
        }
        profile["desktop"] = {{"url", url}};
        profile["trust"] = {{"ca", way.right_ca ? "file:trust.pem" : "file:stranger.pem"}};
        for (const char* role : {"enrolled", "second", "unenrolled", "expired", "not_yet_valid", "revoked", "wrong_eku",
                                 "other_environment", "rotated_old", "rotated_new", "retired"}) {
            profile["identities"][role] = {{"certificate", fmt::format("file:{}.crt", role)},
                                           {"key", fmt::format("file:{}.key", role)}};
        }
        ordered_json& operations = profile["operations"];
        operations["status"] = operation("/status", "X-House-Key", "canary-control-93b1");
        operations["status"]["headers"]["Cookie"] = "file:canary-cookie-77a0";
        operations["whoami"] = operation("/whoami", "X-Api-Key", "canary-whoami-51d8");
        operations["whoami"]["method"] = "POST";
        operations["whoami"]["body"] = "file:canary-body-0e4c";
        operations["slow"] = operation("/slow", "Authorization", "canary-slow-b6f2");
        operations["scope"] = operation("/scope", "X-Other", "canary-scope-2c95");
        operations["customer"] = {{"path", "/customer/{ird}"}};
        profile["control"] = "status";
        profile["identity"] = {{"operation", "whoami"}, {"pointer", "/dsp"}};
        profile["not_entitled"] = "scope";
        profile["other_names"] = ordered_json::array({"other.example"});
        profile["rotation"] = {
            {"old", "rotated_old"}, {"new", "rotated_new"}, {"moment", "after"}, {"trust", "certificate"}};
        profile["vantage_points"] =
            ordered_json::array({{{"name", "here"}, {"source", "127.0.0.1"}, {"expected", "allowed"}}});
        profile["timeouts"] = {{"limit_ms", 500},
                               {"tolerance_ms", 200},
                               {"slow", {{"operation", "slow"}, {"takes_ms", 2000}}},
                               {"below_limit", {{"operation", "slow"}, {"takes_ms", 100}}},
                               {"phases",
                                {{"handshake", {{"by_ms", 500}}},
                                 {"headers", {{"by_ms", 500}}},
                                 {"body", {{"by_ms", 500}}},
                                 {"keep_alive", {{"by_ms", 500}}}}}};
        profile["throttle"] = {{"operation", "status"},
                               {"limit", {{"requests", 20}, {"window_ms", 1000}, {"burst", 5}}},
                               {"tokens", ordered_json::array({"file:canary-throttle-token-8d31"})},
                               {"load", {{"requests_per_second", 60}, {"requests", 300}, {"duration_ms", 1500}}}};
        profile["oauth"] = {{"url", url},
                            {"client",
                             {{"id", "client"},
                              {"secret", "file:canary-client-secret"},
                              {"redirect_uri", "https://client.example/callback"}}},
                            {"tokens", {{"user", "file:canary-user-token-f40a"}}}};
        folder_.write("canary-client-secret", "canary-client-secret");
        const ordered_json own = {{"name", "own"},
                                  {"kind", "own"},
                                  {"subject", "user"},
                                  {"operation", "customer"},
                                  {"with", {{"ird", "file:canary-ird-6a7e"}}}};
        const ordered_json other = {{"name", "other"},
                                    {"kind", "customer"},
                                    {"subject", "user"},
                                    {"operation", "customer"},
                                    {"control", "own"},
                                    {"with", {{"ird", "file:canary-ird-6a7e"}}},
                                    {"unknown", {{"ird", "12345"}}}};
        profile["permissions"]["cases"] = ordered_json::array({own, other});
        profile["limits"] = {{"connections_per_second", 0}, {"concurrent_connections", 16}};
        return profile;
    }

    Judgement judge_way(const Recorder& server, const Way& way) {
        const std::string file = folder_.write(way.name + ".json", profile_of(server, way).dump(2));
        return judge_files({file}, {"--allow", "load"});
    }

    static gateway::Credential named(const std::string& name) {
        gateway::CertificateSpec spec = gateway::Pki::server_spec();
        spec.alternative_names = "DNS:" + name;
        return pki().issue_server(spec);
    }

    /// Nothing secret has arrived, and what could not be judged says why and what to do.
    void expect_kept_back(const Recorder& server, const Judgement& judgement) {
        // The ways make 90 to 97 connections: what did not arrive was not sent, though the suites did ask.
        EXPECT_GT(server.connections(), 80) << judgement.output;
        for (const auto& [what, secret] : secrets) {
            EXPECT_EQ(server.times_received(secret), 0U) << what;
        }
        EXPECT_EQ(server.times_received("canary-client-secret"), 0U);
        for (const CheckRecord& check : judgement.record.checks) {
            const CheckResult result = judgement.record.result_of(check);
            const bool about_the_server = check.suite == "server" || check.suite == "port" || check.suite == "tls" ||
                                          check.suite == "certificate" ||
                                          check.id == "rotation.server-certificate-rotated" ||
                                          check.id == "rotation.new-certificate-fit" || check.id == "mtls.request-sent";
            const bool of_the_profile = check.id == "oauth.access-token-form";  // the token that stands there
            EXPECT_TRUE(about_the_server || of_the_profile || result.outcome == Outcome::inconclusive ||
                        result.outcome == Outcome::skipped || check.suite == "timeout")
                << check.full_id() << ": " << to_string(result.outcome) << " (" << result.sentence << ")";
            EXPECT_TRUE(result.outcome != Outcome::inconclusive || result.withheld)
                << check.full_id() << ": " << result.sentence;
        }
        const CheckResult served = judgement.of("mtls.enrolled-served");
        EXPECT_EQ(served.outcome, Outcome::inconclusive);
        EXPECT_THAT(served.sentence, HasSubstr("so the secret of operation 'status' was not sent to it"));
        EXPECT_THAT(served.remedy, HasSubstr("trust.ca"));
        EXPECT_EQ(judgement.of("server.chain-valid").outcome, Outcome::fail);
    }
};

TEST_F(SecretsTest, NoneGoesToAServerOfAnotherAuthority) {
    for (const Way& way :
         {Way{.name = "by-name"}, Way{.name = "through-a-tunnel", .connect = "127.0.0.1"},
          Way{.name = "sandbox", .environment = "sandbox"}, Way{.name = "this-machine", .host = "127.0.0.1"},
          Way{.name = "elsewhere", .host = "gateway.example", .connect = "127.0.0.1"}}) {
        SCOPED_TRACE(way.name);
        const Recorder server(pki().issue_server(gateway::Pki::server_spec()));
        const Judgement judgement = judge_way(server, way);
        expect_kept_back(server, judgement);
    }
}

TEST_F(SecretsTest, NoneGoesToAServerOfAnotherNameUnderTheRightAuthority) {
    const Recorder server(named("another.example"));
    const Judgement judgement = judge_way(server, {.name = "misnamed", .right_ca = true});
    for (const auto& [what, secret] : secrets) {
        EXPECT_EQ(server.times_received(secret), 0U) << what;
    }
    EXPECT_EQ(judgement.of("server.hostname").outcome, Outcome::fail);
    EXPECT_THAT(judgement.of("mtls.enrolled-served").sentence, HasSubstr("ostname mismatch"));
}

TEST_F(SecretsTest, EachGoesToAServerThatProvesItself) {
    const std::vector<Way> ways{{.name = "by-name", .right_ca = true},
                                {.name = "tunnel", .host = "gateway.example", .connect = "127.0.0.1", .right_ca = true},
                                {.name = "sandbox", .environment = "sandbox", .right_ca = true}};
    std::map<std::string, std::unique_ptr<Recorder>> servers;
    std::vector<std::string> files;
    for (const Way& way : ways) {
        const auto& server = servers[way.name] = std::make_unique<Recorder>(named(way.host));
        files.push_back(folder_.write(way.name + ".json", profile_of(*server, way).dump(2)));
    }
    const Judgement judgement = judge_files(files, {"--allow", "load"});
    std::set<std::string> served;
    for (const CheckRecord& check : judgement.record.checks) {
        if (check.id == "mtls.enrolled-served" && judgement.record.result_of(check).outcome == Outcome::pass) {
            served.insert(check.target);
        }
    }
    for (const auto& [name, server] : servers) {
        SCOPED_TRACE(name);
        for (const auto& [what, secret] : secrets) {
            EXPECT_GT(server->times_received(secret), 0U) << what << "\n" << judgement.output;
        }
        // Over sessions that a check holds itself, too: what libcurl sends names the program.
        EXPECT_GT(server->requests_with("canary-control-93b1", "User-Agent:"), 0U);
        EXPECT_GT(server->requests_with("canary-whoami-51d8", "User-Agent:"), 0U);
        EXPECT_GT(server->requests_with("canary-slow-b6f2", "User-Agent:"), 0U);
        EXPECT_TRUE(served.contains(name)) << judgement.output;
        // What is said to see when a server loses its patience needs no secret.
        EXPECT_GT(server->times_received("X-Slow: "), 0U);
        EXPECT_EQ(server->times_received("X-Slow: "), server->requests_with("X-Slow: ", "canary-"));
    }
}

TEST_F(SecretsTest, WithoutACaTheyAreNotEvenTried) {
    const Recorder server(pki().issue_server(gateway::Pki::server_spec()));
    ordered_json profile = profile_of(server, {.name = "blind"});
    profile["trust"] = {{"system", false}};
    const Judgement judgement = judge_files({folder_.write("blind.json", profile.dump(2))}, {"--allow", "load"});
    for (const auto& [what, secret] : secrets) {
        EXPECT_EQ(server.times_received(secret), 0U) << what;
    }
    for (const char* id : {"mtls.enrolled-served", "tls.no-early-data", "timeout.slow-operation-cut",
                           "throttle.not-evadable", "firewall.allowed-source-served", "mtls.no-certificate-refused"}) {
        const CheckResult result = judgement.of(id);
        EXPECT_EQ(result.outcome, Outcome::skipped) << id << ": " << result.sentence;
        EXPECT_THAT(result.sentence, HasSubstr("needs a CA that localhost proves itself by")) << id;
    }
    EXPECT_EQ(judgement.of("server.hostname").outcome, Outcome::pass) << "sends no secret";
}

TEST_F(SecretsTest, WhatClientHellosTellIsJudgedAllTheSame) {
    const Recorder server(pki().issue_server(gateway::Pki::server_spec()));
    const Judgement judgement = judge_way(server, {.name = "hellos"});
    const CheckResult renegotiation = judgement.of("tls.secure-renegotiation");
    EXPECT_EQ(renegotiation.outcome, Outcome::inconclusive) << "nothing passes beside a control that was not made";
    EXPECT_THAT(renegotiation.sentence, HasSubstr("looked like a pass"));
    // The recorder takes every suite of OpenSSL's default list, CBC too.
    EXPECT_EQ(judgement.of("tls.cipher-allow-list").outcome, Outcome::fail) << judgement.output;
}

}  // namespace
}  // namespace gateproof::test
