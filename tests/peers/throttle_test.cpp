// Real limiters: nginx limit_req and HAProxy's stick tables, keyed by client certificate (sound) and otherwise
// (caught).
#include <fmt/format.h>

#include "tests/peers/nginx.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* work_path = "/gateway/customer-service/work";

/// The members of a profile that declare a limit of 100 a second.
void declare_limit(ProfileOptions& profile, const std::string& body, int burst, int recovery_ms) {
    profile.roles = {"enrolled", "second"};
    profile.operations = fmt::format(
        R"("work": {{"path": "{}", "expect": {{"status": [200], "body_contains": "{}"}}}})", work_path, body);
    profile.more = fmt::format(R"("throttle": {{
        "operation": "work",
        "limit": {{"requests": 100, "window_ms": 1000, "burst": {}}},
        "refusal": {{"status": [429], "body_contains": "IR003"}},
        "recovery_ms": {},
        "slowdown_ms": 250,
        "load": {{"requests_per_second": 500, "requests": 4000, "duration_ms": 40000}}
    }})",
                               burst, recovery_ms);
}

class NginxThrottleTest : public NginxTest {
protected:
    Judgement judge_limit(const std::string& zones, const std::string& limits, const std::string& refusal) {
        declare_limit(profile_, "Active", 20, 300);
        // limit_req is asked after `return` would have answered, so the operation is its status page.
        serve({.http = zones,
               .locations = fmt::format(R"(
        location = {0} {{ {1} limit_req_status 429; error_page 429 @heavy; stub_status; }}
        location @heavy {{ {2} }})",
                                        work_path, limits, refusal)});
        return judge("cloud", {"--suite", "throttle", "--allow", "load"});
    }
    /// A limit whose key holds this beside the certificate is evaded by whatever changes it, which the check calls
    /// `way`.
    void expect_evaded(const std::string& key, const std::string& way) {
        const Judgement judgement = judge_limit(
            fmt::format("limit_req_zone $ssl_client_s_dn{} zone=dsp:1m rate=100r/s;", key), limited, told_off);
        expect_as_listed(judgement);
        EXPECT_THAT(judgement.of("throttle.not-evadable").sentence, HasSubstr(way));
    }
    static constexpr const char* by_certificate = "limit_req_zone $ssl_client_s_dn zone=dsp:1m rate=100r/s;";
    static constexpr const char* limited = "limit_req zone=dsp burst=20 nodelay;";
    static constexpr const char* told_off =
        R"(add_header Retry-After 1 always; return 429 '{"errors":[{"code":"IR003"}]}';)";
};

TEST_F(NginxThrottleTest, ALimitByClientCertificateIsSound) {
    const Judgement judgement = judge_limit(by_certificate, limited, told_off);
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.record.count(Outcome::pass), 7U) << judgement.output;
}

TEST_F(NginxThrottleTest, ALimitByAddressIsCaught) {
    const Judgement judgement =
        judge_limit("limit_req_zone $binary_remote_addr zone=dsp:1m rate=100r/s;", limited, told_off);
    expect_as_listed(judgement);
}

TEST_F(NginxThrottleTest, ALimitByConnectionIsCaught) {
    expect_evaded("$connection", "new connections");
}

TEST_F(NginxThrottleTest, ALimitByAForwardedAddressIsCaught) {
    const Judgement judgement =
        judge_limit("limit_req_zone $ssl_client_s_dn$http_x_forwarded_for zone=dsp:1m rate=100r/s;", limited, told_off);
    expect_as_listed(judgement);
    const std::string& sentence = judgement.of("throttle.not-evadable").sentence;
    EXPECT_THAT(sentence, HasSubstr("does not hold for X-Forwarded-For ("));
    EXPECT_THAT(sentence, Not(HasSubstr("X-Real-IP"))) << "the one that is to blame, and no other";
}

