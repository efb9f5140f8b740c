// Client software as a program that stays and logs in: the played user's browser, and scenes that change under it.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/cli/command.hpp"

namespace gateproof::test::client_acts_test {
namespace {

using testing::HasSubstr;

/// A profile of the reference client as a program; `more` stands behind each act's words, `reach` before its host.
std::string profile_of(const TemporaryFolder& folder, const std::string& more, const std::string& reach = {}) {
    std::string acts;
    for (const char* const act : {"read", "stay", "login"}) {
        acts += std::string(acts.empty() ? "" : ", ") + "\"" + act + "\": [\"" GATEPROOF_CLIENT_PROGRAM "\"" + more +
                ", \"--address\", \"127.0.0.1\", \"--every\", \"100\", \"" + act + "\"]";
    }
    const std::filesystem::path file = folder.path() / "ledger.json";
    std::ofstream(file) << R"({"name": "ledger", "side": "client", "environment": "sandbox", "channel": "cloud",
        "limits": {"repeat": 1},
        "client": {"pki": "pki", "trigger": {"command": {)"
                        << acts << R"(}}, "reach": {)" << reach << R"("host": "gateway.gateproof.test"},
        "patience": {"start_ms": 10000, "end_ms": 30000}}})";
    return file.string();
}

Finished judged(const std::string& check, const std::string& more = {}, const std::string& reach = {}) {
    const TemporaryFolder folder;
    return gateproof(
        {"run", profile_of(folder, more, reach), "--out", (folder.path() / "out").string(), "-v", "--check", check});
}

TEST(ClientActs, ALoginByTheBrowserThatEnvironmentNames) {
    const Finished good = judged("client-trust.authority-host");
    EXPECT_EQ(good.status, 0) << good.out << good.err;
    const Finished bad = judged("client-trust.authority-host", R"(, "--fault", "verifies-gateway-not-authority")");
    EXPECT_EQ(bad.status, 1) << bad.out << bad.err;
}

/// {authority} and {browser} as arguments, and the way to both by the proxy.
TEST(ClientActs, ALoginByTheBrowserThatArgumentsName) {
    const TemporaryFolder folder;
    const auto run = [&folder](const std::string& fault) {
        nlohmann::json profile = nlohmann::json::parse(read_file(profile_of(folder, fault, R"("by": "proxy", )")));
        nlohmann::json& login = profile["client"]["trigger"]["command"]["login"];
        login.insert(login.begin(), {"env", "-u", "GATEPROOF_AUTHORITY", "-u", "BROWSER"});
        login.insert(login.end() - 1, {"--authority", "{authority}", "--browser", "{browser}"});
        return gateproof({"run", folder.write("ledger.json", profile.dump()), "--out", (folder.path() / "out").string(),
                          "-v", "--check", "client-trust.authority-host"});
    };
    const Finished good = run({});
    EXPECT_EQ(good.status, 0) << good.out << good.err;
    const Finished bad = run(R"(, "--fault", "verifies-gateway-not-authority")");
    EXPECT_EQ(bad.status, 1) << bad.out << bad.err;
}

TEST(ClientActs, AStayWhoseSceneChanges) {
    const Finished good = judged("client-trust.every-connection");
    EXPECT_EQ(good.status, 0) << good.out << good.err;
    const Finished bad = judged("client-trust.every-connection", R"(, "--fault", "verifies-first-connection-only")");
    EXPECT_EQ(bad.status, 1) << bad.out << bad.err;
}

TEST(ClientActs, AProxyShowsThePortThatIsCalled) {
    const std::string by_proxy = R"("by": "proxy", )";
    const std::string proxy = R"(, "--proxy", "{proxy}")";
    for (const auto& [check, fault] : {std::pair("client-reach.declared-port", "dials-443"),
                                       std::pair("client-reach.no-other-port", "falls-back-to-443")}) {
        const Finished good = judged(check, proxy, by_proxy);
        EXPECT_EQ(good.status, 0) << good.out << good.err;
        const Finished bad = judged(check, proxy + R"(, "--fault", ")" + fault + '"', by_proxy);
        EXPECT_EQ(bad.status, 1) << bad.out << bad.err;
        EXPECT_THAT(bad.out, HasSubstr("gateway.gateproof.test:443"));
    }
}

TEST(ClientActs, WithAUrlAPlanSaysThatThePortCannotBeSeen) {
    const TemporaryFolder folder;
    const Finished plan = gateproof({"plan", profile_of(folder, {}), "--check", "client-reach.declared-port"});
    EXPECT_EQ(plan.status, 0) << plan.err;
    EXPECT_THAT(plan.out, HasSubstr("nothing shows which one it calls by itself"));
}

}  // namespace
}  // namespace gateproof::test::client_acts_test
