// Profiles whose side is the client's: the software under test, and how it is started.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "harness/json/near_match.hpp"
#include "harness/json/reader.hpp"
#include "harness/profile/endpoint_url.hpp"
#include "harness/profile/read/profile.hpp"

namespace gateproof {

namespace {

using Rank = Problems::Rank;
using std::chrono::milliseconds;

constexpr std::uint16_t cloud_port = 4046;  // the published ports of the channels (SE)
constexpr std::uint16_t desktop_port = 443;
constexpr std::size_t most_words = 200;

const std::vector<std::string>& act_words() {
    static const std::vector<std::string> words{"read", "write", "stay", "login", "machine", "logout"};
    return words;
}

void report_placeholders_of(const JsonField& field, const std::string& text, Problems& problems) {
    const std::vector<std::string> known(std::begin(client_placeholders), std::end(client_placeholders));
    for (const std::string& name : unknown_placeholders(text)) {
        problems.error(Rank::value, field, fmt::format("{{{}}} is no placeholder{}", name, suggestion(name, known)));
    }
}

bool names(std::string_view text, std::string_view placeholder) {
    return text.find(fmt::format("{{{}}}", placeholder)) != std::string_view::npos;
}

/// What is known by a proxy, or at a login, alone. `logs_in`: the text belongs to software at a login.
void report_unknown_here(const JsonField& field, std::string_view text, Problems& problems,
                         const ClientSoftware& client, bool logs_in) {
    if (client.reach != ClientReach::proxy && names(text, "proxy")) {
        problems.error(Rank::value, field,
                       "{proxy} is known where \"reach\" has \"by\": \"proxy\" alone; say that, or take {proxy} away");
    }
    for (const std::string_view placeholder : {"authority", "browser"}) {
        if (!logs_in && names(text, placeholder)) {
            problems.error(Rank::value, field,
                           fmt::format("{{{}}} is known at a login alone; use it in the command of \"login\", or in a "
                                       "variable of software that has that act",
                                       placeholder));
        }
    }
}

/// The words of a command: the first is a program, and none of them goes through a shell.
std::vector<std::string> read_words(const JsonField& field, Problems& problems, const ClientSoftware& client,
                                    ClientAct act) {
    std::vector<std::string> words;
    if (!field || field.node->kind != JsonNode::Kind::array) {
        if (field) {
            problems.error(Rank::value, field,
                           "expected the program and its arguments as a list, such as [\"./client\", \"--base\", "
                           "\"{url}\"]; no shell splits them");
        }
        return words;
    }
    const std::vector<JsonNode>& items = field.node->children;
    if (items.empty() || items.size() > most_words) {
        problems.error(Rank::value, field,
                       fmt::format("expected the program and at most {} arguments", most_words - 1));
        return words;
    }
    for (std::size_t i = 0; i < items.size(); ++i) {  // arguments may well repeat each other
        const JsonField item{&items[i], pointer_join(field.pointer, std::to_string(i))};
        const std::optional<std::string> word = read_text(item, problems);
        if (!word) {
            continue;
        }
        if (word->find('\0') != std::string::npos || (i == 0 && word->empty())) {
            problems.error(Rank::value, item, "no program has that name");
        }
        report_placeholders_of(item, *word, problems);
        report_unknown_here(item, *word, problems, client, act == ClientAct::login);
        words.push_back(*word);
    }
    return words;
}

ClientCommand read_command(const JsonField& field, Problems& problems, const ClientSoftware& client, ClientAct act) {
    ClientCommand command;
    if (field.node->kind != JsonNode::Kind::object) {
        command.arguments = read_words(field, problems, client, act);
        return command;
    }
    ObjectReader reader(field, problems, "a list of words, or an object with \"arguments\"");
    const JsonField arguments = reader.required("arguments", "the program and its arguments, as a list");
    const JsonField idempotent = reader.optional("idempotent");
    reader.finish();
    command.arguments = read_words(arguments, problems, client, act);
    command.idempotent = read_bool(idempotent, problems).value_or(false);
    return command;
}

void read_commands(const JsonField& field, Problems& problems, ClientSoftware& client) {
    ObjectReader reader(field, problems, "an object with a command for each act, such as \"read\"");
    for (const JsonField& member : reader.members()) {
        const std::string& name = member.node->key;
        if (const std::optional<ClientAct> act = client_act_from(name)) {
            client.acts.emplace(*act, read_command(member, problems, client, *act));
        } else {
            problems.error(Rank::key, member,
                           fmt::format("{} is no act of a client{}", name, suggestion(name, act_words())));
        }
    }
    if (reader.usable() && client.acts.empty() && field.node->children.empty()) {
        problems.error(Rank::value, field, "expected a command for at least one act, such as \"read\"");
    }
}

void read_embedded_acts(const JsonField& field, Problems& problems, const Profile& profile, ClientSoftware& client) {
    if (profile.environment != Environment::embedded) {
        problems.error(Rank::value, field,
                       "the client inside this program is judged in the environment \"embedded\" alone; give "
                       "\"command\" for software of your own");
    }
    client.embedded = true;
    for (const JsonField& item : read_list(field, problems, "a list of acts")) {
        if (const auto word = read_choice(item, problems, act_words())) {
            client.acts.emplace(client_act_from(*word).value_or(ClientAct::read), ClientCommand{});
        }
    }
}

void read_trigger(const JsonField& field, Problems& problems, const Profile& profile, ClientSoftware& client) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems, "an object with \"command\"");
    const JsonField command = reader.optional("command");
    const JsonField embedded = reader.optional("embedded");
    reader.finish();
    if (command && embedded) {
        problems.error(Rank::value, embedded, "a client is started in one way; remove this or \"command\"");
    } else if (command) {
        read_commands(command, problems, client);
    } else if (embedded) {
        read_embedded_acts(embedded, problems, profile, client);
    } else if (reader.usable()) {
        problems.error(Rank::value, field, "nothing says how the software is started; give \"command\"");
    }
}

