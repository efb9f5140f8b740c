// A real server on loopback, and gateproof's judgement of it through the command line.
#pragma once

#include <gmock/gmock.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gateway/pki.hpp"
#include "harness/journal/record.hpp"
#include "tests/support/files.hpp"
#include "tests/support/listener.hpp"
#include "tests/support/process.hpp"

namespace gateproof::test {

/// What one run of the program said.
struct Judgement {
    int exit_status = -1;
    std::string output;  ///< standard output and error, to show when an expectation fails
    RunRecord record;

    /// Ids of the checks that neither passed nor were skipped.
    [[nodiscard]] std::set<std::string> findings() const;
    /// Outcome and sentence of that check; error when it was not in the run.
    [[nodiscard]] CheckResult of(const std::string& id) const;
};

/// Certificates of one test program: minting them once is enough.
const gateway::Pki& pki();

/// A folder with the files that a server and a profile need; the server is started by the derived fixture.
class PeerTest : public testing::Test {
protected:
    PeerTest();

    /// Writes NAME.crt, NAME.key, NAME.pem (both) and NAME.ocsp of a server certificate.
    void write_server(const std::string& name, const gateway::Credential& server);
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    /// Starts a server that inherits `listener_`; `environment` may hold {fd} for its number.
    void start(std::vector<std::string> command, std::map<std::string, std::string> environment = {});

    /// Judges https://localhost:PORT as a cloud (or desktop) endpoint.
    [[nodiscard]] Judgement judge(const std::string& channel = "cloud", std::vector<std::string> arguments = {});
    [[nodiscard]] Judgement judge_port(std::uint16_t port, const std::string& channel,
                                       std::vector<std::string> arguments);

    TemporaryFolder folder_;
    Listener listener_;
    std::unique_ptr<Process> server_;
    /// Merged into "limits" of the profile.
    std::string limits_ = R"("connections_per_second": 0, "concurrent_connections": 16)";
};

}  // namespace gateproof::test
