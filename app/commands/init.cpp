// gateproof init: writes a profile from a built-in template and a few answers.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "app/command.hpp"
#include "app/commands/init_presets.hpp"
#include "app/commands/init_questions.hpp"
#include "app/commands/init_settings.hpp"
#include "app/files.hpp"
#include "app/input/client_files.hpp"
#include "app/output.hpp"
#include "harness/profile/endpoint_url.hpp"
#include "harness/profile/init.hpp"
#include "harness/profile/production_hosts.hpp"
#include "harness/profile/reference.hpp"
#include "harness/text/ascii.hpp"
#include "profiles/builtin.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* init_footer = R"(Examples:
  gateproof init                               asks, then writes cloud-test.json or the like
  gateproof init my.json --environment test --channel cloud --certificate client.pem --key client.key
  gateproof init lab.json --environment sandbox --channel cloud --url https://gw.lab.example:4046 --ca lab-ca.pem
  gateproof init my.json --environment test --channel cloud --proxy http://proxy.example:3128
  gateproof init --environment mock --service gst,irv  a profile for each, since each has a host of its own there
  gateproof init --service gst,irv,customer --environment test --host test5.services.ird.govt.nz --channel cloud
                                               with the published operations and controls of these services
  gateproof init my.json --environment test --channel cloud --with oauth,m2m,permissions
                                               with logins, machines and delegations, to be filled in

Without a terminal nothing is asked: what no option gives stays as the template has it, and what only you know is
listed at the end. Files are named as seen from this folder.)";

const std::vector<std::string> environments{"sandbox", "mock", "test", "production"};
/// Of an option: the gateway inside this program too, to try with.
const std::vector<std::string> every_environment{"embedded", "sandbox", "mock", "test", "production"};

struct InitCommand {
    std::string file;
    std::string environment;
    std::string channel;
    std::string url;
    std::string certificate;
    std::string key;
    std::string passphrase_env;
    std::string ca;
    std::string proxy;
    std::string control_path;
    std::vector<std::string> service_names;
    std::string services_from;
    std::vector<ServicePreset> services;  ///< of the profile that is being written
    std::vector<std::string> parts;
    InitSettings settings;
    bool force = false;

    void declare(CLI::App& app);
    void ask();
    void take_key_from_certificate();
    [[nodiscard]] std::string key_beside() const;
    [[nodiscard]] bool protected_key() const;
    [[nodiscard]] std::filesystem::path file_name() const;
    [[nodiscard]] std::string default_name() const;
    [[nodiscard]] std::string profile_name() const;
    void refuse_existing(const std::filesystem::path& path) const;
    void check_services() const;
    [[nodiscard]] Json profile(std::set<std::string> kept_parts) const;
    [[nodiscard]] Json made_profile(std::set<std::string> kept_parts) const;
    void write() const;
    [[nodiscard]] Json profile_template() const;
    [[nodiscard]] std::string seen_from_profile(const std::string& reference) const;
    void refuse_bad_url(const Json& json) const;
    int execute();
};

void InitCommand::declare(CLI::App& app) {
    app.add_option("FILE", file, "Profile to write, which is named after it (default: after channel and environment)");
    app.add_option("--environment", environment,
                   "sandbox, mock, test or production; embedded: the gateway inside this program")
        ->check(CLI::IsMember(every_environment))
        ->type_name("NAME");
    app.add_option("--channel", channel, "cloud or desktop")
        ->check(CLI::IsMember({"cloud", "desktop"}))
        ->type_name("NAME");
    app.add_option("--url,--host", url, "Where the endpoint is: https://host:port, or a host name")->type_name("URL");
    app.add_option("--certificate", certificate, "Your client certificate: a PEM or PKCS#12 file, or env:NAME")
        ->type_name("REF");
    app.add_option("--key", key, "Its private key: a PEM file, or env:NAME")->type_name("REF");
    app.add_option("--passphrase-env", passphrase_env, "Environment variable that holds the key's passphrase")
        ->type_name("NAME");
    app.add_option("--ca", ca, "CA to judge the server by, instead of the machine's: a PEM file")->type_name("REF");
    app.add_option("--proxy", proxy,
                   "Proxy that all connections go through: http://host:port (CONNECT) or socks5h://host:port")
        ->type_name("URL");
    app.add_option("--control-path", control_path, "A harmless request that is served, such as /status")
        ->type_name("PATH");
    app.add_option("--service", service_names,
                   "The services that the profile is for, such as gst,irv,customer; of the mock, which has a host for "
                   "each, a profile for each is written")
        ->type_name("NAME")
        ->allow_extra_args(false)
        ->delimiter(',');
    app.add_option("--services-from", services_from,
                   "Folder of presets of your own, NAME.json, which go before those of the program")
        ->check(CLI::ExistingDirectory)
        ->type_name("FOLDER");
    app.add_option("--with", parts,
                   "Further parts of the template, to be filled in: oauth, m2m, permissions, scenarios")
        ->check(CLI::IsMember(init_parts()))
        ->type_name("PART")
        ->allow_extra_args(false)
        ->delimiter(',');
    declare_settings(app, settings);
    app.add_flag("--force", force, "Overwrite the file");
    app.footer(init_footer);
    // A variable that is not set must not aim at another endpoint than was meant, nor leave a certificate out.
    for (CLI::Option* const option :
         app.get_options([](const CLI::Option* one) { return one->get_items_expected() > 0; })) {
        option->check(CLI::Validator(
            [](const std::string& given) {
                return given.empty() ? std::string("is empty: is a variable not set?") : "";
            },
            ""));
    }
}

