// What gateproof must say of each real client in each configuration: the one table of the tests and of
// docs/real-clients.md.
#pragma once

#include <array>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace gateproof::test {

struct ClientRow {
    std::string name;           ///< "CurlUnverified", part of its test's name
    std::string client;         ///< "curl"
    std::string configuration;  ///< in words
    std::string channel;
    /// Of the act `act`; {scripts} and {programs} are the folders of tests/clients and of what was built of it,
    /// {modules} that in which npm packages are (node_modules). Empty: as docs/clients.md has it, under `document`.
    std::vector<std::string> command;
    std::string document;
    std::string act;                               ///< "read" or "write"
    std::map<std::string, std::string> variables;  ///< of the client's environment
    /// Programs, or files with their whole path (* in it as of a shell), without which it is skipped; each with its
    /// package.
    std::map<std::string, std::string> needs;
    std::string profile;  ///< JSON that its profile is merged with (RFC 7396); empty: nothing
    /// It is judged with: judged_families where the row says nothing, none where `arguments` choose single checks.
    std::vector<std::string> families;
    std::vector<std::string> arguments;  ///< of gateproof run
    /// Outcome by check, of every check of the channel that must not pass: a check's id, with its case in brackets
    /// where the cases differ, or the beginning of ids and '*'. The longest that fits a check counts; "pass" is for
    /// exceptions.
    std::map<std::string, std::string> findings;
    /// Text by check (id with the case in brackets) that its sentence or what the client wrote must contain: how the
    /// client behaved, whatever the verdict.
    std::map<std::string, std::string> says;
    std::vector<std::string> witnesses;     ///< kinds of witness_kinds()
    std::string remark;                     ///< why a sound client has a finding; else empty
    std::vector<std::string> init = {};     ///< more arguments of client init
    std::vector<std::string> crashes = {};  ///< checks (with the case) that at times crash the client, which fails them
};

/// Shown by GoogleTest: its name.
void PrintTo(const ClientRow& row, std::ostream* out);

/// tests/clients/expected.json; throws when it cannot be read.
const std::vector<ClientRow>& client_rows();

/// The finding of the row that counts for this check (id with the case in brackets): its key; empty: it must pass.
std::string finding_for(const ClientRow& row, const std::string& full_id);

/// Families of checks that rows are judged with which say nothing of families: they are for all that speaks TLS.
inline constexpr std::array judged_families{"client-reach", "client-trust", "client-tls", "client-identity"};

/// docs/real-clients.md.
std::string clients_page(const std::vector<ClientRow>& rows);

}  // namespace gateproof::test
