#include "harness/profile/read/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/json/reader.hpp"
#include "harness/profile/endpoint_url.hpp"
#include "harness/profile/production_hosts.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof {

namespace {

using Rank = Problems::Rank;

bool is_profile_name(std::string_view name) {
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !name.empty() && name.size() <= 63 && name[0] != '-' && std::all_of(name.begin(), name.end(), good);
}

void read_name(const JsonField& field, Problems& problems, Profile& profile) {
    const std::optional<std::string> name = read_text(field, problems, "a name");
    if (!name) {
        return;
    }
    if (is_profile_name(*name)) {
        profile.name = *name;
    } else {
        problems.error(Rank::value, field,
                       fmt::format("{} is no profile name; expected lower-case letters, digits and '-', at most 63, "
                                   "because report files and JUnit classes are named after it",
                                   in_quotes(*name)));
    }
}

void read_environment(const JsonField& field, Problems& problems, Profile& profile) {
    if (const auto word = read_choice(field, problems, {"embedded", "sandbox", "mock", "test", "production"})) {
        profile.environment = environment_from(*word).value_or(Environment::sandbox);
    }
}

void read_channel(const JsonField& field, Problems& problems, Profile& profile) {
    if (const auto word = read_choice(field, problems, {"cloud", "desktop"})) {
        profile.channel = channel_from(*word).value_or(Channel::cloud);
    }
}

/// `reading`, and `firewall` where the profile says more than that.
void read_readings(const JsonField& reading, const JsonField& firewall, Problems& problems, Profile& profile) {
    const std::string packs(to_string(NamedReading::packs_2024));
    if (const auto word = read_choice(reading, problems, {packs, std::string(to_string(NamedReading::se_2021))})) {
        profile.reading = reading_from(*word).value_or(profile.reading);
    }
    if (const auto word = read_choice(firewall, problems, {"open", "allow_listed"})) {
        profile.firewall = *word == "open" ? SourceRule::open : SourceRule::allow_listed;
    }
    if (profile.firewall == SourceRule::allow_listed && profile.environment == Environment::production) {
        problems.error(Rank::value, firewall, "production restricts no source address (FW-PROD)");
    }
}

constexpr std::size_t longest_hint = 300;

/// Placeholders of a template, anywhere in the file.
void report_placeholders(const JsonField& field, Problems& problems) {
    const JsonNode& node = *field.node;
    if (is_placeholder(node)) {
        const std::string_view text = node.text;
        const std::size_t colon = text.find(':');
        const std::string_view what = colon == std::string_view::npos ? text.substr(7) : text.substr(colon + 1);
        const std::size_t start = std::min(what.find_first_not_of(' '), what.size());
        problems.error(Rank::value, field,
                       fmt::format("still to be filled in: {}", in_quotes(what.substr(start), longest_hint)));
    }
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        const JsonNode& child = node.children[i];
        const std::string component = node.kind == JsonNode::Kind::array ? std::to_string(i) : child.key;
        if (child.kind == JsonNode::Kind::string ? is_placeholder(child) : !child.children.empty()) {
            report_placeholders({&child, pointer_join(field.pointer, component)}, problems);
        }
    }
}

/// A number, or a reference to one; 0: not given.
std::uint16_t read_declared_port(const JsonField& field, References& references) {
    const bool referred = field && field.node->kind == JsonNode::Kind::string && is_reference(field.node->text);
    if (!referred) {
        return static_cast<std::uint16_t>(read_integer(field, references.problems(), 1, 65535).value_or(0));
    }
    const std::optional<ResolvedText> text = references.literal_or_follow(field, "a port");
    if (!text) {
        return 0;
    }
    const UrlResult url = parse_endpoint_url("https://port:" + without_line_end(text->text), "https", false);
    if (!url.fault.empty()) {
        references.problems().error(
            Rank::value, field,
            fmt::format("expected a port from 1 to 65535, found something else behind {}", text->source));
    }
    return url.endpoint.port;
}

/// The run has one way out.
void go_by_proxy(Profile& profile) {
    const std::shared_ptr<const VantagePoint>& proxy = profile.endpoint.proxy;
    profile.plain_http.proxy = proxy;
    if (profile.desktop) {
        profile.desktop->endpoint.proxy = proxy;
    }
    if (profile.authority) {
        profile.authority->endpoint.proxy = proxy;
    }
}

/// A cloud profile without the client certificate is usable, and judges little.
void warn_without_enrolled(const JsonField& whole, const JsonField& channel, const JsonField& identities,
                           const Profile& profile, Problems& problems) {
    const bool needs_identity = profile.channel == Channel::cloud && profile.environment != Environment::mock;
    const bool enrolled = identities && std::any_of(identities.node->children.begin(), identities.node->children.end(),
                                                    [](const JsonNode& one) { return one.key == "enrolled"; });
    if (channel && needs_identity && !enrolled) {
        problems.warning(
            whole,
            "no identities.enrolled is given; every check that needs the enrolled client certificate is skipped");
    }
}

}  // namespace

