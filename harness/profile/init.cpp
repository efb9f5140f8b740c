#include "harness/profile/init.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/profile/endpoint_url.hpp"
#include "harness/profile/init_services.hpp"
#include "harness/profile/reference.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* unknown_authority = "FILL IN: the URL of the OAuth authority, such as https://host";

std::string as_reference(const std::string& path) {
    return is_reference(path) ? path : "file:" + path;
}

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// SE: cloud is served on 4046, desktop on 443. Mock has no mutual TLS and no port of its own.
std::string full_url(const InitAnswers& answers) {
    if (answers.url.find("://") != std::string::npos || is_reference(answers.url)) {
        return answers.url;
    }
    std::string url = "https://" + answers.url;
    const std::size_t after_address = answers.url.find(']');
    const std::size_t start = after_address == std::string::npos ? 0 : after_address;
    const std::size_t colon = answers.url.find(':', start);
    const std::size_t slash = answers.url.find('/', start);
    const bool has_port = colon < slash;
    const bool cloud_port = answers.channel == Channel::cloud && answers.environment != Environment::mock;
    if (has_port || !cloud_port) {
        return url;
    }
    const std::string path = slash == std::string::npos ? "" : answers.url.substr(slash);
    return fmt::format("https://{}:4046{}", answers.url.substr(0, slash), path);
}

void fill_endpoint(Json& profile, const InitAnswers& answers) {
    if (answers.url.empty()) {
        return;
    }
    Json& endpoint = profile["endpoint"];
    const std::string url = full_url(answers);
    const std::string before = endpoint.value("url", "");
    const UrlResult was = parse_endpoint_url(before, "https", true);
    const UrlResult now = parse_endpoint_url(url, "https", true);
    endpoint["url"] = url;
    if (!was.fault.empty() || was.endpoint.host != now.endpoint.host) {
        // The template's further facts are about another host.
        for (const char* key : {"port", "connect", "addresses", "plain_http_url"}) {
            endpoint.erase(key);
        }
        profile.erase("desktop");
    }
    const bool another_host = was.fault.empty() && was.endpoint.host != now.endpoint.host;
    if (profile.contains("oauth") && another_host) {
        // Each published gateway has its authority on the same host (Access, 2024-06-18).
        const bool published = now.fault.empty() && now.endpoint.host.ends_with(".services.ird.govt.nz");
        profile["oauth"]["url"] = published ? "https://" + now.endpoint.host : unknown_authority;
    }
}

void fill_proxy(Json& profile, const InitAnswers& answers) {
    if (!answers.proxy.empty()) {
        profile["endpoint"]["proxy"] = Json{{"url", answers.proxy}};
        profile["endpoint"].erase("addresses");  // which are the proxy's to choose
    }
}

void fill_identity(Json& profile, const InitAnswers& answers) {
    if (answers.certificate.empty() && answers.key.empty() && answers.passphrase_env.empty()) {
        return;
    }
    Json& enrolled = profile["identities"]["enrolled"];
    const std::string name = lower_case(answers.certificate);
    const bool pkcs12 = ends_with(name, ".p12") || ends_with(name, ".pfx");
    if (pkcs12) {
        enrolled = Json{{"pkcs12", as_reference(answers.certificate)}};
    } else {
        if (!answers.certificate.empty()) {
            enrolled["certificate"] = as_reference(answers.certificate);
        } else if (!enrolled.contains("certificate")) {
            enrolled["certificate"] = "FILL IN: where your certificate is, such as file:client.pem";
        }
        if (!answers.key.empty()) {
            enrolled["key"] = as_reference(answers.key);
        } else if (!enrolled.contains("key")) {
            enrolled["key"] = "FILL IN: where its private key is, such as file:client.key";
        }
    }
    if (!answers.passphrase_env.empty()) {
        enrolled["passphrase"] = "env:" + answers.passphrase_env;
    }
}

bool lacks_something(const Json& json) {
    if (json.is_structured()) {
        return std::any_of(json.begin(), json.end(), lacks_something);
    }
    return json.is_string() && json.get_ref<const std::string&>().starts_with("FILL IN");
}

/// Names of the operations that a value refers to.
void add_operations(const Json& json, std::set<std::string>& names) {
    for (const auto& [key, child] : json.items()) {
        if (child.is_structured()) {
            add_operations(child, names);
        } else if (child.is_string() && (key == "operation" || key == "desktop_operation")) {
            names.insert(child.get<std::string>());
        }
    }
}

