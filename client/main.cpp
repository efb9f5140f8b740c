// gateproof-client: the reference client as a program, for whoever starts
// clients by a command.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "client/base/files.hpp"
#include "client/client.hpp"
#include "client/faults/table.hpp"

namespace gateproof::client {
namespace {

constexpr int exit_unusable = 2;
constexpr int exit_unsupported = 89;

constexpr const char* introduction = R"(gateproof-client [OPTIONS] ACT [NONCE]

A client of the gateway as it should be, and with --fault one that breaks a rule: what Gateproof's checks of clients are
proved on. What it does:
  read      one query: the customer --ird with a token, the service's status without
  write     one submission for --ird that holds NONCE; never made twice
  stay      reads twice a second until SIGTERM or SIGINT, and says whenever the result changes
  login     opens the browser, takes the code, and reads with the token
  machine   one query for --ird with a JWT signed by the machine's key
  logout    revokes what the login gave

Exit status: 0 it worked, 1 it did not, 2 what was given cannot be used, 89 it cannot do that with what was given.
Secrets are no arguments: they come from the environment or from files.

Options (each may come from the environment instead, by the name behind it):
)";

constexpr const char* examples = R"(
Secrets, from the environment alone: GATEPROOF_TOKEN, GATEPROOF_REFRESH_TOKEN, GATEPROOF_CLIENT_SECRET.

Examples:
  gateproof gateway --write gw                          then, with the addresses that it prints, in another terminal:
  gateproof-client --base https://localhost:4046 --ca gw/ca.pem --cert gw/enrolled.crt.pem --key gw/enrolled.key.pem read
  gateproof-client --base URL ... --fault skips-host-name read
  gateproof-client --base URL --channel desktop --authority URL --client-id ID --browser firefox --tokens tokens.json login
)";

struct Command {
    Options options;
    std::string nonce;
};

struct Flag {
    std::string_view name;
    std::string_view value;
    const char* variable;  ///< of the environment; null: none
    std::string_view help;
    void (*set)(Command&, const std::string&);
};

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == at) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

long number(const std::string& text, long most) {
    char* end = nullptr;
    const long value = std::strtol(text.c_str(), &end, 10);
    if (text.empty() || *end != '\0' || value < 0 || value > most) {
        throw Unusable{fmt::format("\"{}\" is no number from 0 to {}", text, most)};
    }
    return value;
}

std::chrono::milliseconds duration(const std::string& text) {
    return std::chrono::milliseconds(number(text, 86'400'000));
}

void set_channel(Command& command, const std::string& text) {
    if (text != "cloud" && text != "desktop") {
        throw Unusable{"--channel is cloud or desktop"};
    }
    command.options.channel = text == "cloud" ? Channel::cloud : Channel::desktop;
}

void add_identity(Command& command, const std::string& text) {
    const std::vector<std::string> parts = split(text, '=');
    const std::vector<std::string> files = split(parts.back(), ',');
    if (parts.size() != 2 || files.size() != 2) {
        throw Unusable{"--identity is ROLE=CERTIFICATE,KEY"};
    }
    command.options.other_identities[parts[0]] = {files[0], files[1], "", ""};
}

void set_thumbprint(Command& command, const std::string& text) {
    static const std::map<std::string, Thumbprint> forms{{"SHA256", Thumbprint::sha256_upper},
                                                         {"sha256", Thumbprint::sha256_lower},
                                                         {"SHA1", Thumbprint::sha1_upper},
                                                         {"sha1", Thumbprint::sha1_lower}};
    const auto found = forms.find(text);
    if (found == forms.end()) {
        throw Unusable{
            "--thumbprint is SHA256, sha256, SHA1 or sha1: small "
            "letters make the digits small"};
    }
    command.options.machine.thumbprint = found->second;
}

void set_start_logon(Command& command, const std::string& text) {
    command.options.machine.start_logon_null = text == "null";
    if (text != "null") {
        command.options.machine.start_logon = text;
    }
}

