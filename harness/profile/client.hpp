// Client software under test: how it is started, where it is led to, and what is expected of it.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/identity/identity.hpp"

namespace gateproof {

/// What client software can be made to do.
enum class ClientAct {
    read,     ///< one query, which may be repeated
    write,    ///< one submission, which must not happen twice
    stay,     ///< calls again and again, at least once a second, until it is ended
    login,    ///< an authorization code flow (RFC 6749 4.1)
    machine,  ///< one call as a machine (M2M)
    logout,
};
std::string_view to_string(ClientAct act);
std::optional<ClientAct> client_act_from(std::string_view name);

/// How the software comes to the stage.
enum class ClientReach {
    url,    ///< its base URL is told at each start
    proxy,  ///< by a proxy of the stage (CONNECT, RFC 9110 9.3.6), at the host and port that it is made for
};

/// How the software is made to do one of them: an argument vector, no shell.
struct ClientCommand {
    /// The program and its arguments; placeholders (client_placeholders) stand for what is known at each start.
    std::vector<std::string> arguments;
    bool idempotent = false;  ///< what the act does may happen twice without harm
};

/// What an argument or a variable may name in braces.
inline constexpr std::string_view client_placeholders[] = {
    "url",       "host",        "port",        "proxy",         "ca",           "ca_bundle",
    "ca_p12",    "ca_password", "certificate", "key",           "identity_p12", "identity_password",
    "authority", "browser",     "client_id",   "client_secret", "token",        "ird",
    "nonce",     "work",        "check",       "attempt"};

/// The names in braces of a text that are no placeholders, in order.
std::vector<std::string> unknown_placeholders(std::string_view text);
/// The text with each placeholder's value in its place; one without a value stays as it is.
std::string with_placeholders(std::string_view text, const std::map<std::string, std::string>& values);

struct ClientSoftware {
    std::string version;        ///< as its maker counts
    std::filesystem::path pki;  ///< folder of the test PKI that the software trusts; made where it does not exist
    /// The reference client inside this program is meant, which needs no command.
    bool embedded = false;
    std::map<ClientAct, ClientCommand> acts;
    std::map<std::string, std::string> variables;  ///< of its environment; values with placeholders
    std::vector<int> success{0};                   ///< exit codes by which it says that it succeeded
    std::vector<int> unsupported{89};              ///< by which it says that it cannot do what it was asked to
    ClientReach reach = ClientReach::url;
    /// That it is told to call; resolves to this machine unless a proxy leads there.
    std::string host = "localhost";
    /// Certificates that the software shows, where it has an identity of its own: leaf first. Empty: the test PKI
    /// issues one for it.
    std::vector<Certificate> identity;
    std::chrono::milliseconds start{10'000};  ///< until its first connection has to be there
    std::chrono::milliseconds end{180'000};   ///< until it has to be done, whatever it meets
    int retries = 5;                          ///< connections beyond the first that count as no storm
    int concurrent = 4;                       ///< starts at once
    int instances = 12;                       ///< starts of which it is judged whether they come back together

    [[nodiscard]] bool can(ClientAct act) const { return acts.contains(act); }
};

}  // namespace gateproof