CommonFields::CommonFields(ObjectReader& reader)
    : schema(reader.optional("$schema")),
      name(reader.required("name", "a short name for this profile")),
      title(reader.optional("title")),
      environment(reader.required("environment", "embedded, sandbox, mock, test or production")),
      channel(reader.required("channel", "cloud or desktop")) {}

void read_common(const CommonFields& fields, Problems& problems, Profile& profile) {
    read_text(fields.schema, problems, "the address of the schema");
    read_name(fields.name, problems, profile);
    profile.title = read_text(fields.title, problems).value_or("");
    read_environment(fields.environment, problems, profile);
    read_channel(fields.channel, problems, profile);
}

void read_allow(const JsonField& field, Problems& problems, Profile& profile) {
    for (const JsonField& item : read_list(field, problems, "a list of \"active\" and \"load\"")) {
        const std::optional<std::string> word = read_choice(item, problems, {"active", "load"});
        profile.allow_active = profile.allow_active || word == "active";
        profile.allow_load = profile.allow_load || word == "load";
    }
}

std::optional<Endpoint> read_url(const JsonField& field, References& references, std::string_view scheme,
                                 bool path_allowed) {
    const std::string expected = fmt::format("a URL such as {}://host:4046", scheme);
    const std::optional<ResolvedText> text = references.literal_or_follow(field, expected);
    if (!text) {
        if (field && !references.reads()) {
            // Structure alone is judged; a reference stands for an endpoint that is known later.
            Endpoint later;
            later.host = "unresolved.invalid";
            later.port = scheme == "https" ? 443 : 80;
            return later;
        }
        return std::nullopt;
    }
    UrlResult url = parse_endpoint_url(without_line_end(text->text), scheme, path_allowed);
    if (!url.fault.empty()) {
        // What a reference led to, and a user name with its password, are not to be shown.
        const bool literal = text->source.empty();
        const bool has_user = text->text.find('@') != std::string::npos;
        const std::string found = !literal   ? fmt::format("something else behind {}", text->source)
                                  : has_user ? "a URL with '@'"
                                             : in_quotes(text->text);
        references.problems().error(Rank::value, field, fmt::format("{}; found {}", url.fault, found));
        return std::nullopt;
    }
    return std::move(url.endpoint);
}

/// Empty where there is none.
std::string read_address(const JsonField& field, References& references) {
    const auto address = references.literal_or_follow(field, "an IP address");
    if (!address) {
        return {};
    }
    std::string text = without_line_end(address->text);
    if (!is_ip_literal(text)) {
        references.problems().error(
            Rank::value, field,
            fmt::format("expected an IP address such as 127.0.0.1 or ::1, found {}",
                        address->source.empty() ? in_quotes(address->text)
                                                : fmt::format("something else behind {}", address->source)));
    }
    return text;
}

/// Empty where there is none, or one that carries something else already.
std::string read_correlation_header(const JsonField& field, Problems& problems) {
    std::optional<std::string> name = read_text(field, problems, "a header name such as \"X-Request-Id\"");
    if (!name) {
        return {};
    }
    constexpr std::array taken{
        "authorization", "connection", "content-length", "content-type",      "cookie",  "expect",
        "host",          "te",         "trailer",        "transfer-encoding", "upgrade", "proxy-authorization"};
    if (!is_header_name(*name)) {
        problems.error(Rank::value, field,
                       fmt::format("{} is no HTTP header name (letters, digits and hyphens)", in_quotes(*name)));
    } else if (std::ranges::find(taken, lower_case(*name)) != taken.end()) {
        problems.error(Rank::value, field,
                       fmt::format("the header {} has a meaning of its own; name one such as X-Request-Id", *name));
    }
    return std::move(*name);
}

void read_endpoint(const JsonField& field, References& references, Profile& profile) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object with \"url\"");
    const JsonField url = reader.required("url", "the endpoint's URL, such as https://host:4046");
    const JsonField port = reader.optional("port");
    const JsonField connect = reader.optional("connect");
    const JsonField addresses = reader.optional("addresses");
    const JsonField plain = reader.optional("plain_http_url");
    const JsonField proxy = reader.optional("proxy");
    const JsonField correlation = reader.optional("correlation_header");
    reader.finish();
    profile.endpoint = read_url(url, references, "https", true).value_or(Endpoint{});
    profile.endpoint.declared_port = read_declared_port(port, references);
    profile.endpoint.connect_address = read_address(connect, references);
    for (const JsonField& item : read_list(addresses, problems, "a list of IP addresses")) {
        profile.endpoint.addresses.push_back(read_address(item, references));
    }
    profile.endpoint.proxy = read_run_proxy(proxy, references);
    if (proxy && addresses) {
        problems.error(
            Rank::value, addresses,
            "a proxy resolves the name itself, so none of these is connected to; leave \"addresses\" out, or "
            "\"proxy\"");
    }
    profile.endpoint.correlation_header = read_correlation_header(correlation, problems);
    profile.plain_http.host = profile.endpoint.host;
    profile.plain_http.port = 80;
    if (auto other = read_url(plain, references, "http", false)) {
        profile.plain_http = std::move(*other);
    }
    if (profile.plain_http.host == profile.endpoint.host) {
        profile.plain_http.connect_address = profile.endpoint.connect_address;
    }
}

