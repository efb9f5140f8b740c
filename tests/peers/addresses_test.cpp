// Every address of a name and every node behind one: two nginx, the second of which is laxer than the first.
#include <fmt/format.h>

#include <algorithm>

#include "tests/peers/nginx.hpp"
#include "tests/support/tampering.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* lax_suites =
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA:"
    "@SECLEVEL=0";

class AddressesTest : public NginxTest {
protected:
    /// Two addresses, the second served by a block with these directives instead of the first one's.
    void serve_at_two(const std::string& lax) {
        const std::uint16_t port = listener_.port();
        serve({.other_servers = fmt::format(R"(
    server {{
        listen 127.0.0.2:{} ssl;
        server_name localhost;
        {}
        location / {{ return 200 "OK\n"; }}
    }})",
                                            port, lax)});
        two_addresses_ = R"(["127.0.0.1", "127.0.0.2"])";
    }
    [[nodiscard]] Judgement judge_all(std::vector<std::string> arguments = {}) {
        arguments.insert(arguments.end(), {"--check", "port.every-address"});
        ProfileOptions options = profile_;
        options.addresses = two_addresses_;
        return judge_files({write_profile(options, listener_.port())}, std::move(arguments));
    }
    [[nodiscard]] static CheckResult of(const Judgement& judgement) { return judgement.of("port.every-address"); }

    std::string two_addresses_;
};

TEST_F(AddressesTest, TwoThatAreAlikeRaiseNoAlarm) {
    serve_at_two("ssl_verify_client on;");
    const Judgement judgement = judge_all();
    EXPECT_EQ(of(judgement).outcome, Outcome::pass) << judgement.output;
    EXPECT_THAT(of(judgement).sentence, HasSubstr("127.0.0.1, 127.0.0.2 served and answered alike, in 6 tries"));
}