Json InitCommand::profile_template() const {
    const auto place = environment_from(environment);
    const auto way = channel_from(channel);
    const bool possible = place && way && !(*place == Environment::mock && *way == Channel::desktop);
    const BuiltinProfile* builtin = possible ? find_builtin(init_template_name(*place, *way)) : nullptr;
    if (builtin == nullptr) {
        throw Unusable(
            fmt::format("no template for environment {} and channel {}; environment is sandbox, mock, test "
                        "or production, channel is cloud or desktop (mock: cloud)",
                        reports::printable(environment), reports::printable(channel)));
    }
    return Json::parse(builtin->text);
}

/// What the template says, unless it says FILL IN.
std::string known(const Json& json, const char* pointer) {
    const Json::json_pointer at(pointer);
    const std::string text = json.contains(at) && json[at].is_string() ? json[at].get<std::string>() : "";
    return text.starts_with("FILL IN") ? "" : text;
}

/// The URL's host is one of Inland Revenue's, whose certificate the machine's authorities vouch for.
bool is_published_host(std::string_view url) {
    const UrlResult read = parse_endpoint_url(url, "https", true);
    return read.fault.empty() && read.endpoint.host.ends_with(".ird.govt.nz");
}

void InitCommand::ask() {
    ask_for(environment, "Environment (sandbox, mock, test, production)", "test", one_of(environments));
    if (environment == "mock" && channel.empty()) {
        channel = "cloud";
    }
    ask_for(channel, "Channel (cloud: mutual TLS, desktop: one-way TLS)", "cloud", one_of({"cloud", "desktop"}));
    const Json json = profile_template();
    refuse_existing(file_name());
    const std::string published = environment == "sandbox" ? "" : known(json, "/endpoint/url");
    if (services.empty() || environment != "mock") {
        ask_for(url, "URL of the endpoint", published, url_fault);
    }
    if (environment != "embedded") {
        ask_for_proxy(proxy);
    }
    if (json.contains("identities")) {
        ask_for(certificate, "Client certificate, a PEM or PKCS#12 file (empty: fill in later)", "", missing_file);
        take_key_from_certificate();
        if (key.empty() && !is_pkcs12_name(certificate)) {
            ask_for(key, "Its private key, a PEM file (empty: fill in later)", key_beside(), missing_file);
        }
        if (passphrase_env.empty() && protected_key()) {
            ask_for(passphrase_env, "The key is protected. Environment variable that will hold its passphrase",
                    "GATEPROOF_PASSPHRASE", bad_variable);
        }
    }
    const std::string where = url.empty() ? published : url;
    if (!(environment == "mock" && !services.empty()) &&
        !is_published_host(where.find("://") == std::string::npos ? "https://" + where : where)) {
        ask_for(ca, "CA of the server, a PEM file (empty: the machine's CAs)", "", missing_file);
    }
    if (services.empty()) {
        const std::string path = json["operations"]["status"]["path"].get<std::string>();
        ask_for(control_path, "Path of a harmless request that is served", path.starts_with('/') ? path : "");
    }
}

std::filesystem::path file_of(const std::string& reference) {
    return reference.starts_with("file:") ? reference.substr(5) : reference;
}

/// A key that stands in the certificate's file, as many keep it.
void InitCommand::take_key_from_certificate() {
    if (is_pkcs12_name(certificate)) {
        if (!key.empty()) {
            throw Unusable(fmt::format("--key {}: {} holds its key already; leave --key out", shown_word(key),
                                       shown_word(certificate)));
        }
        return;
    }
    if (key.empty() && !certificate.empty() && holds_private_key(file_of(certificate))) {
        key = certificate;
    }
}

/// A file beside the certificate that is named as its key would be; empty: there is none.
std::string InitCommand::key_beside() const {
    if (certificate.empty()) {
        return "";
    }
    for (const std::filesystem::path& beside : key_files_beside(file_of(certificate))) {
        if (holds_private_key(beside)) {
            return beside.string();
        }
    }
    return "";
}

