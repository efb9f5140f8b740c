#include "harness/profile/production_hosts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "harness/text/ascii.hpp"

namespace gateproof {

namespace {

JsonField child_of(const JsonField& parent, std::string_view key) {
    if (parent) {
        for (const JsonNode& child : parent.node->children) {
            if (parent.node->kind == JsonNode::Kind::object && child.key == key) {
                return {&child, pointer_join(parent.pointer, key)};
            }
        }
    }
    return {};
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0;
        if (escape && hex_value(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

/// Of "host", "host:port" or "user@host:port".
std::string_view host_of_authority(std::string_view authority) {
    const std::size_t at = authority.rfind('@');
    authority.remove_prefix(at == std::string_view::npos ? 0 : at + 1);
    return authority.substr(0, authority.find(':'));
}

/// Reports the places of one profile.
class Report {
public:
    Report(const JsonField& root, const Profile& profile, Problems& problems)
        : root_(root), profile_(profile), problems_(problems) {}

    void all() {
        place(child_of(endpoint(), "url"), known_production_host(profile_.endpoint.host));
        // Without a URL of its own, plain HTTP is tried on the endpoint's host, which is judged already.
        place(child_of(endpoint(), "plain_http_url"), known_production_host(profile_.plain_http.host));
        if (profile_.endpoint.proxy) {
            place(child_of(child_of(endpoint(), "proxy"), "url"),
                  known_production_host(profile_.endpoint.proxy->address));
        }
        if (profile_.desktop) {
            place(child_of(child_of(root_, "desktop"), "url"), known_production_host(profile_.desktop->endpoint.host));
        }
        authority();
        items("other_names", "", &known_production_host);
        items("vantage_points", "proxy", &known_production_host_of_uri);
        headers();
    }

private:
    [[nodiscard]] JsonField endpoint() const { return child_of(root_, "endpoint"); }

    void place(const JsonField& field, std::string_view known) {
        if (field && !known.empty()) {
            problems_.error(Problems::Rank::value, field, production_host_fault(known, profile_.environment));
        }
    }

    void authority() {
        if (!profile_.authority) {
            return;
        }
        const Authority& read = *profile_.authority;
        const JsonField oauth = child_of(root_, "oauth");
        place(child_of(oauth, "url"), known_production_host(read.endpoint.host));
        place(child_of(child_of(oauth, "client"), "redirect_uri"),
              known_production_host_of_uri(read.client.redirect_uri));
        if (read.second_client) {
            place(child_of(child_of(oauth, "second_client"), "redirect_uri"),
                  known_production_host_of_uri(read.second_client->redirect_uri));
        }
    }

    /// The items of a list, or one member of each; these are literal texts.
    void items(std::string_view key, std::string_view member, std::string_view (*known)(std::string_view)) {
        const JsonField list = child_of(root_, key);
        if (!list || list.node->kind != JsonNode::Kind::array) {
            return;
        }
        for (std::size_t i = 0; i < list.node->children.size(); ++i) {
            const JsonField item{&list.node->children[i], pointer_join(list.pointer, std::to_string(i))};
            const JsonField text = member.empty() ? item : child_of(item, member);
            place(text, text ? known(text.node->text) : std::string_view());
        }
    }

    /// A server that serves several environments may tell them apart by these.
    void headers() {
        for (const auto& [name, operation] : profile_.operations) {
            const JsonField field = child_of(child_of(child_of(root_, "operations"), name), "headers");
            for (const auto& [header, value] : operation.headers) {
                if (same_ignoring_case(header, "host") || same_ignoring_case(header, "x-forwarded-host")) {
                    place(child_of(field, header), known_production_host(host_of_authority(trimmed(value))));
                }
            }
        }
    }

    const JsonField& root_;
    const Profile& profile_;
    Problems& problems_;
};

}  // namespace

std::string_view known_production_host(std::string_view host) {
    host.remove_suffix(host.ends_with('.') ? 1 : 0);
    const auto hosts = production_hosts();
    const auto found = std::ranges::find_if(hosts, [&](std::string_view one) { return same_ignoring_case(one, host); });
    return found == hosts.end() ? std::string_view() : *found;
}

std::string_view known_production_host_of_uri(std::string_view uri) {
    const std::size_t start = uri.find("//");
    if (start == std::string_view::npos) {
        return {};
    }
    const std::string_view rest = uri.substr(start + 2);
    return known_production_host(percent_decoded(host_of_authority(rest.substr(0, rest.find_first_of("/?#\\")))));
}

std::string production_host_fault(std::string_view host, Environment environment) {
    return fmt::format(
        "{} is a host of production, but \"environment\" is \"{}\", where more is sent than production allows; name "
        "the host of that environment, or write \"environment\": \"production\"",
        host, to_string(environment));
}

void report_production_hosts(const JsonField& root, const Profile& profile, Problems& problems) {
    const JsonField environment = child_of(root, "environment");
    // A word that is wrong or missing is reported as such; what it was meant to say is not known.
    const bool known = environment && environment.node->text == to_string(profile.environment);
    if (known && profile.environment != Environment::production) {
        Report(root, profile, problems).all();
    }
}

}  // namespace gateproof
