// The program gateproof-client: what it takes, what it says, and how it ends.
#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <memory>

#include "gateway/gateway.hpp"
#include "tests/support/files.hpp"
#include "tests/support/process.hpp"

namespace gateproof::client::test {
namespace {

using gateproof::test::Finished;
using gateproof::test::Process;
using gateproof::test::ProcessOptions;
using gateproof::test::TemporaryFolder;

class Program : public testing::Test {
protected:
    static void SetUpTestSuite() { peer = std::make_unique<gateway::Gateway>(); }
    static void TearDownTestSuite() { peer.reset(); }

    /// A file with what the gateway's reference holds.
    [[nodiscard]] std::string file(const std::string& name) const {
        return folder_.write(name, peer->reference(name).value());
    }

    [[nodiscard]] std::map<std::string, std::string> environment() const {
        return {{"GATEPROOF_URL", peer->reference("cloud-url").value()},
                {"GATEPROOF_CA", file("ca.pem")},
                {"GATEPROOF_CERTIFICATE", file("enrolled.crt.pem")},
                {"GATEPROOF_KEY", file("enrolled.key.pem")},
                {"GATEPROOF_IRD", peer->reference("customer.ird").value()}};
    }

    static Finished run(std::vector<std::string> arguments, std::map<std::string, std::string> environment = {}) {
        arguments.insert(arguments.begin(), GATEPROOF_CLIENT_PROGRAM);
        ProcessOptions options;
        options.environment = std::move(environment);
        return gateproof::test::run(std::move(arguments), options);
    }

    TemporaryFolder folder_;
    static inline std::unique_ptr<gateway::Gateway> peer;
};

TEST_F(Program, TeachesWhatItDoes) {
    const Finished help = run({"--help"});
    EXPECT_EQ(help.status, 0);
    for (const char* word : {"read", "write", "stay", "login", "machine", "--fault NAME", "GATEPROOF_TOKEN", "89"}) {
        EXPECT_NE(help.out.find(word), std::string::npos) << word;
    }
    EXPECT_NE(run({"--list-faults"}).out.find("skips-host-name"), std::string::npos);
    EXPECT_EQ(run({}).status, 2);
}

TEST_F(Program, ReadsByArgumentsOrByTheEnvironmentAlone) {
    const Finished by_environment = run({"read"}, environment());
    auto both = environment();
    both["GATEPROOF_IDENTITY_P12"] = file("ca.pem");  // it has a password that nobody told
    EXPECT_EQ(run({"read"}, both).status, 0) << "certificate and key come first";
    EXPECT_EQ(by_environment.status, 0) << by_environment.err;
    EXPECT_EQ(by_environment.out, "gateproof-client: the gateway answered\n");
    const Finished by_arguments = run({"--base", peer->reference("cloud-url").value(), "--ca", file("ca.pem"), "--cert",
                                       file("enrolled.crt.pem"), "--key", file("enrolled.key.pem"), "read"});
    EXPECT_EQ(by_arguments.status, 0) << by_arguments.err;
}

TEST_F(Program, CallsAsAMachine) {
    std::map<std::string, std::string> with = environment();
    with["GATEPROOF_M2M_CERTIFICATE"] = file("m2m.crt.pem");
    with["GATEPROOF_M2M_KEY"] = file("m2m.key.pem");
    with["GATEPROOF_M2M_ISSUER"] = peer->reference("m2m.issuer").value();
    const Finished machine = run({"machine"}, with);
    EXPECT_EQ(machine.status, 0) << machine.err;
}

TEST_F(Program, EndsByItsResult) {
    EXPECT_EQ(run({"--fault", "shows-nothing", "read"}, environment()).status, 1);
    EXPECT_EQ(run({"write", "n"}, environment()).status, 89) << "there is no token";
    EXPECT_EQ(run({"login"}, environment()).status, 89);
    for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--fault", "nonsense", "read"},
                                                  {"--nonsense", "x", "read"},
                                                  {"read", "twice"},
                                                  {"dance"},
                                                  {"--base"},
                                                  {"--retries", "many", "read"},
                                                  {"--fault", "shows-another", "read"},
                                                  {"--ca", "/nowhere", "read"}}) {
        const Finished finished = run(wrong, environment());
        EXPECT_EQ(finished.status, 2) << wrong.back();
        EXPECT_TRUE(finished.err.starts_with("gateproof-client: ")) << finished.err;
    }
}

TEST_F(Program, LogsInByTheBrowserOfTheEnvironment) {
    std::map<std::string, std::string> with = environment();
    with["GATEPROOF_CHANNEL"] = "desktop";
    with["GATEPROOF_URL"] = with["GATEPROOF_AUTHORITY"] = peer->reference("desktop-url").value();
    with["GATEPROOF_CLIENT_ID"] = peer->reference("native-client.id").value();
    with["GATEPROOF_TOKENS"] = (folder_.path() / "tokens").string();
    with["BROWSER"] = std::string("python3 ") + GATEPROOF_TEST_BROWSER;
    with["BROWSER_LOG"] = (folder_.path() / "browser.log").string();
    with["LOGIN_USER"] = peer->reference("user.name").value();
    with["LOGIN_PASSWORD"] = peer->reference("user.password").value();
    const Finished login = run({"login"}, with);
    EXPECT_EQ(login.status, 0) << login.err;
    const Finished write = run({"write", "nonce"}, with);
    EXPECT_EQ(write.status, 0) << write.err;
}

TEST_F(Program, StaysUntilATermination) {
    for (const int signal : {SIGTERM, SIGINT}) {
        ProcessOptions options;
        options.environment = environment();
        Process process({GATEPROOF_CLIENT_PROGRAM, "--every", "1", "stay"}, options);
        ASSERT_TRUE(process.wait_for_output("the gateway answered\n")) << process.standard_error();
        process.signal(SIGHUP);
        process.signal(signal);
        EXPECT_EQ(process.wait(), 0) << process.standard_error();
        EXPECT_NE(process.standard_output().find("calls were served"), std::string::npos);
    }
}

}  // namespace
}  // namespace gateproof::client::test