void read_desktop(const JsonField& field, References& references, Profile& profile) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object with \"url\"");
    const JsonField url = reader.required("url", "the URL of the desktop listener, such as https://host");
    reader.finish();
    if (profile.channel == Channel::desktop) {
        problems.error(Rank::value, field,
                       "only a cloud profile names its desktop listener; this profile's own endpoint is one");
    }
    if (auto endpoint = read_url(url, references, "https", true)) {
        if (endpoint->host == profile.endpoint.host) {
            endpoint->connect_address = profile.endpoint.connect_address;
        }
        profile.desktop = RelatedEndpoint{std::move(*endpoint)};
    }
}

Profile read_profile(const JsonNode& root, References& references) {
    Profile profile;
    Problems& problems = references.problems();
    const JsonField whole{&root, ""};
    report_placeholders(whole, problems);
    if (read_side(root, problems) == Side::client) {
        return read_client_profile(root, references);
    }
    ObjectReader reader(whole, problems, "a JSON object");
    reader.optional("side");  // which has been read
    const CommonFields common(reader);
    const JsonField endpoint = reader.required("endpoint", "an object with \"url\"");
    const JsonField desktop = reader.optional("desktop");
    const JsonField trust = reader.optional("trust");
    const JsonField identities = reader.optional("identities");
    const JsonField operations = reader.required("operations", "an object with at least one operation");
    const JsonField control = reader.required("control", "the name of the operation that proves service");
    const JsonField issuer = reader.optional("issuer");
    const JsonField identity = reader.optional("identity");
    const JsonField not_entitled = reader.optional("not_entitled");
    const JsonField other_names = reader.optional("other_names");
    const JsonField identity_headers = reader.optional("identity_headers");
    const JsonField authority = reader.optional("oauth");
    const JsonField machine = reader.optional("m2m");
    const JsonField permissions = reader.optional("permissions");
    const JsonField scenarios = reader.optional("scenarios");
    const JsonField timing = reader.optional("timeouts");
    const JsonField throttle = reader.optional("throttle");
    const JsonField reading = reader.optional("reading");
    const JsonField firewall = reader.optional("firewall");
    const JsonField vantage_points = reader.optional("vantage_points");
    const JsonField client_certificate = reader.optional("client_certificate");
    const JsonField rotation = reader.optional("rotation");
    const JsonField record = reader.optional("record");
    const JsonField limits = reader.optional("limits");
    const JsonField tls = reader.optional("tls");
    const JsonField allow = reader.optional("allow");
    if (const JsonField client = reader.optional("client")) {
        problems.error(Rank::key, client,
                       "\"client\" tells of client software; say \"side\": \"client\", or remove it");
    }
    reader.finish();

    read_common(common, problems, profile);
    read_endpoint(endpoint, references, profile);
    read_desktop(desktop, references, profile);
    read_trust(trust, references, profile.trust);
    read_identities(identities, references, profile);
    read_operations(operations, references, profile.operations);
    read_issuer(issuer, references, profile);
    profile.control = read_operation_name(control, operations, problems, profile.operations);
    read_identity_operation(identity, operations, problems, profile);
    profile.not_entitled = read_operation_name(not_entitled, operations, problems, profile.operations);
    read_other_names(other_names, problems, profile.other_names);
    read_identity_headers(identity_headers, problems, profile);
    read_authority(authority, references, profile);
    read_permission_errors(permissions, problems, profile.permissions);
    read_machine(machine, references, profile);
    read_permission_case(permissions, references, profile);
    read_scenarios(scenarios, references, profile);
    read_timing(timing, references, profile);
    read_throttle_limits(throttle, operations, references, profile);
    read_readings(reading, firewall, problems, profile);
    read_vantage_point(vantage_points, references, profile);
    read_client_certificate(client_certificate, references, profile);
    read_rotation(rotation, references, profile);
    read_record(record, problems, profile);
    read_limits(limits, problems, profile.limits);
    read_tls(tls, problems, profile.tls);
    read_allow(allow, problems, profile);
    go_by_proxy(profile);
    report_production_hosts(whole, profile, problems);
    warn_without_enrolled(whole, common.channel, identities, profile, problems);
    return profile;
}

}  // namespace gateproof
