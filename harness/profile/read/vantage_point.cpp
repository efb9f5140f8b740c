// The places that a profile can send from.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "harness/json/near_match.hpp"
#include "harness/json/reader.hpp"
#include "harness/profile/endpoint_url.hpp"
#include "harness/profile/read/profile.hpp"

namespace gateproof {

namespace {

using Rank = Problems::Rank;
using VantageKind = VantagePoint::Kind;
using Expected = VantagePoint::Expected;

constexpr std::array proxies{VantageKind::socks5, VantageKind::socks5h, VantageKind::http_connect};
constexpr std::string_view any_proxy = "expected socks5://host:port, socks5h://host:port or http://host:port";
/// With socks5 the name would be resolved here, and each check would look at an address of its own.
constexpr std::array run_proxies{VantageKind::socks5h, VantageKind::http_connect};
constexpr std::string_view run_proxy = "expected http://host:port (CONNECT) or socks5h://host:port";
constexpr std::size_t longest_credential = 255;  // RFC 1929 2

bool is_name(std::string_view name) {
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !name.empty() && name.size() <= 63 && name[0] != '-' && std::all_of(name.begin(), name.end(), good);
}

void read_name(const JsonField& field, Problems& problems, VantagePoint& point) {
    const std::optional<std::string> name = read_text(field, problems, "a name");
    if (name && !is_name(*name)) {
        problems.error(Rank::value, field,
                       fmt::format("{} is no name of a vantage point; expected lower-case letters, digits and '-', at "
                                   "most 63",
                                   in_quotes(*name)));
    }
    point.name = name.value_or("");
}

void read_source(const JsonField& field, Problems& problems, VantagePoint& point) {
    const std::optional<std::string> address = read_text(field, problems, "an IP address of this machine");
    if (address && !is_ip_literal(*address)) {
        problems.error(Rank::value, field,
                       fmt::format("expected an IP address of this machine, found {}", in_quotes(*address)));
    }
    point.address = address.value_or("");
}

/// `kinds`: the schemes that it may have, and `shape` the same in words.
void read_proxy(const JsonField& field, Problems& problems, VantagePoint& point, std::span<const VantageKind> kinds,
                std::string_view shape) {
    const std::optional<std::string> url = read_text(field, problems, "the URL of a proxy");
    if (!url) {
        return;
    }
    const std::string scheme = url->substr(0, url->find(':'));
    const auto kind = std::ranges::find(kinds, scheme, [](VantageKind one) { return proxy_scheme(one); });
    if (kind == kinds.end()) {
        const std::string found = url->find('@') == std::string::npos ? in_quotes(*url) : "a URL with '@'";
        problems.error(Rank::value, field, fmt::format("{}, found {}", shape, found));
        return;
    }
    const UrlResult parsed = parse_endpoint_url(*url, scheme, false);
    const std::size_t colon = url->rfind(':');
    const bool has_port = colon > scheme.size() && url->find(']', colon) == std::string::npos;
    if (!parsed.fault.empty() || !has_port) {
        const std::string found = url->find('@') == std::string::npos ? in_quotes(*url) : "a URL with '@'";
        problems.error(Rank::value, field,
                       fmt::format("{}; user and password have keys of their own; found {}", shape, found));
        return;
    }
    point.kind = *kind;
    point.address = parsed.endpoint.host;
    point.port = parsed.endpoint.port;
}

void read_credentials(const JsonField& user, const JsonField& password, const JsonField& proxy, References& references,
                      VantagePoint& point) {
    if (const auto text = references.literal_or_follow(user, "the user name that the proxy asks for")) {
        point.user = without_line_end(text->text);
    }
    if (const auto text = references.follow(password, "the proxy's password")) {
        point.password = without_line_end(text->text);
        references.keep_secret(point.password);
    }
    for (const JsonField& field : {user, password}) {
        if (field && !proxy) {
            references.problems().error(Rank::value, field, "only a proxy asks for a user and a password");
        }
    }
    if (password && !user) {
        references.problems().error(Rank::value, password, "a password needs the key \"user\" beside it");
    }
}

VantagePoint read_point(const JsonField& field, References& references) {
    VantagePoint point;
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object with \"name\" and \"source\" or \"proxy\"");
    const JsonField name = reader.required("name", "a short name of the place");
    const JsonField source = reader.optional("source");
    const JsonField proxy = reader.optional("proxy");
    const JsonField user = reader.optional("user");
    const JsonField password = reader.optional("password");
    const JsonField expected = reader.optional("expected");
    reader.finish();
    read_name(name, problems, point);
    if (reader.usable() && static_cast<bool>(source) == static_cast<bool>(proxy)) {
        problems.error(Rank::value, field, "expected \"source\" or \"proxy\", and not both");
    }
    read_source(source, problems, point);
    read_proxy(proxy, problems, point, proxies, any_proxy);
    read_credentials(user, password, proxy, references, point);
    if (const auto word = read_choice(expected, problems, {"allowed", "blocked"})) {
        point.expected = *word == "allowed" ? Expected::allowed : Expected::blocked;
    }
    return point;
}

}  // namespace

