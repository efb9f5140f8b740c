#include "gateway/authority/clients.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {
namespace {

constexpr std::size_t secret_bytes = 24;

/// "http://127.0.0.1:51004/callback" without its port; the text itself when it is no loopback address.
std::string without_loopback_port(std::string_view uri) {
    for (const std::string_view origin : {std::string_view("http://127.0.0.1"), std::string_view("http://[::1]")}) {
        if (!uri.starts_with(origin) || uri.substr(origin.size(), 1) != ":") {
            continue;
        }
        std::string_view rest = uri.substr(origin.size() + 1);
        std::size_t digits = 0;
        while (digits < rest.size() && std::isdigit(static_cast<unsigned char>(rest[digits])) != 0) {
            ++digits;
        }
        if (digits > 0 && digits <= 5 && (digits == rest.size() || rest[digits] == '/')) {
            return std::string(origin).append(rest.substr(digits));
        }
    }
    return std::string(uri);
}

/// "http://127.0.0.1/callback" with a port.
std::string with_loopback_port(std::string uri, std::uint16_t port) {
    return uri.insert(uri.find('/', std::string_view("http://").size()), ':' + std::to_string(port));
}

}  // namespace

const std::vector<std::string_view>& Clients::roles() {
    static const std::vector<std::string_view> names{"client", "second-client", "native-client", "second-native-client",
                                                     "registered-native-client"};
    return names;
}

Clients::Clients()
    : clients_{
          {"gateproof-cloud", "Kea Accounting", random_token(secret_bytes), "https://dsp.example/callback"},
          {"gateproof-cloud-2", "Weka Payroll", random_token(secret_bytes), "https://second.example/callback"},
          {"gateproof-native", "Kea Desktop", "", "http://127.0.0.1/callback"},
          {"gateproof-native-2", "Weka Desktop", "", "http://127.0.0.1/second"},
          {"gateproof-native-ports", "Tui Desktop", "", "http://127.0.0.1:8400/callback", {8401, 8402, 8403, 8404}}} {}

const OAuthClient* Clients::find(std::string_view id) const {
    const auto found = std::ranges::find(clients_, id, &OAuthClient::id);
    return found == clients_.end() ? nullptr : &*found;
}

const OAuthClient* Clients::of_role(std::string_view role) const {
    const auto found = std::ranges::find(roles(), role);
    return found == roles().end() ? nullptr : &clients_[static_cast<std::size_t>(found - roles().begin())];
}

bool redirect_uri_allowed(const OAuthClient& client, std::string_view uri, const FaultSet& faults) {
    const std::string portless = without_loopback_port(client.redirect_uri);
    const bool any_port = client.native() && (portless == client.redirect_uri || faults.has("any-loopback-port"));
    const std::string given = any_port ? without_loopback_port(uri) : std::string(uri);
    if (faults.has("redirect-uri-unchecked")) {
        return uri.find(':') != std::string_view::npos;
    }
    if (any_port && given == portless) {
        return true;
    }
    const bool listed = std::ranges::any_of(
        client.other_ports, [&](std::uint16_t port) { return uri == with_loopback_port(portless, port); });
    return listed || given == client.redirect_uri ||
           (faults.has("redirect-uri-by-prefix") && given.starts_with(client.redirect_uri));
}

}  // namespace gateproof::gateway