void read_variables(const JsonField& field, References& references, ClientSoftware& client) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object with the variables of the software's environment");
    for (const JsonField& member : reader.members()) {
        const std::string& name = member.node->key;
        if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos) {
            problems.error(Rank::key, member, "no variable of an environment has that name");
        }
        const std::optional<ResolvedText> text = references.literal_or_follow(member, "text");
        if (!text) {
            continue;
        }
        if (text->source.empty()) {
            report_placeholders_of(member, text->text, problems);
            report_unknown_here(member, text->text, problems, client, client.can(ClientAct::login));
        } else {
            references.keep_secret(without_line_end(text->text));
        }
        client.variables.emplace(name, text->source.empty() ? text->text : without_line_end(text->text));
    }
}

void read_exit(const JsonField& field, Problems& problems, ClientSoftware& client) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems, "an object with \"success\" or \"unsupported\"");
    const JsonField success = reader.optional("success");
    const JsonField unsupported = reader.optional("unsupported");
    reader.finish();
    const auto read_codes = [&](const JsonField& list, std::vector<int>& codes) {
        if (!list) {
            return;
        }
        codes.clear();
        for (const JsonField& item : read_list(list, problems, "a list of exit codes")) {
            codes.push_back(static_cast<int>(read_integer(item, problems, 0, 255).value_or(0)));
        }
    };
    read_codes(success, client.success);
    read_codes(unsupported, client.unsupported);
    for (const int code : client.unsupported) {
        if (std::ranges::find(client.success, code) != client.success.end()) {
            problems.error(Rank::value, unsupported ? unsupported : success,
                           fmt::format("exit code {} cannot mean both success and \"cannot do that\"", code));
        }
    }
}

void read_reach(const JsonField& field, Problems& problems, ClientSoftware& client) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems, "an object with \"by\" or \"host\"");
    const JsonField by = reader.optional("by");
    const JsonField host = reader.optional("host");
    reader.finish();
    if (read_choice(by, problems, {"url", "proxy"}) == "proxy") {
        client.reach = ClientReach::proxy;
    }
    const std::optional<std::string> name = read_text(host, problems, "a host name");
    if (!name) {
        return;
    }
    const UrlResult url = parse_endpoint_url(fmt::format("https://{}:4046", *name), "https", false);
    if (!url.fault.empty() || is_ip_literal(*name)) {
        problems.error(Rank::value, host, "expected a host name that leads to this machine, such as localhost");
        return;
    }
    client.host = url.endpoint.host;
}

void read_own_identity(const JsonField& field, References& references, ClientSoftware& client) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    if (field.node->kind == JsonNode::Kind::string) {
        read_choice(field, problems, {"issued"});
        return;
    }
    ObjectReader reader(field, problems, "\"issued\", or an object with \"certificate\"");
    const JsonField certificate =
        reader.required("certificate", "the certificate that the software shows, with its intermediates; no key");
    reader.finish();
    const std::optional<ResolvedText> text = references.follow(certificate, "a certificate");
    if (!text) {
        return;
    }
    client.identity = Certificate::all_from_pem(text->text);
    if (client.identity.empty()) {
        problems.error(Rank::secret, certificate, fmt::format("{} holds no certificate in PEM", text->source));
    }
}