std::shared_ptr<const VantagePoint> read_run_proxy(const JsonField& field, References& references) {
    if (!field) {
        return nullptr;
    }
    auto point = std::make_shared<VantagePoint>();
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object with \"url\"");
    const JsonField url = reader.required("url", "the proxy's URL, http://host:port or socks5h://host:port");
    const JsonField user = reader.optional("user");
    const JsonField password = reader.optional("password");
    reader.finish();
    read_proxy(url, problems, *point, run_proxies, run_proxy);
    read_credentials(user, password, field, references, *point);
    if (user && is_reference(user.node->text)) {
        references.keep_secret(point->user);
    }
    for (const auto& [key, text] : {std::pair(user, point->user), std::pair(password, point->password)}) {
        if (text.size() > longest_credential) {
            problems.error(Rank::value, key, "expected at most 255 bytes, as proxies take them");
        }
    }
    if (point->user.find(':') != std::string::npos && point->kind == VantageKind::http_connect) {
        problems.error(Rank::value, user, "a user with ':' cannot be told to an HTTP proxy (RFC 7617 2)");
    }
    return point;
}

std::string_view proxy_scheme(VantageKind kind) {
    switch (kind) {
        case VantageKind::socks5: return "socks5";
        case VantageKind::socks5h: return "socks5h";
        case VantageKind::http_connect: return "http";
        case VantageKind::source_address: break;
    }
    return {};
}

std::string VantagePoint::describe() const {
    if (!is_proxy()) {
        return fmt::format("source address {}", address);
    }
    const bool ipv6 = address.find(':') != std::string::npos;
    return fmt::format("{} proxy {}{}{}:{}", kind == VantageKind::http_connect ? "HTTP" : "SOCKS5", ipv6 ? "[" : "",
                       address, ipv6 ? "]" : "", port);
}

void read_vantage_point(const JsonField& field, References& references, Profile& profile) {
    Problems& problems = references.problems();
    for (const JsonField& item : read_list(field, problems, "a list of vantage points")) {
        VantagePoint point = read_point(item, references);
        const bool taken =
            std::ranges::find(profile.vantage_points, point.name, &VantagePoint::name) != profile.vantage_points.end();
        if (taken && !point.name.empty()) {
            problems.error(
                Rank::value, item,
                fmt::format("two vantage points are named {}; reports file them by name", in_quotes(point.name)));
        }
        if (point.expected == Expected::blocked && profile.environment == Environment::production) {
            problems.error(Rank::value, item,
                           "production restricts no source address (FW-PROD), so none can be expected to be blocked");
        }
        profile.vantage_points.push_back(std::move(point));
    }
}

}  // namespace gateproof
