// gateproof init: writes a profile from a built-in template and a few answers.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/files.hpp"
#include "harness/profile/load.hpp"
#include "profiles/builtin.hpp"
#include "reports/text.hpp"

namespace gateproof::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* footer = R"(Examples:
  gateproof init                               asks, then writes cloud-test.json or the like
  gateproof init my.json --environment test --channel cloud --certificate client.pem --key client.key
  gateproof init lab.json --environment sandbox --channel cloud --url https://gw.lab.example:4046 --ca lab-ca.pem

Without a terminal nothing is asked: what no option gives stays as the template has it, and is listed at the end.)";

struct InitCommand {
    std::string file;
    std::string environment;
    std::string channel;
    std::string url;
    std::string certificate;
    std::string key;
    std::string ca;
    std::string control_path;
    bool force = false;

    void declare(CLI::App& app);
    void ask();
    [[nodiscard]] Json profile() const;
    int execute();
};

void InitCommand::declare(CLI::App& app) {
    app.add_option("FILE", file, "Profile to write (default: named after channel and environment)");
    app.add_option("--environment", environment, "sandbox, mock, test or production")
        ->check(CLI::IsMember({"sandbox", "mock", "test", "production"}))
        ->type_name("NAME");
    app.add_option("--channel", channel, "cloud or desktop")
        ->check(CLI::IsMember({"cloud", "desktop"}))
        ->type_name("NAME");
    app.add_option("--url", url, "Where the endpoint is: https://host:port")->type_name("URL");
    app.add_option("--certificate", certificate, "Your client certificate: a PEM file, or env:NAME")->type_name("REF");
    app.add_option("--key", key, "Its private key: a PEM file, or env:NAME")->type_name("REF");
    app.add_option("--ca", ca, "CA to judge the server by, instead of the machine's: a PEM file")->type_name("REF");
    app.add_option("--control-path", control_path, "A harmless request that is served, such as /status")
        ->type_name("PATH");
    app.add_flag("--force", force, "Overwrite the file");
    app.footer(footer);
}

/// A file name becomes a reference; "env:NAME" and "file:PATH" stay.
std::string reference(const std::string& text) {
    return text.starts_with("env:") || text.starts_with("file:") ? text : "file:" + text;
}

void ask_for(std::string& answer, const std::string& question, const std::string& otherwise) {
    if (!answer.empty()) {
        return;
    }
    fmt::print("{}{}: ", question, otherwise.empty() ? "" : " [" + otherwise + "]");
    std::fflush(stdout);
    if (!std::getline(std::cin, answer)) {
        throw Unusable("input ended; nothing was written");
    }
    if (answer.empty()) {
        answer = otherwise;
    }
}

std::string template_name(const std::string& environment, const std::string& channel) {
    if (environment == "mock") {
        return "mock";
    }
    return channel + (environment == "production" ? "-production" : "-test");
}

Json template_of(const std::string& environment, const std::string& channel) {
    const BuiltinProfile* builtin = find_builtin(template_name(environment, channel));
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

void InitCommand::ask() {
    ask_for(environment, "Environment (sandbox, mock, test, production)", "test");
    if (environment == "mock" && channel.empty()) {
        channel = "cloud";
    }
    ask_for(channel, "Channel (cloud: mutual TLS, desktop: one-way TLS)", "cloud");
    const Json json = template_of(environment, channel);
    ask_for(url, "URL of the endpoint", environment == "sandbox" ? "" : known(json, "/endpoint/url"));
    if (json.contains("identities")) {
        ask_for(certificate, "Client certificate, a PEM file (empty: fill in later)", "");
        ask_for(key, "Its private key, a PEM file (empty: fill in later)", "");
    }
    if (environment == "sandbox") {
        ask_for(ca, "CA of the server, a PEM file (empty: the machine's CAs)", "");
    }
    const std::string path = json["operations"]["status"]["path"].get<std::string>();
    ask_for(control_path, "Path of a harmless request that is served", path.starts_with('/') ? path : "");
}

Json InitCommand::profile() const {
    Json json = template_of(environment, channel);
    json["name"] = channel + "-" + environment;
    json["environment"] = environment;
    if (environment == "sandbox") {
        json["title"] = fmt::format("Sandbox, {} channel", channel);
        json["endpoint"] = {{"url", "FILL IN: where your endpoint listens, such as https://gateway.example:4046"}};
        json.erase("desktop");
    }
    if (!url.empty() && url != known(json, "/endpoint/url")) {
        // The published port belongs to the published URL, and the desktop listener to that gateway.
        json["endpoint"] = {{"url", url}};
        json.erase("desktop");
    }
    if (!certificate.empty()) {
        json["identities"]["enrolled"]["certificate"] = reference(certificate);
    }
    if (!key.empty()) {
        json["identities"]["enrolled"]["key"] = reference(key);
    }
    if (!ca.empty()) {
        json["trust"] = {{"ca", reference(ca)}};
    }
    if (!control_path.empty() && control_path != json["operations"]["status"]["path"]) {
        json["operations"]["status"]["path"] = control_path;
        json["operations"]["status"]["expect"] = {{"status", Json::array({200})}};
    }
    return json;
}

/// Pointers of the values that are still to be filled in.
void to_fill_in(const Json& json, const std::string& pointer, std::vector<std::string>& found) {
    if (json.is_structured()) {
        for (const auto& [key, child] : json.items()) {
            to_fill_in(child, pointer + '/' + key, found);
        }
    } else if (json.is_string() && json.get_ref<const std::string&>().starts_with("FILL IN")) {
        found.push_back(fmt::format("{}: {}", pointer, json.get<std::string>().substr(9)));
    }
}

int InitCommand::execute() {
    if (::isatty(STDIN_FILENO) == 1) {
        ask();
    }
    environment = environment.empty() ? "test" : environment;
    channel = channel.empty() ? "cloud" : channel;
    const Json json = profile();
    const std::filesystem::path path(file.empty() ? json["name"].get<std::string>() + ".json" : file);
    if (std::filesystem::exists(path) && !force) {
        throw Unusable(fmt::format("{} is there already; give another name, or --force to overwrite it",
                                   reports::printable(path.string())));
    }
    try {
        write_file(path, json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n');
        write_file(path.parent_path() / "profile.schema.json", profile_schema_text());
    } catch (const std::system_error& problem) {
        throw Unusable(problem.what());
    }
    const std::string name = reports::printable(path.string());
    fmt::print("wrote {} (and profile.schema.json beside it, for editors)\n", name);
    std::vector<std::string> missing;
    to_fill_in(json, "", missing);
    for (const std::string& what : missing) {
        fmt::print("to fill in: {}\n", what);
    }
    fmt::print("next: gateproof profile validate {0}, then gateproof run {0}\n", name);
    return 0;
}

}  // namespace

Command add_init(CLI::App& root) {
    CLI::App* app = root.add_subcommand("init", "Write a profile of your endpoint");
    const auto command = std::make_shared<InitCommand>();
    command->declare(*app);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
