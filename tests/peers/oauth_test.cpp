// Authorities as peers: npm's oidc-provider, sound and not, and authorities that misbehave on purpose.
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "tests/peers/peer.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using Clock = std::chrono::steady_clock;

constexpr const char* user = "ana";
constexpr const char* password = "canary-password-2f7c10";
constexpr const char* canary_secret = "canary-secret-b06d3a";

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
                                      {"login", nlohmann::json::object()},
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
        profile_.more.insert(profile_.more.size() - 1,
                             R"(,"scope": "openid MYIR.Services", "access_token": {"format": "opaque"})");
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

void PrintTo(const Misbehaviour& misbehaviour, std::ostream* out) {
    *out << misbehaviour.mode;
}

class HostileAuthorityTest : public AuthorityPeerTest, public testing::WithParamInterface<Misbehaviour> {};

TEST_P(HostileAuthorityTest, EveryCheckEndsInTimeWithAClearSentence) {
    serve(GATEPROOF_HOSTILE_AUTHORITY, {{"mode", GetParam().mode}});
    declare_authority("cloud", nlohmann::json::object(), canary_secret, "another-secret");
    const auto begun = Clock::now();
    const Judgement judgement = judge_port(port_, "cloud", {"--suite", "oauth", "-v"});
    EXPECT_LT(Clock::now() - begun, 45s);
    EXPECT_LT(judgement.max_resident_kib, 160 * 1024) << "memory is bounded";
    EXPECT_EQ(judgement.record.end_reason, EndReason::complete);
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

class TokenCanaryTest : public AuthorityPeerTest {
protected:
    /// A machine and permission cases beside the authority; IRD numbers and further tokens are behind references.
    void declare_services() {
        using nlohmann::json;
        for (const auto& [name, text] : watched_) {
            folder_.write(name + ".text", text);
        }
        const auto ird = [](const std::string& name) { return json{{"ird", "file:" + name + " IRD number.text"}}; };
        json profile = json::parse("{" + profile_.more + "}");
        profile["oauth"]["tokens"] = {{"second-user", "file:given token.text"}, {"expired", "file:expired token.text"}};
        profile["m2m"] = {{"signer", {{"certificate", "file:second.crt"}, {"key", "file:second.key"}}},
                          {"issuer", "urn:dsp"},
                          {"operation", "customer"},
                          {"with", ird("own")}};
        const auto one = [&](const char* name, const char* kind, const char* subject, const char* whose) {
            json made = {{"name", name}, {"kind", kind}, {"subject", subject}, {"operation", "customer"}};
            made["with"] = ird(whose);
            if (std::string_view(kind) != "own") {
                made["control"] = "own";
                made["unknown"] = ird("unknown");
                made["record"] = {{"shown_by", "others-own"}, {"fields", {"/email"}}};
            }
            return made;
        };
        profile["permissions"]["cases"] = {one("own", "own", "user", "own"), one("machine", "own", "m2m", "own"),
                                           one("others-own", "own", "second-user", "other"),
                                           one("other", "customer", "user", "other"),
                                           one("refused", "customer", "user", "refused")};
        const std::string text = profile.dump();
        profile_.more = text.substr(1, text.size() - 2);
        profile_.operations =
            R"("customer": {"path": "/gateway/customer/{ird}", "expect": {"status": [200], "body_contains": "email"}})";
    }

    const std::map<std::string, std::string> watched_ = {
        {"password", password},
        {"client secret", canary_secret},
        {"given token", "canary-given-" + std::string(150, 'g')},
        {"expired token", "canary-expired-" + std::string(150, 'e')},
        {"own IRD number", "49091850"},
        {"other IRD number", "35901981"},
        {"refused IRD number", "136410132"},
        {"unknown IRD number", "91238903"},
    };
};

/// Every negative check would find its refusal here; none may count without its positive control.
TEST_F(TokenCanaryTest, ARefusalOfEverybodyPassesNothing) {
    serve(GATEPROOF_HOSTILE_AUTHORITY, {{"mode", "refuse-all"}});
    declare_authority("cloud", nlohmann::json::object(), canary_secret, "canary-other-secret-77");
    declare_services();
    const Judgement judgement =
        judge_port(port_, "cloud", {"--suite", "oauth", "--suite", "m2m", "--suite", "permission"});
    EXPECT_GE(judgement.record.checks.size(), 50U);
    EXPECT_EQ(judgement.record.count(Outcome::pass), 0U) << judgement.output;
    for (const CheckRecord& check : judgement.record.checks) {
        const CheckResult result = judgement.record.result_of(check);
        EXPECT_NE(result.outcome, Outcome::pass) << check.full_id() << ": " << result.sentence;
    }
}

TEST_F(TokenCanaryTest, NoOutputHoldsWhatACarelessGatewayTells) {
    serve(GATEPROOF_HOSTILE_AUTHORITY, {{"mode", "canary"}, {"watch", watched_}});
    declare_authority("cloud", nlohmann::json::object(), canary_secret, "canary-other-secret-77");
    declare_services();
    const Judgement judgement = judge_port(port_, "cloud",
                                           {"--suite", "oauth", "--suite", "m2m", "--suite", "permission", "-v",
                                            "--report", "html,junit,json,markdown,csv,prometheus"});
    for (const char* id : {"oauth.code-single-use", "m2m.signature-checked", "permission.other-customer-refused"}) {
        EXPECT_EQ(judgement.of(id).outcome, Outcome::fail) << "evidence of findings is printed too: " << id;
    }
    const std::size_t end = judgement.output.find("--- the server");
    std::map<std::string, std::string> outputs{{"the terminal", judgement.output.substr(0, end)},
                                               {"the journal", read_file(folder_.path() / "run.jsonl")}};
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path("out"))) {
        if (entry.is_regular_file()) {
            outputs[entry.path().filename()] = read_file(entry.path());
        }
    }
    EXPECT_GE(outputs.size(), 8U) << "journal, terminal and six reports";
    EXPECT_THAT(outputs["the journal"], HasSubstr("oauth_exchange"));
    for (const char* name : {"code", "access", "refresh", "cookie", "machine JWT"}) {
        EXPECT_TRUE(server_->wait_for_output(fmt::format("met {};", name), 1s)) << name << " was to be used";
    }
    std::vector<std::string> canaries{"canary-", "x9Zkx9Zk",        // a part of what the authority gave out
                                      "eyJ",                        // a JWT
                                      "YXBwOmNhbmFyeS1zZWNyZXQt"};  // base64 of "app:canary-secret-"
    for (const auto& [name, text] : watched_) {
        EXPECT_TRUE(server_->wait_for_output(fmt::format("met {};", name), 1s)) << name << " was to be used";
        canaries.push_back(text.substr(0, 40));
    }
    for (const auto& [where, text] : outputs) {
        for (const std::string& canary : canaries) {
            const std::size_t at = text.find(canary);
            EXPECT_EQ(at, std::string::npos) << where << ": " << text.substr(at < 200 ? 0 : at - 200, 400);
        }
    }
}

}  // namespace
}  // namespace gateproof::test
