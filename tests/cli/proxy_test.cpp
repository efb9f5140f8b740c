// A proxy of a profile, as people meet it: init, the environment, doctor, and what reaches the outside.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "profiles/builtin.hpp"
#include "tests/cli/command.hpp"
#include "tests/cli/doctor.hpp"
#include "tests/cli/served.hpp"
#include "tests/support/test_proxy.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Fault = ProxyBehaviour::Fault;
using Json = nlohmann::json;

constexpr const char* user = "corporate-user-7";
constexpr const char* password = "open-sesame-hunter2";

class Proxy : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    /// The desktop profile of the embedded gateway, whose connections go by this proxy.
    std::string write_profile(std::uint16_t port, const std::string& secret) {
        Json profile = Json::parse(find_builtin("embedded-desktop")->text);
        profile.erase("$schema");
        profile["name"] = "by-proxy";
        profile["endpoint"].erase("addresses");
        folder_.write("user", std::string(user) + "\n");
        folder_.write("password", secret + "\n");
        profile["endpoint"]["proxy"] = {
            {"url", fmt::format("http://127.0.0.1:{}", port)}, {"user", "file:user"}, {"password", "file:password"}};
        return folder_.write("profile.json", profile.dump());
    }

    TemporaryFolder folder_;
};

TEST_F(Proxy, NeitherUserNorPasswordReachesTheOutside) {
    TestProxy proxy({.user = user, .password = password});
    for (const std::string secret : {password, "another-secret-word"}) {
        const std::string profile = write_profile(proxy.port(), secret);
        const Finished finished =
            gateproof({"run", profile, "--suite", "tls", "--suite", "port", "-v", "--report",
                       "html,junit,json,markdown,csv", "--out", path("out"), "--journal", path("out/run.jsonl")});
        EXPECT_EQ(finished.status, 3) << finished.out << finished.err;
        std::string all = finished.out + finished.err;
        for (const auto& file : std::filesystem::recursive_directory_iterator(path("out"))) {
            all += file.is_regular_file() ? read_file(file.path()) : "";
        }
        EXPECT_THAT(all, HasSubstr("HTTP proxy 127.0.0.1:"));
        for (const std::string_view kept :
             {std::string_view(user), std::string_view(password), std::string_view(secret)}) {
            EXPECT_EQ(all.find(kept), std::string::npos) << kept;
        }
        if (secret != password) {
            EXPECT_THAT(finished.out,
                        AllOf(HasSubstr("with 407"), HasSubstr("gateproof doctor"), HasSubstr(" 0 failed")));
        }
    }
}

TEST_F(Proxy, TheDoctorSpeaksToIt) {
    TestProxy proxy({.user = user, .password = password});
    const Doctor well({write_profile(proxy.port(), password)});
    EXPECT_EQ(well.mark("proxy"), "ok") << well.output();
    EXPECT_EQ(well.status(), 0) << well.output();
    const Doctor unknown({write_profile(proxy.port(), "another-secret-word")});
    EXPECT_EQ(unknown.mark("proxy"), "FAIL") << unknown.output();
    EXPECT_THAT(unknown.text("proxy"), HasSubstr("with 407"));
    EXPECT_THAT(unknown.output(), Not(HasSubstr("another-secret-word")));
    TestProxy silent({.fault = Fault::silent});
    const Doctor waits({write_profile(silent.port(), password)});
    EXPECT_THAT(waits.text("proxy"), HasSubstr("opened no tunnel"));
    EXPECT_LT(waits.took(), promised_time);
}

TEST_F(Proxy, InitWritesOne) {
    const std::vector<std::string> words{"init",           path("mine.json"), "--environment", "sandbox",
                                         "--channel",      "desktop",         "--url",         "https://gw.example",
                                         "--control-path", "/status"};
    const auto with = [&words](const std::string& proxy) {
        std::vector<std::string> all = words;
        all.insert(all.end(), {"--force", "--proxy", proxy});
        return gateproof(all);
    };
    ASSERT_EQ(with("http://proxy.example:3128").status, 0);
    EXPECT_EQ(Json::parse(read_file(path("mine.json")))["endpoint"]["proxy"]["url"], "http://proxy.example:3128");
    EXPECT_EQ(gateproof({"profile", "validate", path("mine.json")}).status, 0);
    for (const char* const bad : {"https://proxy.example:3128", "proxy.example:3128", "http://proxy.example",
                                  "socks5h://u:open-sesame@proxy.example:1080"}) {
        const Finished refused = with(bad);
        EXPECT_EQ(refused.status, 2) << bad;
        EXPECT_THAT(refused.err, AllOf(HasSubstr("--proxy: expected"), Not(HasSubstr("open-sesame"))));
    }
}