bool InitCommand::protected_key() const {
    const std::string& holder = is_pkcs12_name(certificate) ? certificate : key;
    return !holder.empty() && needs_passphrase(file_of(holder));
}

/// The file that is written.
std::filesystem::path InitCommand::file_name() const {
    return file.empty() ? std::filesystem::path(default_name() + ".json") : std::filesystem::path(file);
}

std::string InitCommand::default_name() const {
    const bool of_one = environment == "mock" && !services.empty();
    return of_one ? "mock-" + services.front().name : channel + "-" + environment;
}

/// Of the file, so that two profiles of one folder can run together; without one, of what it is for.
std::string InitCommand::profile_name() const {
    std::string name = lower_case(std::filesystem::path(file).stem().string());
    for (char& one : name) {
        const bool fits = (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9');
        one = fits ? one : '-';
    }
    name = name.substr(std::min(name.find_first_not_of('-'), name.size()), 63);
    return name.empty() ? default_name() : name;
}

void InitCommand::refuse_existing(const std::filesystem::path& path) const {
    std::error_code ignored;
    if (!force && std::filesystem::exists(path, ignored)) {
        throw Unusable(fmt::format("{} is there already; give another name, or --force to overwrite it",
                                   reports::printable(path.string())));
    }
}

/// What no profile could be made of.
void InitCommand::check_services() const {
    const Environment place = *environment_from(environment);
    const Channel way = *channel_from(channel);
    for (const ServicePreset& preset : services) {
        if (!preset.offered_on(way)) {
            throw Unusable(fmt::format("--service {}: it is not offered on the channel {}", preset.name, channel));
        }
        if (place == Environment::embedded && !preset.unknown_in(place).empty()) {
            throw Unusable(
                fmt::format("--service {}: the gateway inside this program does not play this service; leave "
                            "it out, or choose another --environment",
                            preset.name));
        }
    }
}

/// `kept_parts`: those of the template to keep although they are to be filled in.
Json InitCommand::made_profile(std::set<std::string> kept_parts) const {
    Json start = profile_template();
    if (environment == "sandbox") {
        // Nothing is published about a DSP's own endpoint.
        start["endpoint"] = {{"url", "FILL IN: where your endpoint listens, such as https://gateway.example:4046"}};
        start.erase("desktop");
    }
    const auto aim_control = [this](Json& operation) {
        if (operation["path"] != control_path) {
            operation["expect"] = {{"status", Json::array({200})}};
        }
        operation["path"] = control_path;
    };
    if (!control_path.empty() && services.empty()) {
        aim_control(start["operations"]["status"]);
    }
    if (const std::string fault = proxy_fault(proxy); !fault.empty()) {
        throw Unusable(fmt::format("--proxy: {}", fault));
    }
    InitAnswers answers;
    answers.name = profile_name();
    answers.services = services;
    answers.environment = *environment_from(environment);
    answers.channel = *channel_from(channel);
    answers.url = url;
    answers.certificate = certificate;
    answers.key = key;
    answers.passphrase_env = passphrase_env;
    answers.ca = ca;
    answers.proxy = proxy;
    answers.values = settings.values;
    answers.parts = std::move(kept_parts);
    answers.parts.insert(settings.parts.begin(), settings.parts.end());
    Json made = Json::parse(init_profile(start.dump(), answers, "profile.schema.json"));
    if (!control_path.empty() && !services.empty()) {
        aim_control(made["operations"][made["control"].get<std::string>()]);
    }
    apply_settings(settings, made);
    return made;
}

Json InitCommand::profile(std::set<std::string> kept_parts) const {
    const std::set<std::string> asked = kept_parts;
    Json made = made_profile(std::move(kept_parts));
    for (const std::string& part : asked) {
        if (!made.contains(part)) {
            throw Unusable(fmt::format("--with {}: nothing of the kind belongs to environment {} and channel {}{}",
                                       part, environment, channel, services.empty() ? "" : " and these services"));
        }
    }
    return made;
}

/// Pointers of the values that are still to be filled in.
void to_fill_in(const Json& json, const std::string& pointer, std::vector<std::string>& found) {
    if (json.is_structured()) {
        for (const auto& [key, child] : json.items()) {
            to_fill_in(child, fmt::format("{}/{}", pointer, key), found);
        }
    } else if (json.is_string() && json.get_ref<const std::string&>().starts_with("FILL IN")) {
        found.push_back(fmt::format("{}: {}", pointer, json.get<std::string>().substr(9)));
    }
}

/// A file that is named from this folder, as the profile must name it: from its own.
std::string InitCommand::seen_from_profile(const std::string& reference) const {
    constexpr std::string_view scheme = "file:";
    const bool is_file = reference.starts_with(scheme);
    const std::filesystem::path there(is_file ? reference.substr(scheme.size()) : reference);
    if (reference.empty() || (!is_file && is_reference(reference)) || there.is_absolute()) {
        return reference;
    }
    std::error_code ignored;
    if (!std::filesystem::exists(there, ignored)) {
        say(stderr, "gateproof: warning: the file {} does not exist yet\n", reports::printable(there.string()));
    }
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    const std::filesystem::path seen =
        folder.empty() ? there
                       : std::filesystem::absolute(there).lexically_proximate(std::filesystem::absolute(folder));
    return std::string(is_file ? scheme : "") + seen.string();
}

void InitCommand::refuse_bad_url(const Json& json) const {
    const std::string given = json["endpoint"].value("url", "");
    if (url.empty() || is_reference(url)) {
        return;
    }
    const UrlResult read = parse_endpoint_url(given, "https", true);
    if (!read.fault.empty()) {
        // A password that was given with it is not shown again.
        const bool has_user = url.find('@') != std::string::npos;
        throw Unusable(fmt::format("--url{}: {}", has_user ? "" : " " + reports::printable(url), read.fault));
    }
    const std::string_view production = known_production_host(read.endpoint.host);
    if (!production.empty() && environment != to_string(Environment::production)) {
        throw Unusable(
            fmt::format("--url {}: {} is a host of production; give the URL of the {} environment, or --environment "
                        "production",
                        reports::printable(url), production, environment));
    }
}

int InitCommand::execute() {
    if (!file.empty()) {
        refuse_existing(file);
    }
    services = load_services(service_names, services_from);
    if (::isatty(STDIN_FILENO) == 1) {
        ask();
    }
    take_key_from_certificate();
    if (passphrase_env.empty() && protected_key()) {
        say(stderr,
            "gateproof: warning: the key is protected by a passphrase; name the environment variable that will "
            "hold it with --passphrase-env\n");
    }
    environment = environment.empty() ? "test" : environment;
    channel = channel.empty() ? "cloud" : channel;
    check_services();
    for (std::string* const reference : {&certificate, &key, &ca}) {
        *reference = seen_from_profile(*reference);
    }
    read_settings(settings, services, [this](const std::string& named) { return seen_from_profile(named); });
    if (environment != "mock" || services.size() < 2) {
        write();
        return 0;
    }
    if (!file.empty()) {
        throw Unusable(fmt::format("{} services of the mock are {} profiles, each with a host of its own; leave {} out",
                                   services.size(), services.size(), reports::printable(file)));
    }
    const std::vector<ServicePreset> all = std::exchange(services, {});
    for (const ServicePreset& preset : all) {
        services = {preset};
        write();
    }
    return 0;
}

/// Writes the profile, and says what is left to do.
void InitCommand::write() const {
    const Json json = profile({parts.begin(), parts.end()});
    refuse_bad_url(json);
    const std::filesystem::path path = file_name();
    refuse_existing(path);
    try {
        write_file(path, json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n');
        write_file(path.parent_path() / "profile.schema.json", profile_schema_text());
    } catch (const std::system_error& problem) {
        throw Unusable(problem.what());
    }
    const std::string name = reports::printable(path.string());
    const std::string endpoint = json["endpoint"].value("url", "");
    const bool is_known = !endpoint.starts_with("FILL IN") && environment != "embedded";
    say(stdout, "wrote {} (and profile.schema.json beside it, for editors): environment {}, channel {}{}\n", name,
        environment, channel, is_known ? ", " + reports::printable(endpoint) : "");
    std::vector<std::string> missing;
    to_fill_in(json, "", missing);
    for (const std::string& what : missing) {
        say(stdout, "to fill in: {}\n", what);
    }
    std::vector<std::string> left_out;
    const Json whole = made_profile({init_parts().begin(), init_parts().end()});
    for (const std::string& part : init_parts()) {
        if (whole.contains(part) && !json.contains(part)) {
            left_out.push_back(part);
        }
    }
    if (!left_out.empty()) {
        say(stdout, "left out: {0}, whose checks will be skipped; --with {1} writes them, to be filled in\n",
            fmt::join(left_out, ", "), fmt::join(left_out, ","));
    }
    if (const std::string rows = rows_told(json, whole); !rows.empty()) {
        say(stdout, "{}\n", rows);
    }
    say(stdout, "next: gateproof profile validate {0}, then gateproof run {0}\n", name);
}

}  // namespace

Command add_init(CLI::App& root) {
    CLI::App* app = root.add_subcommand("init", "Write a profile of your endpoint");
    const auto command = std::make_shared<InitCommand>();
    command->declare(*app);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
