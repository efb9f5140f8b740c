// An independent witness of what real clients do: openssl s_server, scripts/answers.py or scripts/waits.py, with a
// certificate that openssl issued.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/process.hpp"

namespace gateproof::test {

struct WitnessKind {
    std::string_view name;                  ///< "other-name"
    std::string_view title;                 ///< what the server is
    std::string_view says;                  ///< what it or the client's exit code then shows of the client in question
    std::vector<std::string_view> of = {};  ///< checks whose findings it is told too
    std::string_view subject_alternative_name = {};  ///< empty: the host that the client calls
    std::string_view extended_key_usage = "serverAuth";
    bool self_signed = false;
    int rsa_bits = 0;               ///< of its key; 0: it is of P-256
    bool sha1 = false;              ///< its certificate is signed over SHA-1
    bool out_of_order = false;      ///< of its chain, the root comes first
    bool revoked = false;           ///< it staples a response that says so
    bool weak_group = false;        ///< its finite group is of 1024 bits
    bool refuses = false;           ///< it trusts no client certificate that there is
    int status = 200;               ///< of its answer
    bool asks = false;              ///< with `answers`: for a client certificate, which need not be shown
    std::string_view answers = {};  ///< of scripts/answers.py, which is the server; empty: openssl s_server is
    std::string_view waits = {};    ///< of scripts/waits.py, which is the server then
    std::string_view relay = {};    ///< a script between it and the client, which changes what it says
    bool refuses_tunnels = false;   ///< the proxy before it does, for clients that come by one
    std::vector<std::string_view> options = {};
    std::string_view tls_feature = {};  ///< of its certificate (RFC 7633), as OpenSSL has it
    bool weighed = false;  ///< the client's memory is looked at, and "held more than 120 MiB" told where it had that
    std::string_view absent = {};  ///< where it does not write this, "without" it is told with what was seen
};

/// All that rows of expected.json name; "sound" is what every sound client is served by.
const std::vector<WitnessKind>& witness_kinds();
/// Throws std::out_of_range when there is none of that name.
const WitnessKind& witness_kind(const std::string& name);

/// Such a server on loopback. `pki` is the folder of a test PKI, whose issuing keys sign its certificate.
class Witness {
public:
    /// `host`: that clients of it call; by a proxy where that is no name of this machine.
    Witness(const WitnessKind& kind, std::filesystem::path pki, std::filesystem::path folder,
            std::string host = "localhost");

    /// Runs the client, with its placeholders and variables as at a start by gateproof, and returns all that was seen:
    /// what the server wrote, what the client wrote, and "exit code N", with "(a failure)" behind it where N is not 0.
    [[nodiscard]] std::string meets(std::vector<std::string> command, std::map<std::string, std::string> variables);

private:
    void mint(const WitnessKind& kind) const;
    [[nodiscard]] std::vector<std::string> tls_server(const WitnessKind& kind) const;
    [[nodiscard]] std::vector<std::string> http_server(const WitnessKind& kind) const;
    static std::unique_ptr<Process> listening(std::vector<std::string> command, std::uint16_t& port);
    [[nodiscard]] std::string file(const std::string& name) const { return (folder_ / name).string(); }

    std::filesystem::path pki_;
    std::filesystem::path folder_;
    std::string host_;
    std::unique_ptr<Process> server_;
    std::unique_ptr<Process> relay_;
    std::uint16_t port_ = 0;
    std::string_view absent_;
    bool weighed_ = false;
};

}  // namespace gateproof::test