void read_patience(const JsonField& field, Problems& problems, ClientSoftware& client) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems, "an object with \"start_ms\" or \"end_ms\"");
    const JsonField start = reader.optional("start_ms");
    const JsonField end = reader.optional("end_ms");
    reader.finish();
    const auto read_time = [&](const JsonField& time, milliseconds& value) {
        if (const auto number = read_integer(time, problems, 100, 3'600'000)) {
            value = milliseconds(*number);
        }
    };
    read_time(start, client.start);
    read_time(end, client.end);
    if (client.start > client.end) {
        problems.error(Rank::value, start ? start : end,
                       fmt::format("the software has to come within {} ms, and to be done within {} ms: the second "
                                   "has to be the longer",
                                   client.start.count(), client.end.count()));
    }
}

void read_retries(const JsonField& field, Problems& problems, ClientSoftware& client) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems, "an object with \"at_most\"");
    const JsonField most = reader.required("at_most", "connections beyond the first that are no storm");
    reader.finish();
    client.retries = static_cast<int>(read_integer(most, problems, 0, 1000).value_or(client.retries));
}

void read_client(const JsonField& field, References& references, Profile& profile) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object with \"trigger\"");
    const JsonField version = reader.optional("version");
    const JsonField pki = reader.optional("pki");
    const JsonField trigger = reader.required("trigger", "how the software is started");
    const JsonField variables = reader.optional("variables");
    const JsonField exit = reader.optional("exit");
    const JsonField reach = reader.optional("reach");
    const JsonField identity = reader.optional("identity");
    const JsonField patience = reader.optional("patience");
    const JsonField retries = reader.optional("retries");
    const JsonField concurrent = reader.optional("concurrent");
    const JsonField instances = reader.optional("instances");
    reader.finish();
    ClientSoftware client;
    client.version = read_text(version, problems).value_or("");
    client.pki = references.in_folder(read_text(pki, problems, "a folder").value_or("gateproof-pki"));
    read_reach(reach, problems, client);  // by which some placeholders are known
    read_trigger(trigger, problems, profile, client);
    read_variables(variables, references, client);
    read_exit(exit, problems, client);
    read_own_identity(identity, references, client);
    if (identity && profile.channel == Channel::desktop) {
        problems.error(Rank::value, identity, "native software on a desktop shows no certificate; remove \"identity\"");
    }
    read_patience(patience, problems, client);
    read_retries(retries, problems, client);
    client.concurrent = static_cast<int>(read_integer(concurrent, problems, 1, 1000).value_or(client.concurrent));
    client.instances = static_cast<int>(read_integer(instances, problems, 8, 100).value_or(client.instances));
    profile.endpoint.host = client.host;
    profile.endpoint.port = profile.channel == Channel::cloud ? cloud_port : desktop_port;
    profile.client = std::move(client);
}

}  // namespace

Side read_side(const JsonNode& root, Problems& problems) {
    const auto side = std::ranges::find_if(root.children, [](const JsonNode& one) { return one.key == "side"; });
    if (root.kind != JsonNode::Kind::object || side == root.children.end()) {
        return Side::gateway;
    }
    const auto word = read_choice({&*side, "/side"}, problems, {"gateway", "client"});
    return word == "client" ? Side::client : Side::gateway;
}

Profile read_client_profile(const JsonNode& root, References& references) {
    Profile profile;
    Problems& problems = references.problems();
    ObjectReader reader({&root, ""}, problems, "a JSON object");
    reader.optional("side");  // which has been read
    const CommonFields common(reader);
    const JsonField client = reader.required("client", "the software under test: an object with \"trigger\"");
    const JsonField timing = reader.optional("timeouts");
    const JsonField client_certificate = reader.optional("client_certificate");
    const JsonField limits = reader.optional("limits");
    const JsonField tls = reader.optional("tls");
    const JsonField allow = reader.optional("allow");
    for (const std::string_view key :
         {"endpoint", "operations", "control", "identities", "trust", "oauth", "permissions"}) {
        if (const JsonField field = reader.optional(key)) {
            problems.error(
                Rank::key, field,
                fmt::format("\"{}\" tells of a gateway; this profile is a client's, which calls a gateway that "
                            "gateproof plays. Remove it, or remove \"side\"",
                            key));
        }
    }
    reader.finish();
    read_common(common, problems, profile);
    read_client(client, references, profile);
    read_timing(timing, references, profile);
    read_client_certificate(client_certificate, references, profile);
    read_limits(limits, problems, profile.limits);
    read_tls(tls, problems, profile.tls);
    read_allow(allow, problems, profile);
    return profile;
}

}  // namespace gateproof
