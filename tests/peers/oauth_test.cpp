// Authorities as peers: npm's oidc-provider, sound and not, and authorities that misbehave on purpose.
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/peers/peer.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using Clock = std::chrono::steady_clock;

constexpr const char* user = "ana";
constexpr const char* password = "canary-password-2f7c10";
constexpr const char* secret = "canary-secret-b06d3a";

class AuthorityPeerTest : public PeerTest {
protected:
    void serve(const char* script, nlohmann::json options) {
        const std::string program = find_program("node");
        ASSERT_FALSE(program.empty()) << "node is not installed: apt-get install nodejs";
        options["folder"] = folder_.path().string();
        start_listening({program, script, options.dump()}, ";");
        const std::string& out = server_->standard_output();
        port_ = static_cast<std::uint16_t>(std::stoi(out.substr(out.find("port ") + 5)));
    }

    /// The profile's oauth section; clients "app" and "other".
    void declare_authority(const std::string& channel, const nlohmann::json& paths, const std::string& app_secret,
                           const std::string& other_secret) {
        const auto client = [&](const std::string& id, const std::string& its_secret) {
            nlohmann::json made = {{"id", id},
                                   {"redirect_uri", channel == "desktop" ? "http://127.0.0.1/" + id
                                                                         : "https://" + id + ".example/callback"}};
            if (channel == "cloud") {
                folder_.write(id + ".secret", its_secret);
                made["secret"] = "file:" + id + ".secret";
            }
            return made;
        };
        folder_.write("user.password", password);
        const nlohmann::json oauth = {{"url", fmt::format("https://localhost:{}", port_)},
                                      {"paths", paths},
                                      {"client", client("app", app_secret)},
                                      {"second_client", client("other", other_secret)},
                                      {"users", {{"user", {{"name", user}, {"password", "file:user.password"}}}}}};
        profile_.more = "\"oauth\": " + oauth.dump();
        profile_.limits = R"("connections_per_second": 0, "concurrent_connections": 16, "probe_timeout_ms": 2000,
                             "check_deadline_ms": 20000)";
    }

    std::uint16_t port_ = 0;
};

class OidcProviderTest : public AuthorityPeerTest {
protected:
    Judgement judge_provider(const std::string& channel, bool native_refresh) {
        serve(GATEPROOF_OIDC_PROVIDER, {{"channel", channel},
                                        {"nativeRefresh", native_refresh},
                                        {"modules", GATEPROOF_NODE_DIR},
                                        {"user", user},
                                        {"password", password}});
        declare_authority(channel,
                          {{"authorize", "/auth"},
                           {"token", "/token"},
                           {"introspect", "/token/introspection"},
                           {"revoke", "/token/revocation"}},
                          "secret-of-app-0123456789abcdef", "secret-of-other-0123456789abcdef");
        profile_.more.insert(profile_.more.size() - 1, R"(,"scope": "openid MYIR.Services")");
        return judge_port(port_, channel, {"--suite", "oauth", "-v"});
    }
    void SetUp() override {
        if (!std::filesystem::exists(std::string(GATEPROOF_NODE_DIR) + "/node_modules/oidc-provider")) {
            GTEST_SKIP() << "npm packages are not installed: ctest -R npm_ci";
        }
    }
};

TEST_F(OidcProviderTest, ASoundCloudAuthorityRaisesNoAlarm) {
    const Judgement judgement = judge_provider("cloud", false);
    expect_as_listed(judgement);
    EXPECT_GE(judgement.record.count(Outcome::pass), 18U) << judgement.output;
}

TEST_F(OidcProviderTest, ASoundNativeAuthorityRaisesNoAlarm) {
    const Judgement judgement = judge_provider("desktop", false);
    expect_as_listed(judgement);
    EXPECT_GE(judgement.record.count(Outcome::pass), 17U) << judgement.output;
}

TEST_F(OidcProviderTest, RefreshTokensForNativeClientsAreCaught) {
    const Judgement judgement = judge_provider("desktop", true);
    expect_as_listed(judgement);
}

struct Misbehaviour {
    const char* mode;
    const char* sentence;  ///< what the checks that need a login say
};

class HostileAuthorityTest : public AuthorityPeerTest, public testing::WithParamInterface<Misbehaviour> {};

