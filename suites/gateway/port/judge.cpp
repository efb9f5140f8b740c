#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <iterator>

#include "harness/probe/http/http1.hpp"
#include "harness/text/ascii.hpp"
#include "suites/gateway/port/suite.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/failures.hpp"

namespace gateproof::suites {
namespace {

constexpr std::size_t max_redirect_paths = 16;

bool expects(const Operation& operation, int status) {
    return std::ranges::find(operation.expect_status, status) != operation.expect_status.end();
}

std::string location_of(const HttpOutcome& outcome) {
    const std::string* location = outcome.response ? outcome.response->header("location") : nullptr;
    return location == nullptr ? "" : *location;
}

/// What a peer sent, fit for a sentence.
std::string fit_to_show(std::string_view text) {
    std::string safe(text.substr(0, 200));
    std::ranges::replace_if(
        safe, [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
    return safe;
}

/// Bytes that are no text are shown as hexadecimal digits: question marks would tell nothing of them.
std::string fit_or_hex(std::string_view bytes) {
    constexpr std::size_t most = 32;
    const bool text = std::ranges::all_of(
        bytes, [](unsigned char c) { return (c >= 0x20 && c <= 0x7e) || c == '\r' || c == '\n' || c == '\t'; });
    if (text) {
        return fit_to_show(bytes);
    }
    std::string hex = "0x";
    for (const char c : bytes.substr(0, most)) {
        fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(c));
    }
    return hex + (bytes.size() > most ? "..." : "");
}

/// The content type alert, and a version of TLS.
bool is_tls_alert(std::string_view bytes) {
    return bytes.starts_with("\x15\x03");
}

/// Bytes without a status line, in answer to a request in clear. A server may answer in HTTP/0.9, the body alone.
Verdict judge_bare_answer(std::string_view bytes, const Operation& operation) {
    if (is_tls_alert(bytes)) {
        return Verdict::pass("a request in clear got no service: it was answered with a TLS alert");
    }
    const std::string& body = operation.expect_body_contains;
    if (!body.empty() && bytes.find(body) != std::string_view::npos) {
        return Verdict::fail("{} {} in clear was served on the TLS port, by its body without a status line (HTTP/0.9)",
                             operation.method, operation.path)
            .remedy("let this listener accept TLS alone");
    }
    if (body.empty()) {
        return Verdict::inconclusive("a request in clear was answered neither in HTTP nor in TLS: {}",
                                     fit_or_hex(bytes))
            .remedy("give expect.body_contains of the control operation in the profile, to tell its answer by");
    }
    return Verdict::pass("a request in clear got no service: the answer was no HTTP");
}

}  // namespace

std::optional<std::uint16_t> standard_port(Environment environment, Channel channel) {
    if (environment == Environment::embedded || environment == Environment::sandbox ||
        environment == Environment::mock) {
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(channel == Channel::cloud ? 4046 : 443);
}

Verdict judge_declared(const Endpoint& endpoint, Environment environment, Channel channel) {
    if (endpoint.declared_port != 0 && endpoint.declared_port != endpoint.port) {
        return Verdict::fail("the URL says port {} but endpoint.port declares {}", endpoint.port,
                             endpoint.declared_port)
            .remedy("ask onboarding which port is right and correct the profile");
    }
    const std::optional<std::uint16_t> standard = standard_port(environment, channel);
    if (!standard) {
        return Verdict::pass("port {}; environment {} has no published port", endpoint.port, to_string(environment));
    }
    if (endpoint.port != *standard) {
        return Verdict::fail("the URL says port {} but the {} channel is published on port {}", endpoint.port,
                             to_string(channel), *standard)
            .remedy(
                "use the published port in endpoint.url; of an endpoint of your own, which may listen elsewhere, write "
                "\"environment\": \"sandbox\"");
    }
    return Verdict::pass("port {} is the published port of the {} channel", endpoint.port, to_string(channel));
}

Verdict judge_open(const TcpExchange& exchange, const std::string& authority) {
    if (exchange.connected) {
        return Verdict::pass("{} accepts TCP connections ({})", authority, exchange.remote_address);
    }
    const std::string why =
        exchange.detail.empty() ? std::string(to_string(exchange.end)) : fit_to_show(exchange.detail);
    return Verdict::inconclusive("no TCP connection to {}: {}", authority, why)
        .remedy("check that the endpoint is up and that firewalls allow this machine's address");
}

Verdict judge_speaks_tls(const ServerAnswer& answer, const TcpExchange* plain) {
    if (answer.server_hello) {
        return Verdict::pass("the port speaks TLS: {}", answer.summary());
    }
    if (answer.alert) {
        return Verdict::pass("the port speaks TLS, though it refused this ClientHello: {}", answer.summary());
    }
    const bool http = answer.end == Ending::not_tls && status_of(answer.first_bytes).has_value();
    if (http || (plain != nullptr && status_of(plain->bytes))) {
        return Verdict::fail("the port speaks HTTP in clear, not TLS").remedy("enable TLS on this listener");
    }
    if (answer.end == Ending::not_tls) {
        return Verdict::fail("the port answers a ClientHello with something that is not TLS: {}",
                             fit_or_hex(answer.first_bytes))
            .remedy("check that this is the gateway's port, and that TLS is enabled on it");
    }
    return Verdict::inconclusive("no answer to a ClientHello: {}", answer.summary());
}

Verdict judge_plaintext(const TcpExchange& exchange, const Tries& tries, const Operation& operation) {
    if (!exchange.connected) {
        return Verdict::inconclusive("no TCP connection: {}", fit_to_show(exchange.detail));
    }
    const std::string_view bytes = without_interim(exchange.bytes);
    if (const std::optional<int> status = status_of(bytes)) {
        const std::size_t head_end = bytes.find("\r\n\r\n");
        const std::string_view body =
            head_end == std::string_view::npos ? std::string_view() : bytes.substr(head_end + 4);
        if (expects(operation, *status) && body.find(operation.expect_body_contains) != std::string_view::npos) {
            return Verdict::fail("{} {} in clear was served on the TLS port: HTTP {}", operation.method, operation.path,
                                 *status)
                .remedy("let this listener accept TLS alone");
        }
        if (is_success(*status)) {
            return Verdict::fail("a request in clear on the TLS port was answered with HTTP {}", *status)
                .remedy("let this listener accept TLS alone");
        }
        return Verdict::pass("a request in clear got no service: HTTP {} (refused at HTTP level){}", *status,
                             none_served(tries.telling_count()));
    }
    if (!bytes.empty()) {
        return judge_bare_answer(bytes, operation);
    }
    if (!exchange.bytes.empty()) {
        return Verdict::inconclusive("a request in clear got interim answers alone (HTTP {})",
                                     status_of(exchange.bytes).value_or(0));
    }
    if (tries.rests_on_resets()) {
        return Verdict::pass("a request in clear got no service: {}{}", tries.summary(),
                             none_served(tries.telling_count()))
            .rests_on_resets(true);
    }
    return Verdict::inconclusive("a request in clear got no answer and the connection stayed open ({})",
                                 to_string(exchange.end));
}

std::string leaves_endpoint(std::string_view location, const Endpoint& endpoint) {
    const bool odd = std::ranges::any_of(location, [](unsigned char c) { return c <= 0x20 || c > 0x7e || c == '\\'; });
    if (location.empty() || odd) {
        return "it is not a URI reference";
    }
    std::string_view rest = location;
    const std::size_t colon = rest.find(':');
    const bool has_scheme = colon != std::string_view::npos && colon < rest.find_first_of("/?#");
    if (has_scheme) {
        if (!same_ignoring_case(rest.substr(0, colon), "https")) {
            return "the scheme is not https";
        }
        rest.remove_prefix(colon + 1);
        if (!rest.starts_with("//")) {
            return "it is not a URI reference";
        }
    }
    if (!rest.starts_with("//")) {
        return {};
    }
    rest.remove_prefix(2);
    std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    if (authority.find('@') != std::string_view::npos) {
        return "it carries user information";
    }
    std::string_view port;
    const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
    if (bracket == std::string_view::npos) {
        return "it is not a URI reference";
    }
    const std::size_t port_colon = authority.find(':', bracket);
    if (port_colon != std::string_view::npos) {
        port = authority.substr(port_colon + 1);
        authority = authority.substr(0, port_colon);
    }
    if (authority.starts_with('[') && authority.ends_with(']')) {
        authority = authority.substr(1, authority.size() - 2);
    }
    if (!same_ignoring_case(authority, endpoint.host)) {
        return "the host is another";
    }
    unsigned number = 443;
    if (!port.empty()) {
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
        if (error != std::errc() || end != port.data() + port.size()) {
            return "it is not a URI reference";
        }
    }
    return number == endpoint.port ? "" : "the port is " + std::to_string(number);
}

Verdict judge_redirects(const std::vector<Redirect>& tried, const Endpoint& endpoint) {
    std::size_t answered = 0;
    std::size_t redirects = 0;
    Failures failures;
    for (const Redirect& redirect : tried) {
        if (!redirect.outcome.response) {
            continue;
        }
        ++answered;
        const std::string location = location_of(redirect.outcome);
        if (redirect.outcome.response->header("location") == nullptr) {
            continue;
        }
        ++redirects;
        const std::string why = leaves_endpoint(location, endpoint);
        if (!why.empty()) {
            failures.add(Verdict::fail("{} redirects away from {}: Location {}: {}", redirect.path,
                                       endpoint.authority(), fit_to_show(location), why)
                             .remedy("let every redirect keep https, the host and the port"));
        }
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        return *failed;
    }
    if (answered < tried.size() || tried.empty()) {
        const auto silent = std::ranges::find_if(tried, [](const Redirect& one) { return !one.outcome.response; });
        return Verdict::inconclusive("{} of {} paths gave no HTTP answer{}", tried.size() - answered, tried.size(),
                                     silent == tried.end() ? "" : ": " + silent->outcome.summary());
    }
    return Verdict::pass("{} paths tried, {} redirects, none to another scheme, host or port", answered, redirects);
}

std::vector<std::string> redirect_paths(const Profile& profile) {
    std::vector<std::string> paths;
    const auto add = [&](std::string path) {
        if (paths.size() < max_redirect_paths && std::ranges::find(paths, path) == paths.end()) {
            paths.push_back(std::move(path));
        }
    };
    add(profile.control_operation().path);
    add("/");
    for (const auto& [name, operation] : profile.operations) {
        add(operation.path);
    }
    for (const auto& [name, operation] : profile.operations) {
        std::string path = operation.path.substr(0, operation.path.find('?'));
        for (std::size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0; slash = path.rfind('/')) {
            path.resize(slash);
            add(path);
            add(path + "/");
        }
    }
    return paths;
}

Verdict judge_plain_http(const TriedRequest& tried, const Operation& operation, const std::string& where) {
    const HttpOutcome& outcome = tried.outcome;
    if (tried.tries.rests_on_resets()) {
        return Verdict::pass("{} gives no service: {}", where, tried.tries.summary()).rests_on_resets(true);
    }
    if (outcome.response) {
        const int status = outcome.response->status;
        if (outcome.served(operation)) {
            return Verdict::fail("{} {} was served in clear on {}", operation.method, operation.path, where)
                .remedy("close this port, or let it redirect to https and nothing else");
        }
        if (is_success(status)) {
            return Verdict::warning("{} answers HTTP {} in clear, though not the service", where, status)
                .remedy("close this port, or let it redirect to https and nothing else");
        }
        const std::string location = location_of(outcome);
        if (status / 100 == 3 && same_ignoring_case(std::string_view(location).substr(0, 8), "https://")) {
            return Verdict::pass("{} gives no service, it redirects to https (HTTP {})", where, status);
        }
        if (status / 100 == 3) {
            return Verdict::warning("{} redirects, but not to https: HTTP {}, Location {}", where, status,
                                    fit_to_show(location))
                .remedy("redirect to https, or close this port");
        }
        return Verdict::pass("{} gives no service: HTTP {}{}", where, status, none_served(tried.tries.telling_count()));
    }
    switch (outcome.end) {
        case Ending::refused:
        case Ending::unreachable:
        case Ending::connect_failed:
        case Ending::connect_timeout:
        case Ending::not_http: return Verdict::pass("{} gives no service: {}", where, outcome.summary());
        default: return Verdict::inconclusive("{}: {}", where, tried.tries.summary());
    }
}

Verdict judge_cloud_on_desktop(const std::vector<std::pair<Operation, TriedRequest>>& outcomes) {
    std::string how;
    std::size_t tries = 0;
    bool rests_on_resets = false;
    Failures failures;
    for (const auto& [operation, tried] : outcomes) {
        const Trial trial("of the cloud on the desktop port without a certificate", tried.tries);
        const std::string request = request_line(operation);
        std::optional<Verdict> verdict =
            not_refused(trial, request, "serve the cloud paths on the cloud port alone", Reading::no_service);
        const bool unknown = tried.outcome.response && is_unknown_there(tried.outcome.response->status);
        if (verdict && (verdict->outcome() == Outcome::fail || !unknown)) {
            failures.add(std::move(*verdict));
        }
        rests_on_resets = rests_on_resets || tried.tries.rests_on_resets();
        how = tried.tries.refusals().empty() ? tried.tries.other() : tried.tries.refusals();
        tries += tried.tries.telling_count();
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        return *failed;
    }
    if (outcomes.empty()) {
        return Verdict::inconclusive("no cloud operation to try");
    }
    return Verdict::pass("{} cloud operations get no service on the desktop port ({}){}", outcomes.size(), how,
                         none_served(tries))
        .rests_on_resets(rests_on_resets);
}

}  // namespace gateproof::suites