TEST_F(AddressesTest, AnOptionalCertificateAtOneIsCaughtAndNamed) {
    serve_at_two("ssl_verify_client optional;");
    const Judgement judgement = judge_all();
    EXPECT_EQ(of(judgement).outcome, Outcome::fail) << judgement.output;
    EXPECT_THAT(of(judgement).sentence,
                AllOf(HasSubstr("127.0.0.2: service without a client certificate in 6 of 6 tries"),
                      Not(HasSubstr("127.0.0.1"))));
    EXPECT_THAT(witness(listener_.port(), {"-servername", "localhost"}), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(witness_at("127.0.0.2", listener_.port(), {"-servername", "localhost"}), StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(of(judge_all({"--addresses", "first"})).outcome, Outcome::pass);
}

TEST_F(AddressesTest, OldVersionsAtOneAreCaughtAndNamed) {
    serve_at_two(fmt::format("ssl_verify_client on; ssl_protocols TLSv1.1 TLSv1.2; ssl_ciphers {};", lax_suites));
    const Judgement judgement = judge_all();
    EXPECT_EQ(of(judgement).outcome, Outcome::fail) << judgement.output;
    EXPECT_THAT(of(judgement).sentence, AllOf(HasSubstr("127.0.0.2: TLS 1.1 or older in 6 of 6 tries"),
                                              HasSubstr("127.0.0.2: weak cipher suites in 6 of 6 tries")));
}

TEST_F(AddressesTest, OneThatServesNothingIsNamed) {
    serve_at_two("ssl_verify_client on; if ($ssl_client_verify) { return 503; }");
    const Judgement judgement = judge_all();
    EXPECT_EQ(of(judgement).outcome, Outcome::fail) << judgement.output;
    EXPECT_THAT(of(judgement).sentence,
                HasSubstr("127.0.0.2: the control operation is not served (HTTP 503 in 5 of 5 tries)"));
}

/// One bad node of three: a balancer sends each connection to the next one.
TEST_F(AddressesTest, OneNodeOfThreeBehindABalancerIsCaught) {
    serve({.other_servers = fmt::format(R"(
    server {{
        listen 127.0.0.1:{} ssl;
        server_name localhost;
        ssl_protocols TLSv1.1 TLSv1.2;
        ssl_ciphers {};
        ssl_verify_client optional;
        location / {{ return 200 "OK\n"; }}
    }})",
                                        reserved_.number(), lax_suites)});
    const std::uint16_t sound = listener_.port();
    const Forwarder balancer(tampering({.nodes = {sound, reserved_.number(), sound}}));
    const Judgement judgement = judge_port(balancer.port(), "cloud", {"--check", "port.every-address"});
    EXPECT_EQ(of(judgement).outcome, Outcome::fail) << judgement.output;
    EXPECT_THAT(of(judgement).sentence, HasSubstr("127.0.0.1: TLS 1.1 or older in 4 of 12 tries"));
    EXPECT_THAT(of(judgement).sentence, HasSubstr("service without a client certificate in 4 of 12 tries"));
    // Versions are no longer sampled once: every question meets each of the three.
    const Judgement old = judge_port(balancer.port(), "cloud", {"--check", "tls.refuses-1.1"});
    EXPECT_EQ(old.of("tls.refuses-1.1").outcome, Outcome::fail) << old.output;
    EXPECT_THAT(old.of("tls.refuses-1.1").sentence, HasSubstr("in 1 of 3 tries"));
    EXPECT_THAT(witness(sound, {"-servername", "localhost"}), Not(StartsWith("HTTP/1.1 200")));
    EXPECT_THAT(witness(reserved_.number(), {"-servername", "localhost"}), StartsWith("HTTP/1.1 200"));
}

/// A delegation that one node of three does not look at: what is refused is tried at each of them, and what writes is
/// carried out once at most.
TEST_F(AddressesTest, OneNodeOfThreeThatForgetsDelegationsIsCaught) {
    const std::string refuse = R"(default_type application/json; return 403 '{"errors":[{"code":"EV1022"}]}';)";
    const std::string log = "access_log written.log combined if=$written; ";
    serve({.http = R"(map "$request_method $status" $written { "PUT 200" 1; default 0; })",
           .locations = "location /own { return 200 OK; } location /other { " + refuse + " }",
           .other_servers = fmt::format(R"(
    server {{
        listen 127.0.0.1:{} ssl;
        server_name localhost;
        {}
        ssl_verify_client on;
        location / {{ return 200 "OK\n"; }}
    }})",
                                        reserved_.number(), log)});
    profile_.operations = R"("own": {"path": "/own"}, "other": {"path": "/other"},
        "change": {"path": "/other", "method": "PUT", "body": "x"})";
    profile_.more = R"("permissions": {"cases": [
        {"name": "own", "kind": "own", "subject": "certificate", "operation": "own"},
        {"name": "other", "kind": "customer", "subject": "certificate", "operation": "other", "control": "own"},
        {"name": "change", "kind": "write", "subject": "certificate", "operation": "change", "control": "own"}]})";
    const std::uint16_t sound = listener_.port();
    const Forwarder balancer(tampering({.nodes = {sound, reserved_.number(), sound}}));
    for (const char* const check : {"permission.other-customer-refused", "permission.write-refused"}) {
        const Judgement judgement = judge_port(balancer.port(), "cloud", {"--check", check});
        EXPECT_EQ(judgement.of(check).outcome, Outcome::fail) << judgement.output;
        EXPECT_THAT(judgement.of(check).sentence, HasSubstr("was served: ")) << judgement.output;
        const Judgement alone = judge_port(sound, "cloud", {"--check", check});
        EXPECT_EQ(alone.of(check).outcome, Outcome::pass) << alone.output;
        EXPECT_THAT(alone.of(check).sentence, HasSubstr("0 of 3 tries were served"));
    }
    const std::string written = read_file(path("written.log"));
    EXPECT_EQ(std::ranges::count(written, '\n'), 1) << written;
}

}  // namespace
}  // namespace gateproof::test
