// What gateproof must say of each real server in each configuration: the one table of the tests and of docs/peers.md.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace gateproof::test {

struct ExpectedFindings {
    std::string test;           ///< "NginxTest.OldVersionsAreCaught", and a step where the test has several
    std::string server;         ///< "nginx"
    std::string configuration;  ///< in words
    std::string channel;
    std::map<std::string, std::string> findings;  ///< outcome by check, of every check that must not pass
    /// An independent witness, which is told so. In the arguments {folder} is the test's folder.
    struct Oracle {
        std::vector<std::string> before;   ///< of an earlier connection of openssl s_client; empty: none
        std::vector<std::string> openssl;  ///< of openssl s_client
        std::vector<std::string> node;     ///< of tests/peers/witness.mjs; empty: openssl is the witness
        std::string says;
    };
    std::vector<Oracle> oracles;
    std::string remark;  ///< why a sound server has a finding; else empty
};

/// tests/peers/expected.json; throws when it cannot be read.
const std::vector<ExpectedFindings>& expected_findings();

/// docs/peers.md.
std::string peers_page(const std::vector<ExpectedFindings>& rows);

}  // namespace gateproof::test
