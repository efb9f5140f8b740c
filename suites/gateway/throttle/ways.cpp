#include "suites/gateway/throttle/ways.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <utility>

#include "harness/text/ascii.hpp"

namespace gateproof::suites {

using load::Connections;

namespace {

/// As many as a round has tries, and some more: a way that is counted apart meets a new limit each time.
constexpr unsigned variants = 16;

/// A header that somebody may count requests by, and what it says in the request of this number.
struct Claim {
    std::string_view header;
    std::string (*value)(unsigned number);
};

std::string forwarded(unsigned number) {
    return fmt::format("for={}", nobodys_address(number));
}
std::string client_name(unsigned number) {
    return fmt::format("gateproof-{}", number);
}
std::string distinguished_name(unsigned number) {
    return fmt::format("CN=gateproof-{}", number);
}
std::string forwarded_certificate(unsigned number) {
    return fmt::format("Subject=\"CN=gateproof-{}\"", number);
}
std::string user_agent(unsigned number) {
    return fmt::format("gateproof/{}", number);
}
std::string language(unsigned number) {
    return fmt::format("en-NZ, mi;q=0.{}", number % 9 + 1);
}
std::string cookie(unsigned number) {
    return fmt::format("session=gateproof-{}", number);
}
std::string referer(unsigned number) {
    return fmt::format("https://gateproof-{}.invalid/", number);
}

/// The address of whoever is before a proxy, in the spellings of RFC 7239, nginx, Apache, Akamai, Cloudflare, Fastly,
/// Azure, Envoy, Google, WebLogic and others.
constexpr std::array addresses = std::to_array<Claim>({{"X-Forwarded-For", nobodys_address},
                                                       {"Forwarded", forwarded},
                                                       {"X-Real-IP", nobodys_address},
                                                       {"True-Client-IP", nobodys_address},
                                                       {"CF-Connecting-IP", nobodys_address},
                                                       {"X-Client-IP", nobodys_address},
                                                       {"X-Cluster-Client-IP", nobodys_address},
                                                       {"X-Original-Forwarded-For", nobodys_address},
                                                       {"Fastly-Client-IP", nobodys_address},
                                                       {"X-Azure-ClientIP", nobodys_address},
                                                       {"X-Envoy-External-Address", nobodys_address},
                                                       {"X-Appengine-User-IP", nobodys_address},
                                                       {"WL-Proxy-Client-IP", nobodys_address},
                                                       {"Client-IP", nobodys_address},
                                                       {"X-Remote-Addr", nobodys_address}});

/// Whom a proxy has recognised, in the spellings of nginx, HAProxy, Envoy, Kong and others.
constexpr std::array clients = std::to_array<Claim>({{"X-SSL-Client-S-DN", distinguished_name},
                                                     {"X-SSL-Client-CN", client_name},
                                                     {"X-Client-DN", distinguished_name},
                                                     {"X-Client-CN", client_name},
                                                     {"X-Forwarded-Client-Cert", forwarded_certificate},
                                                     {"X-Consumer-ID", client_name},
                                                     {"X-Consumer-Username", client_name},
                                                     {"X-Forwarded-User", client_name},
                                                     {"X-Client-ID", client_name},
                                                     {"X-API-Key", client_name},
                                                     {"ApiKey", client_name}});

/// What a program says of itself.
constexpr std::array programs = std::to_array<Claim>(
    {{"User-Agent", user_agent}, {"Accept-Language", language}, {"Cookie", cookie}, {"Referer", referer}});

void set(HttpRequest& request, std::string_view header, std::string value) {
    std::erase_if(request.headers, [header](const auto& have) { return same_ignoring_case(have.first, header); });
    request.headers.emplace_back(std::string(header), std::move(value));
}

std::vector<std::string> requests_with(const HttpRequest& request, std::span<const Claim> claims) {
    std::vector<std::string> requests;
    for (unsigned number = 1; number <= variants; ++number) {
        HttpRequest one = request;
        for (const Claim& claim : claims) {
            set(one, claim.header, claim.value(number));
        }
        requests.push_back(load::request_bytes(one, false));
    }
    return requests;
}

Way headers(std::string name, const HttpRequest& request, std::span<const Claim> claims) {
    Way way{std::move(name), requests_with(request, claims)};
    for (const Claim& claim : claims) {
        way.parts.push_back({std::string(claim.header), requests_with(request, {&claim, 1})});
    }
    return way;
}

template <class Change>
Way changed(std::string name, const HttpRequest& request, Change change) {
    Way way{std::move(name), {}};
    for (unsigned number = 1; number <= variants; ++number) {
        way.requests.push_back(change(request, number));
    }
    return way;
}

/// The path with every letter of its last component in the other case.
std::string other_case(std::string path) {
    const std::size_t ends = std::min(path.find('?'), path.size());
    const std::size_t begins = path.rfind('/', ends) + 1;
    for (std::size_t i = begins; i < ends; ++i) {
        const auto c = static_cast<unsigned char>(path[i]);
        path[i] = static_cast<char>(std::islower(c) != 0 ? std::toupper(c) : std::tolower(c));
    }
    return path;
}

std::string doubled_slash(std::string path) {
    const std::size_t last = path.rfind('/', path.find('?'));
    return path.insert(last, "/");
}

std::string trailing_slash(std::string path) {
    return path.insert(std::min(path.find('?'), path.size()), "/");
}

/// The last letter of the path as %XX, which is the same path (RFC 3986 6.2.2.2).
std::string last_letter_encoded(std::string path) {
    const std::size_t ends = std::min(path.find('?'), path.size());
    const char last = path[ends - 1];
    return path.replace(ends - 1, 1, fmt::format("%{:02X}", static_cast<unsigned char>(last)));
}

Way spelling(std::string name, HttpRequest request, std::string (*spell)(std::string path)) {
    request.path = spell(std::move(request.path));
    return {std::move(name), {load::request_bytes(request, false)}};
}

Way other_paths(const ThrottleProbe& probe) {
    Way others{"other paths", {}, Connections::pooled, true};
    for (const std::string& path : probe.limits().paths) {
        HttpRequest other = probe.request();
        other.method = "GET";
        other.body.clear();
        other.path = path;
        others.requests.push_back(load::request_bytes(other, false));
    }
    return others;
}

}  // namespace

bool Way::has_to_be_parted() const {
    const bool unheard = evasion == Evasion::no && 2 * turned_down > got.answered;
    return parts.size() > 1 && (evasion == Evasion::yes || unheard);
}

std::string nobodys_address(unsigned number) {
    return fmt::format("198.{}.{}.{}", 18 + number % 2, number * 13 % 256, 1 + number % 250);
}

std::string in_other_letters(std::string host, unsigned number) {
    constexpr unsigned choices = 4;  // letters are chosen by the bits of the number, in turn
    unsigned letter = 0;
    for (char& c : host) {
        if (std::isalpha(static_cast<unsigned char>(c)) == 0) {
            continue;
        }
        if ((number >> (letter++ % choices) & 1U) != 0) {
            c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        }
    }
    return host;
}

std::string with_parameter(std::string path, unsigned number) {
    const char* const sign = path.find('?') == std::string::npos ? "?" : "&";
    return fmt::format("{}{}gateproof={}", path, sign, number);
}

HttpRequest claiming_address(HttpRequest request, std::string_view address) {
    for (const Claim& claim : addresses) {
        const bool tagged = claim.header == "Forwarded";
        set(request, claim.header, fmt::format("{}{}", tagged ? "for=" : "", address));
    }
    return request;
}

std::vector<Way> ways_around(const ThrottleProbe& probe, bool refused_as_success) {
    const HttpRequest request = probe.request();
    const std::string bytes = load::request_bytes(request, true);
    std::vector<Way> ways{{"new connections", {bytes}, Connections::fresh},
                          {"resumed sessions", {bytes}, Connections::resumed}};
    std::vector<std::string> tokens = requests_with_other_tokens(probe);
    if (!tokens.empty()) {
        ways.push_back({"other tokens", std::move(tokens)});
    }
    if (!probe.limits().paths.empty()) {
        ways.push_back(other_paths(probe));
    }
    ways.push_back(headers("headers that claim an address", request, addresses));
    ways.push_back(headers("headers that claim a client", request, clients));
    ways.push_back(headers("headers that name a program", request, programs));
    ways.push_back(changed("another query parameter", request, [](HttpRequest one, unsigned number) {
        one.path = with_parameter(std::move(one.path), number);
        return load::request_bytes(one, false);
    }));
    const std::string host = request.endpoint.authority();
    if (in_other_letters(host, 1) != host) {
        ways.push_back(changed("the host in other letters", request, [&host](const HttpRequest& one, unsigned number) {
            return load::request_bytes(one, false, in_other_letters(host, number));
        }));
    }
    // An answer to HEAD has no body by which to tell a refusal from service.
    if (request.method == "GET" && !refused_as_success) {
        HttpRequest head = request;
        head.method = "HEAD";
        ways.push_back({"HEAD instead of GET", {load::request_bytes(head, false)}, Connections::pooled, true});
    }
    ways.push_back(spelling("the path in other letters", request, other_case));
    ways.push_back(spelling("a doubled slash", request, doubled_slash));
    ways.push_back(spelling("a trailing slash", request, trailing_slash));
    ways.push_back(spelling("a percent-encoded letter", request, last_letter_encoded));
    return ways;
}

}  // namespace gateproof::suites
