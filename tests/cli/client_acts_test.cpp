// Client software as a program that stays and logs in: the played user's browser, and scenes that change under it.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/cli/command.hpp"

namespace gateproof::test::client_acts_test {
namespace {

/// A profile of the reference client as a program; `more` stands behind each act's words.
std::string profile_of(const TemporaryFolder& folder, const std::string& more) {
    std::string acts;
    for (const char* const act : {"read", "stay", "login"}) {
        acts += std::string(acts.empty() ? "" : ", ") + "\"" + act + "\": [\"" GATEPROOF_CLIENT_PROGRAM "\"" + more +
                ", \"--address\", \"127.0.0.1\", \"--every\", \"100\", \"" + act + "\"]";
    }
    const std::filesystem::path file = folder.path() / "ledger.json";
    std::ofstream(file) << R"({"name": "ledger", "side": "client", "environment": "sandbox", "channel": "cloud",
        "limits": {"repeat": 1},
        "client": {"pki": "pki", "trigger": {"command": {)"
                        << acts << R"(}}, "reach": {"host": "gateway.gateproof.test"},
        "patience": {"start_ms": 10000, "end_ms": 30000}}})";
    return file.string();
}

Finished judged(const std::string& check, const std::string& more = {}) {
    const TemporaryFolder folder;
    return gateproof(
        {"run", profile_of(folder, more), "--out", (folder.path() / "out").string(), "-v", "--check", check});
}

TEST(ClientActs, ALoginByTheBrowserThatEnvironmentNames) {
    const Finished good = judged("client-trust.authority-host");
    EXPECT_EQ(good.status, 0) << good.out << good.err;
    const Finished bad = judged("client-trust.authority-host", R"(, "--fault", "verifies-gateway-not-authority")");
    EXPECT_EQ(bad.status, 1) << bad.out << bad.err;
}

TEST(ClientActs, AStayWhoseSceneChanges) {
    const Finished good = judged("client-trust.every-connection");
    EXPECT_EQ(good.status, 0) << good.out << good.err;
    const Finished bad = judged("client-trust.every-connection", R"(, "--fault", "verifies-first-connection-only")");
    EXPECT_EQ(bad.status, 1) << bad.out << bad.err;
}

}  // namespace
}  // namespace gateproof::test::client_acts_test