const auto flags = std::to_array<Flag>({
    {"--base", "URL", "GATEPROOF_URL", "the gateway, https://host:port",
     [](Command& c, const std::string& v) { c.options.base_url = v; }},
    {"--channel", "cloud|desktop", "GATEPROOF_CHANNEL", "the channel (cloud)", set_channel},
    {"--address", "IP", nullptr, "call this instead of what the host resolves to (repeatable)",
     [](Command& c, const std::string& v) { c.options.addresses.push_back(v); }},
    {"--proxy", "URL", "GATEPROOF_PROXY", "go through this proxy, http://host:port",
     [](Command& c, const std::string& v) { c.options.proxy = v; }},
    {"--ca", "FILE", "GATEPROOF_CA", "roots that servers are trusted by; without, the system's",
     [](Command& c, const std::string& v) { c.options.ca_file = v; }},
    {"--ca-folder", "DIR", nullptr, "the same as a hashed folder",
     [](Command& c, const std::string& v) { c.options.ca_folder = v; }},
    {"--cert", "FILE", "GATEPROOF_CERTIFICATE", "the client's certificate, its intermediates behind it",
     [](Command& c, const std::string& v) {
         c.options.identity.certificate = v;
         c.options.identity.pkcs12.clear();
     }},
    {"--key", "FILE", "GATEPROOF_KEY", "its key", [](Command& c, const std::string& v) { c.options.identity.key = v; }},
    {"--p12", "FILE", "GATEPROOF_IDENTITY_P12", "both as PKCS#12, instead of --cert and --key",
     [](Command& c, const std::string& v) { c.options.identity.pkcs12 = v; }},
    {"--password-file", "FILE", nullptr, "whose first line opens --key or --p12",
     [](Command& c, const std::string& v) { c.options.identity.password_file = v; }},
    {"--identity", "ROLE=CERT,KEY", nullptr,
     "what a fault shows instead: another, expired, other-case, "
     "other-environment",
     add_identity},
    {"--authority", "URL", "GATEPROOF_AUTHORITY", "the OAuth authority, https://host:port",
     [](Command& c, const std::string& v) { c.options.authority_url = v; }},
    {"--client-id", "ID", "GATEPROOF_CLIENT_ID", "as registered with the authority",
     [](Command& c, const std::string& v) { c.options.oauth.client_id = v; }},
    {"--secret-file", "FILE", nullptr, "whose first line is the client secret; a native client may have none",
     [](Command& c, const std::string& v) { c.options.oauth.client_secret = first_line_of_file(v, "secret file"); }},
    {"--redirect-uri", "URI", "GATEPROOF_REDIRECT_URI", "as registered; without, http://127.0.0.1:PORT/callback",
     [](Command& c, const std::string& v) { c.options.oauth.redirect_uri = v; }},
    {"--redirect-port", "PORT", nullptr, "to listen on for the redirect (0: any free one)",
     [](Command& c, const std::string& v) { c.options.redirect_port = static_cast<std::uint16_t>(number(v, 65535)); }},
    {"--browser", "COMMAND", "BROWSER", "opens the login, which is its last argument; words are split at blanks",
     [](Command& c, const std::string& v) { c.options.browser = split(v, ' '); }},
    {"--tokens", "FILE", "GATEPROOF_TOKENS", "where tokens are kept between two starts (mode 0600)",
     [](Command& c, const std::string& v) { c.options.token_file = v; }},
    {"--machine-cert", "FILE", "GATEPROOF_M2M_CERTIFICATE", "the certificate that JWTs are signed with",
     [](Command& c, const std::string& v) { c.options.machine.signer.certificate = v; }},
    {"--machine-key", "FILE", "GATEPROOF_M2M_KEY", "its key",
     [](Command& c, const std::string& v) { c.options.machine.signer.key = v; }},
    {"--issuer", "TEXT", "GATEPROOF_M2M_ISSUER", "the JWT's iss, as agreed",
     [](Command& c, const std::string& v) { c.options.machine.issuer = v; }},
    {"--algorithm", "NAME", nullptr, "ES256 to RS512 (what fits the key)",
     [](Command& c, const std::string& v) { c.options.machine.algorithm = v; }},
    {"--thumbprint", "FORM", nullptr, "the JWT's sub: SHA256 (upper case), sha256, SHA1 or sha1", set_thumbprint},
    {"--start-logon", "USER", "GATEPROOF_M2M_START_LOGON", "the JWT's startLogon; null: the JSON value",
     set_start_logon},
    {"--ird", "NUMBER", "GATEPROOF_IRD", "the customer that is read and written for",
     [](Command& c, const std::string& v) { c.options.ird = v; }},
    {"--provider", "NAME", nullptr, "softwareProvider of SOAP requests, as onboarded (Gateproof)",
     [](Command& c, const std::string& v) { c.options.software.provider = v; }},
    {"--platform", "NAME", nullptr, "softwarePlatform of SOAP requests, as onboarded (Embedded)",
     [](Command& c, const std::string& v) { c.options.software.platform = v; }},
    {"--connect-limit", "MS", nullptr, "for TCP, and again for TLS (10000)",
     [](Command& c, const std::string& v) { c.options.connect_limit = duration(v); }},
    {"--answer-limit", "MS", nullptr, "for a whole answer (75000; the gateway may take 60000)",
     [](Command& c, const std::string& v) { c.options.answer_limit = duration(v); }},
    {"--login-limit", "MS", nullptr, "for the user (120000)",
     [](Command& c, const std::string& v) { c.options.login_limit = duration(v); }},
    {"--retries", "N", nullptr, "repetitions of a call that was put off (3)",
     [](Command& c, const std::string& v) { c.options.retries.at_most = static_cast<int>(number(v, 100)); }},
    {"--retry-wait", "MS", nullptr, "the first wait, which doubles (1000)",
     [](Command& c, const std::string& v) { c.options.retries.first = duration(v); }},
    {"--every", "MS", nullptr, "between the calls of stay (500)",
     [](Command& c, const std::string& v) { c.options.every = duration(v); }},
    {"--fault", "NAME", nullptr, "break it in this way (repeatable; --list-faults names them)",
     [](Command& c, const std::string& v) { c.options.faults.push_back(v); }},
});