TEST_F(NginxThrottleTest, ALimitByTheAddressThatAHeaderSetsIsCaught) {
    const Judgement judgement = judge_limit(
        "set_real_ip_from 0.0.0.0/0; real_ip_header CF-Connecting-IP; "
        "limit_req_zone $ssl_client_s_dn$binary_remote_addr zone=dsp:1m rate=100r/s;",
        limited, told_off);
    expect_as_listed(judgement);
    EXPECT_THAT(judgement.of("throttle.not-evadable").sentence, HasSubstr("does not hold for CF-Connecting-IP ("));
}

TEST_F(NginxThrottleTest, ALimitByAClaimedAddressBeforeTheCertificateIsCaught) {
    const Judgement judgement = judge_limit(
        "map $http_x_forwarded_for $dsp { default $http_x_forwarded_for; '' $ssl_client_s_dn; } "
        "limit_req_zone $dsp zone=dsp:1m rate=100r/s;",
        limited, told_off);
    expect_as_listed(judgement);
    EXPECT_THAT(judgement.of("throttle.isolates").sentence, HasSubstr("claimed another's address"));
}

TEST_F(NginxThrottleTest, ALimitByQueryIsCaught) {
    expect_evaded("$request_uri", "another query parameter");
}

TEST_F(NginxThrottleTest, ALimitByMethodIsCaught) {
    expect_evaded("$request_method", "HEAD instead of GET");
}

TEST_F(NginxThrottleTest, ALimitByTheHostAsItIsSpeltIsCaught) {
    expect_evaded("$http_host", "the host in other letters");
}

TEST_F(NginxThrottleTest, NoLimitIsCaught) {
    const Judgement judgement = judge_limit(by_certificate, "", told_off);
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.of("throttle.response-shape").outcome, Outcome::skipped);
}

TEST_F(NginxThrottleTest, ItsOwnErrorPageIsCaught) {
    const Judgement judgement = judge_limit(by_certificate, limited, "return 503;");
    expect_as_listed(judgement);
    EXPECT_THAT(judgement.of("throttle.response-shape").sentence, HasSubstr("HTTP 503 instead of 429"));
}

class HaproxyThrottleTest : public PeerTest {
protected:
    Judgement judge_limit(const std::string& key_type, const std::string& key) {
        declare_limit(profile_, "done", 100, 1500);
        const std::string program = find_program("haproxy");
        if (program.empty()) {
            ADD_FAILURE() << "haproxy is not installed: apt-get install haproxy";
            return {};
        }
        const std::string config =
            folder_.write("haproxy.cfg", fmt::format(R"(
global
    maxconn 512
defaults
    mode http
    timeout client 10s
    timeout server 10s
    timeout connect 5s
backend heavy
    stick-table type {1} size 1k expire 10s store http_req_rate(1s)
frontend gateway
    bind fd@{0} ssl crt {2} ssl-min-ver TLSv1.2 ca-file {3} verify required
    acl work path {4}
    http-request track-sc0 {5} table heavy if work
    http-request return status 429 content-type application/json string "{{\"errors\":[{{\"code\":\"IR003\"}}]}}" hdr Retry-After 1 if work {{ sc_http_req_rate(0) gt 100 }}
    http-request return status 200 content-type text/plain string done if work
    http-request return status 200 content-type text/plain string OK if {{ path /gateway/customer-service/status }}
    http-request deny deny_status 404
)",
                                                     listener_.descriptor(), key_type, path("server.pem"),
                                                     path("client-ca.pem"), work_path, key));
        start({program, "-db", "-f", config});
        return judge("cloud", {"--suite", "throttle", "--allow", "load"});
    }
};

TEST_F(HaproxyThrottleTest, ARateByClientCertificateIsSound) {
    const Judgement judgement = judge_limit("string len 200", "ssl_c_s_dn");
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.record.count(Outcome::pass), 7U) << judgement.output;
}

TEST_F(HaproxyThrottleTest, ARateByAddressIsCaught) {
    const Judgement judgement = judge_limit("ip", "src");
    expect_as_listed(judgement);
}

}  // namespace
}  // namespace gateproof::test