/// Removes the parts that nobody asked for, and the operations that they alone refer to, unless services were asked
/// for.
void leave_out_parts(Json& profile, const InitAnswers& answers) {
    std::set<std::string> orphaned;
    for (const std::string& part : init_parts()) {
        if (part != "scenarios" && profile.contains(part) && !answers.parts.contains(part) &&
            lacks_something(profile[part])) {
            add_operations(profile[part], orphaned);
            profile.erase(part);
        }
    }
    if (!answers.services.empty()) {
        return;
    }
    std::set<std::string> used{profile.value("control", "")};
    add_operations(profile, used);
    for (const std::string& name : orphaned) {
        if (!used.contains(name)) {
            profile["operations"].erase(name);
        }
    }
}

/// Whether the profile has all that asking the row takes.
bool can_ask(const Json& ask, const Json& profile) {
    std::set<std::string> sent;
    add_operations(ask, sent);
    const Json& operations = profile["operations"];
    return !lacks_something(ask) && std::ranges::all_of(sent, [&operations](const std::string& one) {
        return operations.contains(one) && !lacks_something(operations[one]);
    }) && (ask.value("subject", "") != "m2m" || profile.contains("m2m"));
}

/// Rows that cannot be asked yet are left to somebody who fills them in by hand, with those that rest on them.
void leave_out_rows(Json& profile) {
    for (Json& table : profile["scenarios"]) {
        std::set<std::string> by_hand;
        for (const bool resting : {false, true}) {
            for (Json& row : table["rows"]) {
                const auto ask = row.find("ask");
                if (ask != row.end() &&
                    (resting ? by_hand.contains(ask->value("beside", "")) : !can_ask(*ask, profile))) {
                    by_hand.insert(row.value("id", ""));
                    row.erase("ask");
                }
            }
        }
    }
}

bool writes(const Json& operation) {
    const std::string method = operation.value("method", "GET");
    return method != "GET" && method != "HEAD" && !operation.value("reads", false);
}

/// Operations that nothing in the profile sends, and that are still to be filled in or write.
void leave_out_operations(Json& profile) {
    std::set<std::string> used{profile.value("control", "")};
    add_operations(profile, used);
    std::set<std::string> unused;
    for (const auto& [name, operation] : profile["operations"].items()) {
        if (!used.contains(name) && (lacks_something(operation) || writes(operation))) {
            unused.insert(name);
        }
    }
    for (const std::string& name : unused) {
        profile["operations"].erase(name);
    }
}

}  // namespace

const std::vector<std::string>& init_parts() {
    static const std::vector<std::string> parts{"oauth", "m2m", "permissions", "scenarios"};
    return parts;
}

std::string_view init_template_name(Environment environment, Channel channel) {
    const bool cloud = channel == Channel::cloud;
    switch (environment) {
        case Environment::embedded: return cloud ? "embedded-cloud" : "embedded-desktop";
        case Environment::mock: return "mock";
        case Environment::production: return cloud ? "cloud-production" : "desktop-production";
        default: return cloud ? "cloud-test" : "desktop-test";
    }
}

std::string init_profile(std::string_view template_text, const InitAnswers& answers, std::string_view schema) {
    Json profile = Json::parse(template_text, nullptr, false);
    if (!profile.is_object()) {
        throw std::invalid_argument("the template of a profile is no JSON object");
    }
    profile["$schema"] = schema;
    const bool same_kind = profile.value("environment", "") == to_string(answers.environment) &&
                           profile.value("channel", "") == to_string(answers.channel);
    if (!answers.name.empty()) {
        profile["name"] = answers.name;
    }
    if (!same_kind) {
        profile.erase("title");
    }
    profile["environment"] = to_string(answers.environment);
    profile["channel"] = to_string(answers.channel);
    if (answers.channel == Channel::desktop) {
        profile.erase("desktop");
    }
    add_services(profile, answers);
    leave_out_parts(profile, answers);
    if (profile.contains("scenarios") && !answers.parts.contains("scenarios")) {
        leave_out_rows(profile);
    }
    if (!answers.services.empty()) {
        leave_out_operations(profile);
    }
    if (profile.contains("oauth") && answers.environment == Environment::sandbox) {
        profile["oauth"]["url"] = unknown_authority;
    }
    fill_endpoint(profile, answers);
    fill_proxy(profile, answers);
    fill_identity(profile, answers);
    if (!answers.ca.empty()) {
        profile["trust"] = Json{{"ca", as_reference(answers.ca)}};
    }
    return profile.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace gateproof
