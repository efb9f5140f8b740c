// Client software as a row has it, in a folder of its own, and gateproof's judgement of it through the command line.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/journal/record.hpp"
#include "tests/clients/rows.hpp"
#include "tests/support/files.hpp"

namespace gateproof::test {

/// What one run of the program said.
struct ClientJudgement {
    int exit_status = -1;
    std::string output;  ///< standard output and error, to show when an expectation fails
    RunRecord record;
    std::chrono::milliseconds took{0};
};

/// Why the row cannot be tried here; empty: it can. In CI everything is to be there, so nothing is skipped.
std::string missing_for(const ClientRow& row);

class ClientUnderTest {
public:
    /// Makes its profile and test PKI as docs/clients.md says; throws when a command fails.
    explicit ClientUnderTest(const ClientRow& row);

    [[nodiscard]] ClientJudgement judge() const;
    [[nodiscard]] std::filesystem::path pki() const { return folder_.path() / "gateproof-pki"; }
    /// Of the act "read", ready to be started; placeholders stand in it.
    [[nodiscard]] const std::vector<std::string>& command() const { return command_; }
    [[nodiscard]] std::map<std::string, std::string> variables() const;
    [[nodiscard]] const std::string& host() const { return host_; }
    [[nodiscard]] std::filesystem::path folder() const { return folder_.path(); }

private:
    /// Takes the command of the profile that was made, and adds what the row and a crowded machine need.
    void complete_profile();

    ClientRow row_;
    TemporaryFolder folder_;
    std::filesystem::path profile_;
    std::vector<std::string> command_;
    std::string host_ = "localhost";  ///< that it calls
};

}  // namespace gateproof::test
