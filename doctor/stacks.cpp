#include "doctor/stacks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

namespace gateproof::doctor {

namespace {

struct Stack {
    std::string_view program;   ///< what its name begins with
    std::string_view variable;  ///< by which it finds roots; empty: none is read
    std::string_view advice;    ///< what else to do, by the profile's command or in its code
};

constexpr Stack stacks[] = {
    {"curl", "CURL_CA_BUNDLE", "add \"--cacert\", \"{ca}\" to client.trigger.command.read, and take -k out"},
    {"wget", "WGETRC", "add \"--ca-certificate={ca}\" to client.trigger.command.read"},
    {"node", "NODE_EXTRA_CA_CERTS",
     "an option \"ca\" in its code replaces what that variable adds: give it fs.readFileSync(process.env.GATEPROOF_CA)"},
    {"npm", "NODE_EXTRA_CA_CERTS",
     "an option \"ca\" in its code replaces what that variable adds: give it fs.readFileSync(process.env.GATEPROOF_CA)"},
    {"deno", "DENO_CERT", "or start it with --cert {ca}"},
    {"python", "SSL_CERT_FILE",
     "requests reads REQUESTS_CA_BUNDLE, unless its code says verify=; a context that its code makes is given "
     "cafile=os.environ[\"GATEPROOF_CA\"]"},
    {"java", "JAVA_TOOL_OPTIONS",
     "an SSLContext that its code makes does not look there: let it load the key store {ca_p12} (PKCS12, password "
     "{ca_password})"},
    {"mvn", "JAVA_TOOL_OPTIONS", "a process that it forks takes the same variable"},
    {"gradle", "JAVA_TOOL_OPTIONS", "start it with --no-daemon: a daemon keeps the variables that it was started with"},
    {"dotnet", "SSL_CERT_FILE",
     "a ServerCertificateCustomValidationCallback in its code decides alone: let it accept {ca}"},
    {"go", "SSL_CERT_FILE", "a tls.Config with RootCAs in its code does not look there: append {ca} to that pool"},
    {"php", "", "start it as \"php\", \"-d\", \"openssl.cafile={ca}\", \"-d\", \"curl.cainfo={ca}\", ..."},
    {"ruby", "SSL_CERT_FILE", "a ca_file in its code does not look there: give it ENV[\"GATEPROOF_CA\"]"},
    {"perl", "PERL_LWP_SSL_CA_FILE", "Mojolicious reads MOJO_CA_FILE; SSL_ca_file in its code decides alone"},
};

/// The program that does the work: behind env and its assignments.
std::string program_of(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
        const std::string name = std::filesystem::path(word).filename().string();
        if (name != "env" && word.find('=') == std::string::npos) {
            return name;
        }
    }
    return {};
}

const Stack* stack_of(const std::vector<std::string>& words) {
    const std::string program = program_of(words);
    const auto* const found = std::ranges::find_if(
        stacks, [&program](const Stack& stack) { return std::string_view(program).starts_with(stack.program); });
    return found == std::end(stacks) ? nullptr : found;
}

}  // namespace

std::string trust_variable_of(const std::vector<std::string>& words) {
    const Stack* const stack = stack_of(words);
    return stack == nullptr ? std::string() : std::string(stack->variable);
}

std::string how_to_trust(const std::vector<std::string>& words, const std::map<std::string, std::string>& set,
                         const std::map<std::string, std::string>& overridden) {
    const Stack* const stack = stack_of(words);
    if (stack == nullptr) {
        return "let it trust {ca} (an option of its own in client.trigger.command.read, or a setting), or read one of the "
               "variables that are set for it: SSL_CERT_FILE (OpenSSL, Go, Ruby, .NET), NODE_EXTRA_CA_CERTS (Node), "
               "REQUESTS_CA_BUNDLE (Python requests), JAVA_TOOL_OPTIONS (Java), CURL_CA_BUNDLE (curl), GATEPROOF_CA";
    }
    const std::string variable(stack->variable);
    if (variable.empty()) {
        return std::string(stack->advice);
    }
    if (overridden.contains(variable)) {
        return fmt::format("client.variables sets {} itself: take it out there, or let it name {{ca_bundle}}; {}",
                           variable, stack->advice);
    }
    return fmt::format("{} is {}; {}", variable,
                       set.contains(variable) ? "set for it, and it does not heed it" : "the variable for it",
                       stack->advice);
}

}  // namespace gateproof::doctor
