// nginx judged by what a new user has: a profile that `gateproof init` wrote, with one identity and nothing to forge.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "tests/peers/nginx.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class InitProfileTest : public NginxTest {
protected:
    std::string profile() {
        const std::string file = path("cloud.json");
        const Finished written = run({GATEPROOF_PROGRAM, "init", file, "--force", "--environment", "test", "--channel",
                                      "cloud", "--url", fmt::format("https://localhost:{}", listener_.port()),
                                      "--certificate", path("enrolled.crt"), "--key", path("enrolled.key"), "--ca",
                                      path("trust.pem"), "--control-path", "/gateway/customer-service/status"});
        EXPECT_EQ(written.status, 0) << written.out << written.err;
        return file;
    }
    /// The row of a report that holds the requirement, from its id to `end`.
    static std::string row(const std::string& report, const std::string& begin, const std::string& end) {
        const std::size_t at = report.find(begin);
        return at == std::string::npos ? "no row " + begin : report.substr(at, report.find(end, at) - at);
    }
};

/// A server of its own, which has an RSA certificate alone.
class RsaServer : public InitProfileTest {
public:
    Judgement judged(const std::string& ciphers) {
        gateway::CertificateSpec spec = gateway::Pki::server_spec();
        spec.rsa_bits = 2048;
        write_server("rsa", pki().issue_server(spec));
        serve({.ciphers = ciphers, .certificate = "rsa"});
        return judge_files({profile()}, {"--check", "tls.accepts-1.2", "--check", "tls.cipher-allow-list"});
    }
    void TestBody() override {}
};

/// Every certificate of the CA is served: who may call was never asked of anybody but ourselves.
TEST_F(InitProfileTest, WhoIsServedIsNoPassWhereNobodyElseWasTried) {
    serve({});
    const Finished stranger = run(
        {find_program("curl"), "--silent", "--cacert", path("trust.pem"), "--cert", path("second.crt"), "--key",
         path("second.key"), fmt::format("https://localhost:{}/gateway/customer-service/status", listener_.port())});
    ASSERT_THAT(stranger.out, HasSubstr("OK")) << stranger.err;
    const Judgement judgement = judge_files({profile()}, {"--suite", "mtls", "--report", "html,json,markdown", "-v"});
    const std::string html = read_file(path("out/report.html"));
    const std::string markdown = read_file(path("out/report.md"));
    const auto report = nlohmann::json::parse(read_file(path("out/report.json")));
    for (const std::string id : {"CLOUD-MTLS-ENROLLED", "CLOUD-MTLS-IDENTIFIES"}) {
        EXPECT_THAT(judgement.output, ContainsRegex("PARTLY JUDGED  [a-z0-9-]+ " + id)) << judgement.output;
        std::string status;
        for (const auto& requirement : report.at("requirements")) {
            if (requirement.at("id") == id) {
                const auto& cell = requirement.at("targets").at(0);
                EXPECT_TRUE(cell.at("not_selected").empty()) << "the whole of it was asked for";
                EXPECT_LT(cell.at("judged"), cell.at("deciding"));
                status = cell.at("status");
            }
        }
        EXPECT_EQ(status, "partly-judged") << id;
        EXPECT_THAT(row(markdown, "**" + id + "**", "\n"),
                    AllOf(HasSubstr("partly judged"), Not(HasSubstr("passed |"))));
        EXPECT_THAT(row(html, "id=\"requirement/" + id + "\"", "</tr>"),
                    AllOf(HasSubstr("artly judged"), Not(HasSubstr("Pass"))));
    }
    EXPECT_THAT(judgement.output, Not(HasSubstr("All checks passed")));
}

/// The published suites are for ECDSA certificates; a server that has an RSA one stays reachable by the remedy's line.
TEST_F(InitProfileTest, TheRemedyForCipherSuitesKeepsAnRsaServerReachable) {
    const Judgement before = RsaServer().judged("AES128-SHA:ECDHE-RSA-AES256-GCM-SHA384");
    const CheckResult found = before.of("tls.cipher-allow-list");
    EXPECT_EQ(found.outcome, Outcome::fail) << found.sentence;
    EXPECT_THAT(found.remedy, HasSubstr("install an ECDSA certificate"));
    std::smatch line;
    ASSERT_TRUE(std::regex_search(found.remedy, line, std::regex(": ([A-Z0-9:-]+)\\. Then"))) << found.remedy;
    const Judgement after = RsaServer().judged(line[1]);
    EXPECT_EQ(after.of("tls.accepts-1.2").outcome, Outcome::pass) << after.output;
    EXPECT_EQ(after.of("tls.cipher-allow-list").outcome, Outcome::warning) << "strong, and not the published ones";
}

/// TLS that somebody on the way opens: whose certificate it is and what is missing.
TEST_F(InitProfileTest, AnUntrustedServerSaysWhoIssuedItsCertificate) {
    static const gateway::Pki elsewhere;
    write_server("proxy", elsewhere.issue_server(gateway::Pki::server_spec()));
    serve({.certificate = "proxy"});
    const Judgement judgement = judge_files({profile()}, {"--check", "server.chain-valid"});
    const CheckResult found = judgement.of("server.chain-valid");
    EXPECT_EQ(found.outcome, Outcome::fail);
    EXPECT_THAT(found.sentence, HasSubstr("CN="));
    EXPECT_FALSE(found.remedy.empty());
}

}  // namespace
}  // namespace gateproof::test