/// On a terminal it asks for what the environment names, since connections would go out directly without it.
TEST_F(Proxy, InitOffersTheOneOfTheEnvironment) {
    const auto asked = [this](const std::string& variable, const std::string& value, const std::string& typed,
                              std::string& seen) {
        int status = 0;
        seen = on_terminal({"init", path("asked.json"), "--force", "--environment", "sandbox", "--channel", "desktop",
                            "--url", "https://gw.example", "--control-path", "/status"},
                           {{variable, value}}, status, typed + "\n\n");
        EXPECT_EQ(status, 0) << seen;
        const Json proxy = Json::parse(read_file(path("asked.json")))["endpoint"].value("proxy", Json{});
        return proxy.is_null() ? std::string("none") : proxy.at("url").get<std::string>();
    };
    std::string seen;
    EXPECT_EQ(asked("HTTPS_PROXY", "", "", seen), "none");
    EXPECT_THAT(seen, Not(HasSubstr("Proxy")));
    EXPECT_EQ(asked("HTTPS_PROXY", "http://u:open-sesame@proxy.example:3128/", "", seen), "http://proxy.example:3128");
    EXPECT_THAT(seen, AllOf(HasSubstr("HTTPS_PROXY is set"), HasSubstr("[http://proxy.example:3128]"),
                            HasSubstr("endpoint.proxy.user"), Not(HasSubstr("open-sesame"))));
    EXPECT_EQ(asked("https_proxy", "proxy.example:3128", "", seen), "http://proxy.example:3128");
    EXPECT_THAT(seen, Not(HasSubstr("endpoint.proxy.user")));
    EXPECT_EQ(asked("HTTPS_PROXY", "http://proxy.example:3128", "none", seen), "none");
    EXPECT_EQ(asked("HTTPS_PROXY", "http://proxy.example:3128", "nobody:1\nsocks5h://127.0.0.1:1080", seen),
              "socks5h://127.0.0.1:1080");
    EXPECT_THAT(seen, HasSubstr("expected http://host:port"));
    EXPECT_EQ(asked("ALL_PROXY", "https://proxy.example", "", seen), "none") << "not a proxy that can be used";
    EXPECT_THAT(seen, HasSubstr("[none]"));
}

/// What a rotation comes to is the same by a proxy, and compare tells the two apart by nothing that counts.
TEST_F(Proxy, ARotationIsJudgedThroughOneAsWithoutOne) {
    const ServedGateway gateway(path("gateway"));
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    TestProxy proxy({});
    Json profile = Json::parse(read_file(gateway.cloud()));
    const std::string url = profile["endpoint"]["url"];
    profile["endpoint"].erase("addresses");
    profile["endpoint"]["proxy"] = {{"url", fmt::format("http://127.0.0.1:{}", proxy.port())}};
    const auto judged = [&](const std::string& file, const std::string& out, std::vector<std::string> more) {
        std::vector<std::string> words{"rotate-check", "--profile", file,     "--old", "enrolled", "--new",
                                       "rotated_new",  "--moment",  "during", "--out", path(out)};
        words.insert(words.end(), more.begin(), more.end());
        return gateproof(words);
    };
    const Finished direct = judged(gateway.cloud(), "direct", {});
    ASSERT_EQ(direct.status, 0) << direct.err << direct.out.substr(0, 2000);
    const Finished through = judged(folder_.write("gateway/through.json", profile.dump()), "through",
                                    {"--baseline", path("direct/run.jsonl")});
    EXPECT_EQ(through.status, 0) << through.err << through.out.substr(0, 2000);
    EXPECT_EQ(gateproof({"compare", path("direct/run.jsonl"), path("through/run.jsonl")}).status, 0);
    const std::vector<std::string> asked = proxy.asked();
    EXPECT_GT(asked.size(), 3U);
    for (const std::string& tunnel : asked) {
        EXPECT_THAT(tunnel, testing::EndsWith(url.substr(url.rfind(':'))));
    }
}

TEST_F(Proxy, ResolvesTheNameSoThatNobodyChoosesAnAddress) {
    const std::string profile = write_profile(9, password);
    for (const std::string word : {"all", "first"}) {
        const Finished refused = gateproof({"run", profile, "--addresses", word, "--out", path("out")});
        EXPECT_EQ(refused.status, 2);
        EXPECT_THAT(refused.err, AllOf(HasSubstr("--addresses " + word + ": by-proxy goes by a proxy"),
                                       HasSubstr("leave the option out")));
    }
    EXPECT_EQ(gateproof({"plan", profile}).status, 0);
}

TEST_F(Proxy, OneOfTheEnvironmentIsMentionedOnceAndNotUsed) {
    TestProxy proxy({});
    ProcessOptions options = plain_environment();
    options.environment["HTTPS_PROXY"] = fmt::format("http://u:open-sesame@127.0.0.1:{}", proxy.port());
    options.environment["NO_PROXY"] = "";
    ASSERT_EQ(gateproof({"init", path("mine.json"), "--environment", "sandbox", "--channel", "desktop", "--url",
                         "https://127.0.0.1:9", "--control-path", "/status"})
                  .status,
              0);
    const Finished finished =
        run(command({"run", path("mine.json"), "--suite", "port", "--out", path("out")}), options);
    const std::string said = "HTTPS_PROXY is set and not used";
    const std::size_t first = finished.err.find(said);
    ASSERT_NE(first, std::string::npos) << finished.err;
    EXPECT_EQ(finished.err.find(said, first + 1), std::string::npos) << finished.err;
    EXPECT_THAT(finished.err, AllOf(HasSubstr("\"proxy\": {\"url\""), Not(HasSubstr("open-sesame"))));
    EXPECT_TRUE(proxy.asked().empty());
}

}  // namespace
}  // namespace gateproof::test
