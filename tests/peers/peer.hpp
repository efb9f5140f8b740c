// A real server on loopback, and gateproof's judgement of it through the command line.
#pragma once

#include <gmock/gmock.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gateway/tls/pki.hpp"
#include "harness/journal/record.hpp"
#include "tests/peers/expected.hpp"
#include "tests/support/files.hpp"
#include "tests/support/listener.hpp"
#include "tests/support/process.hpp"

namespace gateproof::test {

/// The published suites, as Java's TLS lists them.
inline constexpr const char* jsse_suites =
    "TLS_AES_256_GCM_SHA384,TLS_AES_128_GCM_SHA256,TLS_CHACHA20_POLY1305_SHA256,"
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,"
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";

/// What one run of the program said.
struct Judgement {
    int exit_status = -1;
    std::string output;  ///< standard output and error, to show when an expectation fails
    RunRecord record;
    long max_resident_kib = 0;

    /// Ids of the checks that neither passed nor were skipped.
    [[nodiscard]] std::set<std::string> findings() const;
    /// Outcome and sentence of that check; error when it was not in the run.
    [[nodiscard]] CheckResult of(const std::string& id) const;
};

/// A profile's contents, apart from what every profile of these tests says alike.
struct ProfileOptions {
    std::string name = "peer";
    std::string channel = "cloud";
    std::set<std::string> roles = {"enrolled"};  ///< of gateway::Pki; ROLE.crt and ROLE.key are in the folder
    std::string path = "/gateway/customer-service/status";  ///< of the control operation
    std::string body = "OK";                                ///< that a served answer contains
    std::string limits = R"("connections_per_second": 0, "concurrent_connections": 16)";
    std::string identities = {};  ///< further members of "identities"
    std::string operations = {};  ///< further members of "operations"
    std::string addresses = {};   ///< endpoint.addresses, JSON; empty: none
    std::string more = {};        ///< further members of the profile
};

/// What try_strangers() says when the enrolled certificate is served and everybody else refused in these words; empty:
/// served as well.
testing::Matcher<std::map<std::string, std::string>> refused(const std::string& none, const std::string& expired,
                                                             const std::string& other_ca, const std::string& wrong_eku);

/// Certificates of one test program: minting them once is enough.
const gateway::Pki& pki();

/// A folder with the files that a server and a profile need; the server is started by the derived fixture.
class PeerTest : public testing::Test {
protected:
    PeerTest();

    /// Writes NAME.crt, NAME.key, NAME.pem (both) and NAME.ocsp of a server certificate.
    void write_server(const std::string& name, const gateway::Credential& server);
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    /// Gives the profile every identity that must not be served and the authority that can issue more of them, and
    /// writes client.crl: the revocation lists of both client authorities.
    void lend_every_identity();

    /// Starts a server that inherits `listener_`; `environment` may hold {fd} for its number.
    void start(std::vector<std::string> command, std::map<std::string, std::string> environment = {});

    /// Starts a server that listens on `reserved_` by itself, and waits until its output says `ready`.
    void start_listening(std::vector<std::string> command, const std::string& ready,
                         std::map<std::string, std::string> environment = {});

    /// Waits until something listens on this port of 127.0.0.1: for servers that do not say when they are ready.
    void wait_until_open(std::uint16_t port) const;

    /// Writes NAME.json, a profile of https://localhost:PORT, and returns its path.
    std::string write_profile(const ProfileOptions& options, std::uint16_t port);
    /// Judges https://localhost:PORT as a cloud (or desktop) endpoint, with `profile_` in all else.
    [[nodiscard]] Judgement judge(const std::string& channel = "cloud", std::vector<std::string> arguments = {});
    [[nodiscard]] Judgement judge_port(std::uint16_t port, const std::string& channel,
                                       std::vector<std::string> arguments);
    /// `gateproof run` of these profiles.
    [[nodiscard]] Judgement judge_files(std::vector<std::string> profiles, std::vector<std::string> arguments);

    /// The findings are those, and no others, that the row of expected.json for the test in progress lists; `step`
    /// tells several judgements of one test apart.
    /// The server that was judged last must show the witnesses of the row the same.
    void expect_as_listed(const Judgement& judgement, const std::string& step = {}) const;

    /// Shows the server each certificate as if it were the enrolled one: expired, of another authority (of the same
    /// name), not for clients, and none. What became of it by role: outcome of the check, colon, its sentence.
    [[nodiscard]] std::map<std::string, std::string> try_strangers(std::uint16_t port);

    /// An independent witness: what `openssl s_client` with these arguments, and no client certificate, is answered to
    /// the control operation under Host: localhost:PORT; empty: no answer.
    [[nodiscard]] static std::string witness(std::uint16_t port, const std::vector<std::string>& arguments);

    [[nodiscard]] static std::string witness_at(const std::string& address, std::uint16_t port,
                                                const std::vector<std::string>& arguments);

    /// What the witness of a row is told by the server that was judged last.
    [[nodiscard]] std::string told_to(const ExpectedFindings::Oracle& oracle) const;

    std::uint16_t judged_port_ = 0;
    TemporaryFolder folder_;
    Listener listener_;
    ReservedPort reserved_;
    std::unique_ptr<Process> server_;
    ProfileOptions profile_;
};

}  // namespace gateproof::test