TEST_P(HostileAuthorityTest, EveryCheckEndsInTimeWithAClearSentence) {
    serve(GATEPROOF_HOSTILE_AUTHORITY, {{"mode", GetParam().mode}});
    declare_authority("cloud", nlohmann::json::object(), secret, "another-secret");
    const auto begun = Clock::now();
    const Judgement judgement = judge_port(port_, "cloud", {"--suite", "oauth", "-v"});
    EXPECT_LT(Clock::now() - begun, 45s);
    EXPECT_LT(judgement.max_resident_kib, 160 * 1024) << "memory is bounded";
    EXPECT_EQ(judgement.record.end_reason, "complete");
    ASSERT_GE(judgement.record.checks.size(), 20U);
    for (const CheckRecord& check : judgement.record.checks) {
        const CheckResult result = judgement.record.result_of(check);
        EXPECT_NE(result.outcome, Outcome::error) << check.id << ": " << result.sentence;
        EXPECT_FALSE(result.sentence.empty() && result.outcome != Outcome::skipped) << check.id;
        EXPECT_THAT(result.sentence, Not(HasSubstr("no verdict within"))) << check.id;
    }
    const CheckResult token = judgement.of("oauth.token-response");
    EXPECT_NE(token.outcome, Outcome::pass) << token.sentence;
    EXPECT_THAT(token.sentence, HasSubstr(GetParam().sentence)) << judgement.output;
}

INSTANTIATE_TEST_SUITE_P(Modes, HostileAuthorityTest,
                         testing::Values(Misbehaviour{"redirect-loop", "more than 12 redirects"},
                                         Misbehaviour{"endless-page", "a page of more than 1024 KiB"},
                                         Misbehaviour{"endless-headers", "the response headers are too long"},
                                         Misbehaviour{"silent", "no complete answer in time"},
                                         Misbehaviour{"login-loop", "the login was refused"},
                                         Misbehaviour{"elsewhere", "neither the client nor the authority"},
                                         Misbehaviour{"form-elsewhere", "where no password is sent"},
                                         Misbehaviour{"huge-token", "a body of more than 1024 KiB"},
                                         Misbehaviour{"slow-json", "no complete answer in time"},
                                         Misbehaviour{"html", "HTML instead of JSON"},
                                         Misbehaviour{"duplicate-keys", "given twice"},
                                         Misbehaviour{"wrong-type", "Content-Type is text/plain"},
                                         Misbehaviour{"deep-json", "no JSON object"},
                                         Misbehaviour{"numbers", "not exchanged"},
                                         Misbehaviour{"cut", "not exchanged"}),
                         [](const auto& one) {
                             std::string name = one.param.mode;
                             std::erase(name, '-');
                             return name;
                         });

class TokenCanaryTest : public AuthorityPeerTest {};

TEST_F(TokenCanaryTest, NoOutputHoldsACodeATokenASecretOrAPassword) {
    serve(GATEPROOF_HOSTILE_AUTHORITY, {{"mode", "canary"}});
    declare_authority("cloud", nlohmann::json::object(), secret, "canary-other-secret-77");
    const Judgement judgement =
        judge_port(port_, "cloud", {"--suite", "oauth", "-v", "--report", "html,junit,json,markdown,csv,prometheus"});
    EXPECT_GT(judgement.record.count(Outcome::fail), 0U) << "evidence of findings is printed too";
    std::string everything = judgement.output.substr(0, judgement.output.find("--- the server"));
    everything += read_file(folder_.path() / "run.jsonl");
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path("out"))) {
        if (entry.is_regular_file()) {
            everything += read_file(entry.path());
            ++files;
        }
    }
    EXPECT_GE(files, 6U);
    EXPECT_THAT(everything, HasSubstr("oauth_exchange"));
    const std::string basic = "YXBwOmNhbmFyeS1zZWNyZXQt";  // base64 of "app:canary-secret-"
    for (const std::string& canary : {std::string("canary-code"), std::string("canary-access"),
                                      std::string("canary-refresh"), std::string("canary-cookie"), std::string(secret),
                                      std::string(password), std::string("canary-other-secret"), basic}) {
        EXPECT_THAT(everything, Not(HasSubstr(canary)));
    }
}

}  // namespace
}  // namespace gateproof::test
