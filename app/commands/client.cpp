// gateproof client init: a profile of client software, and the test PKI that it is to trust.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/files.hpp"
#include "app/output.hpp"
#include "harness/profile/read/load.hpp"
#include "harness/stage/test_pki.hpp"
#include "profiles/builtin.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* client_footer = R"(Examples:
  gateproof client init ledgerlink.json -- ./ledgerlink --base {url} --ca {ca} --cert {certificate} --key {key}
                                         a profile of that program, and a test PKI beside it
  gateproof client init native.json --channel desktop -- curl -sS --fail --cacert {ca} '{url}/gateway2/gws/returns/?singleWsdl'
  gateproof client init fixed.json --by proxy --host gateway.example -- ./ledgerlink
                                         of one that calls its gateway by HTTPS_PROXY, at the address that it is built with
  gateproof run ledgerlink.json          judge it

What stands behind -- is the command of the act "read", one word each; no shell is involved. {url}, {ca} and others stand
for what is known at each start: docs/profiles.md has them all.)";

constexpr int days_of_govt_nz = 30;

struct ClientInitCommand {
    std::string file;
    std::string channel = "cloud";
    std::string host = "localhost";
    std::string by;
    std::string pki = "gateproof-pki";
    std::vector<std::string> command;
    bool permit_govt_nz = false;
    bool force = false;

    void declare(CLI::App& app);
    [[nodiscard]] Json profile() const;
    [[nodiscard]] stage::TestPki::Opened make_pki(const std::filesystem::path& folder) const;
    int execute() const;
};

void ClientInitCommand::declare(CLI::App& app) {
    app.add_option("FILE", file, "Where the profile goes; reports are filed by its name")->required();
    app.add_option("COMMAND", command, "The program and its arguments that make it read (behind --)");
    app.add_option("--channel", channel, "cloud: mutual TLS. desktop: one-way TLS")
        ->check(CLI::IsMember({"cloud", "desktop"}))
        ->type_name("cloud,desktop")
        ->capture_default_str();
    app.add_option("--host", host, "Host name that the software calls; it has to lead to this machine, or --by proxy")
        ->type_name("NAME")
        ->capture_default_str();
    app.add_option("--by", by,
                   "url: it is told {url}. proxy: it calls host and port that it is made for by the proxy {proxy} "
                   "(default: proxy where COMMAND names {proxy})")
        ->check(CLI::IsMember({"url", "proxy"}))
        ->type_name("url,proxy");
    app.add_option("--pki", pki, "Folder of the test PKI, relative to FILE; one that is there is used")
        ->type_name("DIR")
        ->capture_default_str();
    app.add_flag("--permit-govt-nz", permit_govt_nz,
                 "Let --host be below govt.nz: the root that is made may then speak for that name, for 30 days");
    app.add_flag("--force", force, "Overwrite FILE");
    app.footer(client_footer);
}

/// Lower-case letters, digits and '-' of the file's name.
std::string name_of(const std::filesystem::path& file) {
    std::string name;
    for (const char c : file.stem().string()) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        const bool capital = c >= 'A' && c <= 'Z';
        if (plain || capital) {
            name += capital ? static_cast<char>(c - 'A' + 'a') : c;
        } else if (!name.empty() && name.back() != '-') {
            name += '-';
        }
    }
    while (!name.empty() && name.back() == '-') {
        name.pop_back();
    }
    return name.empty() ? "client" : name.substr(0, 63);
}

Json ClientInitCommand::profile() const {
    Json read =
        Json::array({"FILL IN: the program and its arguments, one word each, such as ./ledgerlink --base {url}"});
    if (!command.empty()) {
        read = command;
    }
    Json client{{"pki", pki}, {"trigger", {{"command", {{"read", read}}}}}};
    const bool names_proxy =
        std::ranges::any_of(command, [](const std::string& word) { return word.find("{proxy}") != std::string::npos; });
    if (by == "proxy" || (by.empty() && names_proxy)) {
        client["reach"]["by"] = "proxy";
    }
    if (host != "localhost") {
        client["reach"]["host"] = host;
    }
    return {{"$schema", "profile.schema.json"}, {"name", name_of(file)}, {"side", "client"},
            {"environment", "sandbox"},         {"channel", channel},    {"client", client}};
}

stage::TestPki::Opened ClientInitCommand::make_pki(const std::filesystem::path& folder) const {
    stage::TestPkiOptions options;
    options.folder = folder;
    options.hosts = {host};
    const bool governmental = host == "govt.nz" || host.ends_with(".govt.nz");
    if (governmental && !permit_govt_nz) {
        throw Unusable(
            fmt::format("--host {}: whoever trusts the root of the test PKI would believe it about that name of "
                        "the government; use localhost where you can, or add --permit-govt-nz, and the root "
                        "lives {} days",
                        shown_word(host), days_of_govt_nz));
    }
    if (governmental) {
        options.days = days_of_govt_nz;
    }
    stage::TestPki::Opened opened = stage::TestPki::open(options);
    if (!opened.pki) {
        throw Unusable(fmt::format("--pki {}: {}", shown_word(pki), opened.fault));
    }
    return opened;
}

int ClientInitCommand::execute() const {
    const std::filesystem::path path(file);
    if (std::filesystem::exists(path) && !force) {
        throw Unusable(fmt::format("{} is there already; give another name, or --force to overwrite it",
                                   reports::printable(path.string())));
    }
    const std::string text = profile().dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
    const LoadedProfile loaded = load_profile_text(text, file, path.parent_path(), {});
    for (const ProfileProblem& problem : loaded.problems) {
        if (problem.message.find("still to be filled in") == std::string::npos) {
            throw Unusable(problem.text());  // a placeholder of the command, or a host, that is none
        }
    }
    const stage::TestPki::Opened opened = make_pki(path.parent_path() / pki);
    try {
        write_file(path, text);
        write_file(path.parent_path() / "profile.schema.json", profile_schema_text());
    } catch (const std::system_error& problem) {
        throw Unusable(problem.what());
    }
    say(stdout, "wrote {} (and profile.schema.json beside it, for editors): client software, channel {}\n",
        reports::printable(path.string()), channel);
    say(stdout, "{} the test PKI {}: its root may speak for {} and this machine's loopback addresses alone\n",
        opened.made ? "made" : "found", reports::printable(opened.pki->folder().string()), reports::printable(host));
    say(stdout,
        "the software has to trust {}; at each start these say so, unless client.variables says otherwise: {}\n",
        reports::printable(opened.pki->file("ca.pem").string()), [&] {
            std::vector<std::string> names;
            for (const auto& [name, value] : opened.pki->environment()) {
                names.push_back(name);
            }
            return fmt::format("{}", fmt::join(names, ", "));
        }());
    if (command.empty()) {
        say(stdout, "to fill in: client.trigger.command.read\n");
    }
    say(stdout, "next: gateproof doctor {0} says within seconds what stops it; then gateproof run {0}\n",
        reports::printable(path.string()));
    return 0;
}

}  // namespace

Command add_client_init(CLI::App& root) {
    CLI::App* client = root.add_subcommand("client", "Judge client software of yours: begin with a profile of it");
    client->require_subcommand(1);
    client->footer(client_footer);
    CLI::App* app = client->add_subcommand("init", "Write a profile of client software, and make its test PKI");
    const auto command = std::make_shared<ClientInitCommand>();
    command->declare(*app);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