void print_help() {
    fmt::print("{}", introduction);
    for (const Flag& flag : flags) {
        fmt::print("  {:<32} {}{}\n", fmt::format("{} {}", flag.name, flag.value), flag.help,
                   flag.variable == nullptr ? std::string() : fmt::format(" [{}]", flag.variable));
    }
    fmt::print("  {:<32} {}\n", "--warm-up", "read before the write, so that it finds a used connection");
    fmt::print("  {:<32} {}\n  {:<32} {}\n", "--list-faults", "what can be broken", "--help", "this text");
    fmt::print("{}", examples);
}

void print_faults() {
    for (const Fault& fault : faults()) {
        fmt::print("{:<32} {}\n", fault.name, fault.title);
    }
}

std::string variable(const char* name) {
    const char* const value = name == nullptr ? nullptr : std::getenv(name);
    return value == nullptr ? std::string() : value;
}

void take_environment(Command& command) {
    for (const Flag& flag : flags) {
        if (const std::string value = variable(flag.variable); !value.empty()) {
            flag.set(command, value);
        }
    }
    if (!command.options.identity.certificate.empty()) {
        command.options.identity.pkcs12.clear();  // whoever starts clients gives both, and this needs no password
    }
    command.options.token = variable("GATEPROOF_TOKEN");
    command.options.refresh_token = variable("GATEPROOF_REFRESH_TOKEN");
    command.options.oauth.client_secret = variable("GATEPROOF_CLIENT_SECRET");
    command.nonce = variable("GATEPROOF_NONCE");
}

/// What is left when the options are taken out.
std::vector<std::string> take_options(Command& command, const std::vector<std::string>& arguments) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (argument == "--warm-up") {
            command.options.warm_up = true;
            continue;
        }
        if (!argument.starts_with("--")) {
            words.push_back(argument);
            continue;
        }
        const auto* const flag = std::ranges::find(flags, std::string_view(argument), &Flag::name);
        if (flag == flags.end()) {
            throw Unusable{fmt::format("there is no option {}: see gateproof-client --help", argument)};
        }
        if (i + 1 == arguments.size()) {
            throw Unusable{fmt::format("{} needs a value: {}", argument, flag->value)};
        }
        flag->set(command, arguments[++i]);
    }
    return words;
}

Act act_named(const std::vector<std::string>& words) {
    constexpr std::array<std::pair<std::string_view, Act>, 6> acts{{{"read", Act::read},
                                                                    {"write", Act::write},
                                                                    {"stay", Act::stay},
                                                                    {"login", Act::login},
                                                                    {"machine", Act::machine},
                                                                    {"logout", Act::logout}}};
    const std::string name = words.empty() ? "" : words.front();
    const auto* const found =
        std::ranges::find(acts, std::string_view(name), [](const auto& one) { return one.first; });
    const std::size_t most = name == "write" ? 2 : 1;
    if (found == acts.end() || words.size() > most) {
        throw Unusable{
            "one of read, write [NONCE], stay, login, machine and "
            "logout has to stand at the end"};
    }
    return found->second;
}

Client* running = nullptr;

void end_running(int) {
    running->stop();
}

int run(const std::vector<std::string>& arguments) {
    Command command;
    take_environment(command);
    const std::vector<std::string> words = take_options(command, arguments);
    const Act act = act_named(words);
    if (words.size() == 2) {
        command.nonce = words[1];
    }
    const std::string nonce = command.nonce;
    command.options.called = [said = std::string()](const Result& result) mutable {
        if (result.text != said) {
            said = result.text;
            fmt::print("gateproof-client: {}\n", said);
            std::fflush(stdout);
        }
    };
    Client client(std::move(command.options));
    running = &client;
    std::signal(SIGTERM, end_running);
    std::signal(SIGINT, end_running);
    std::signal(SIGHUP,
                SIG_IGN);  // sent where certificates have changed, which is noticed anyhow
    const Result result = client.act(act, nonce);
    std::signal(SIGTERM, SIG_IGN);
    std::signal(SIGINT, SIG_IGN);
    const bool good = result.outcome == Outcome::success;
    fmt::print(good ? stdout : stderr, "gateproof-client: {}\n", result.text);
    return good ? 0 : result.outcome == Outcome::failure ? 1 : exit_unsupported;
}

int run_reporting(const std::vector<std::string>& arguments) {
    std::string problem;
    try {
        return run(arguments);
    } catch (const Unusable& unusable) {
        problem = unusable.text;
    } catch (const std::exception& unusable) {
        problem = unusable.what();
    }
    fmt::print(stderr, "gateproof-client: {}\n", problem);
    return exit_unusable;
}

}  // namespace
}  // namespace gateproof::client

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.empty() || arguments.front() == "--help") {
        gateproof::client::print_help();
        return arguments.empty() ? gateproof::client::exit_unusable : 0;
    }
    if (arguments.front() == "--list-faults") {
        gateproof::client::print_faults();
        return 0;
    }
    return gateproof::client::run_reporting(arguments);
}
