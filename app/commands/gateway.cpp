// gateproof gateway: the embedded gateway in the foreground, for trying clients and profiles against it.
#include <fmt/format.h>
#include <pthread.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "app/command.hpp"
#include "app/files.hpp"
#include "app/output.hpp"
#include "app/targets.hpp"
#include "gateway/faults/table.hpp"
#include "gateway/gateway.hpp"
#include "profiles/builtin.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* gateway_footer = R"(Examples:
  gateproof gateway                                        on free ports, until Ctrl-C
  gateproof gateway --cloud-port 4046 --desktop-port 8443  on ports of your choice
  gateproof gateway --write gw                             certificates, keys and profiles into gw/, then in another
                                                           terminal: gateproof run gw/embedded-cloud.json
  gateproof gateway --fault accepts-tls-1.1                broken on purpose (gateproof list --faults))";

struct GatewayCommand {
    gateway::Options options;
    double timeout_scale = 1;
    std::string write;

    int execute() const;
};

/// What a profile must refer to and not hold.
bool is_secret(std::string_view name) {
    return name.ends_with(".key.pem") || name.ends_with(".password") || name.ends_with(".secret") ||
           name.ends_with(".token") || name.ends_with(".ird") || name.ends_with(".sessions.pem");
}

bool has_file(std::string_view name) {
    return name.ends_with(".pem") || name.ends_with(".yaml") || name.ends_with(".xsd") || name.ends_with(".wsdl") ||
           is_secret(name);
}

/// Every "embedded:NAME" becomes the file that was written for it, or the value itself.
void resolve(Json& json, const gateway::Gateway& gateway) {
    if (json.is_structured()) {
        for (Json& child : json) {
            resolve(child, gateway);
        }
        return;
    }
    constexpr std::string_view scheme = "embedded:";
    if (!json.is_string() || !json.get_ref<const std::string&>().starts_with(scheme)) {
        return;
    }
    const std::string name = json.get<std::string>().substr(scheme.size());
    const std::string value = gateway.reference(name).value_or("");
    if (name.ends_with("-port")) {
        json = std::stoi(value);
    } else {
        json = has_file(name) ? "file:" + name : value;
    }
}

/// Certificates, keys and other secrets (0600), descriptions of services, and a ready profile for each channel.
std::vector<std::filesystem::path> write_files(const gateway::Gateway& gateway, const std::filesystem::path& folder) {
    prepare_folder(folder, "--write", 0700);
    for (const std::string& name : gateway.reference_names()) {
        if (has_file(name)) {
            write_file(folder / name, gateway.reference(name).value_or(""),
                       is_secret(name) ? secret_mode : public_mode);
        }
    }
    write_file(folder / "profile.schema.json", profile_schema_text());
    std::vector<std::filesystem::path> profiles;
    for (const char* name : {"embedded-cloud", "embedded-desktop", "embedded-mock"}) {
        const BuiltinProfile* builtin = find_builtin(name);
        if (builtin == nullptr) {
            throw std::logic_error(fmt::format("no built-in profile {}", name));
        }
        Json json = Json::parse(builtin->text);
        resolve(json, gateway);
        profiles.push_back(folder / (std::string(name) + ".json"));
        write_file(profiles.back(), json.dump(2) + '\n');
    }
    return profiles;
}

int GatewayCommand::execute() const {
    // Blocked before any thread exists, so that the wait below is the only one to get them.
    sigset_t endings;
    sigemptyset(&endings);
    sigaddset(&endings, SIGINT);
    sigaddset(&endings, SIGTERM);
    sigaddset(&endings, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &endings, nullptr);
    const EmbeddedGateway known_faults(options.faults);
    if (!options.address.starts_with("127.")) {
        say(stderr,
            "gateproof: warning: it listens on {}, so whoever reaches this machine there can use an authority that issues "
            "tokens and a gateway that can be broken on purpose; without --address it is this machine alone\n",
            reports::printable(options.address));
    }
    std::unique_ptr<gateway::Gateway> gateway;
    try {
        gateway::Options scaled = options;
        scaled.timeouts = options.timeouts.scaled(timeout_scale);
        gateway = std::make_unique<gateway::Gateway>(std::move(scaled));
    } catch (const std::system_error& problem) {
        throw Unusable(fmt::format(
            "the gateway cannot listen: {}; choose other ports with --cloud-port, --desktop-port and "
            "--mock-port (0: any; below 1024 needs privileges), or an address of this machine with --address",
            problem.what()));
    }
    for (const char* listener : {"cloud", "desktop", "mock", "http"}) {
        say(stdout, "{:<8} {}\n", listener, gateway->reference(std::string(listener) + "-url").value_or(""));
    }
    if (!write.empty()) {
        for (const std::filesystem::path& profile : write_files(*gateway, write)) {
            say(stdout, "profile  {}\n", reports::printable(profile.string()));
        }
    }
    say(stdout, "serving until Ctrl-C\n");
    flush(stdout);
    int received = 0;
    sigwait(&endings, &received);
    return 0;
}

}  // namespace

Command add_gateway(CLI::App& root) {
    CLI::App* app = root.add_subcommand("gateway", "Run the embedded gateway in the foreground");
    const auto command = std::make_shared<GatewayCommand>();
    app->add_option("--address", command->options.address, "Address to listen on")
        ->type_name("IP")
        ->check(CLI::ValidIPV4)
        ->capture_default_str();
    app->add_option("--cloud-port", command->options.cloud_port, "Port of the cloud channel; 0: any free one")
        ->type_name("PORT")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    app->add_option("--desktop-port", command->options.desktop_port, "Port of the desktop channel; 0: any free one")
        ->type_name("PORT")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    app->add_option("--mock-port", command->options.mock_port, "Port of the mock environment; 0: any free one")
        ->type_name("PORT")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    app->add_option("--fault", command->options.faults, "Break it in this way (repeatable)")
        ->type_name("NAME")
        ->allow_extra_args(false)
        ->delimiter(',');
    app->add_option("--timeout-scale", command->timeout_scale,
                    "Multiply its timeouts, 1.5 s: 40 makes them a minute (and run --timeout-scale 40 expects that)")
        ->type_name("FACTOR")
        ->check(CLI::Range(0.001, 1000.0))
        ->capture_default_str();
    app->add_option("--max-connections", command->options.max_connections,
                    "Of a listener; more at once are closed unheard")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, std::size_t{100000}))
        ->capture_default_str();
    app->add_option("--allow-source", command->options.allowed_sources,
                    "An address that mock and desktop let in, instead of 127.0.0.1, 127.0.0.2 and ::1 (repeatable)")
        ->type_name("IP")
        ->allow_extra_args(false)
        ->delimiter(',')
        ->check(CLI::ValidIPV4);
    app->add_flag("--pages-by-script", command->options.pages_by_script,
                  "Login and consent pages are empty until their script has run, as no program can fill them in");
    app->add_option("--write", command->write,
                    "Write certificates, keys and a profile of each listener into this folder")
        ->type_name("DIR");
    app->footer(gateway_footer);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
