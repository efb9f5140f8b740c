#include "doctor/endpoint.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "harness/probe/http/request.hpp"
#include "harness/probe/socket/deadline.hpp"
#include "harness/run/shared_event.hpp"
#include "suites/gateway/server/suite.hpp"
#include "suites/shared/server_chain.hpp"

namespace gateproof::doctor {

namespace asio = boost::asio;
using asio::awaitable;

namespace {

bool is_no_connection(Ending end) {
    return end == Ending::refused || end == Ending::unreachable || end == Ending::connect_failed ||
           end == Ending::connect_timeout || end == Ending::resolve_failed || end == Ending::proxy_failed;
}

awaitable<AddressSeen> shake_hands(asio::any_io_executor executor, EndpointOptions options, std::string address,
                                   Politeness& politeness) {
    AddressSeen seen;
    const Permit permit = co_await politeness.acquire(Politeness::Priority::control);
    TlsOptions tls;
    tls.server_name = options.endpoint.host;
    tls.endpoint = options.endpoint;
    if (!options.endpoint.proxy) {
        tls.endpoint.connect_address = address;
    }
    const Endpoint at_address = tls.endpoint;
    tls.identity = options.identity;
    tls.connect_timeout = options.connect;
    tls.timeout = options.handshake;
    TlsSession session(executor, std::move(tls));
    seen.address = std::move(address);
    seen.step = co_await session.connect();
    if (seen.step.end == Ending::connect_failed) {  // without a proxy, which says so
        // The session does not say which way it failed; asked once more, the socket does.
        const TcpConnected tried = co_await tcp_connect(executor, at_address, options.connect);
        seen.step.end = tried.end == Ending::ok ? Ending::connect_failed : tried.end;
    }
    seen.asked = session.certificate_requested();
    seen.authorities = session.acceptable_cas();
    if (seen.step.ok()) {
        seen.version = session.version();
        seen.cipher_suite = session.cipher_suite();
        seen.chain = session.peer_chain();
    }
    co_await session.shutdown();
    co_return seen;
}

/// What several coroutines of one look share; it lives as long as the last of them.
struct Looks {
    std::vector<AddressSeen> at;
    std::size_t running = 0;
    SharedEvent ended;
};

std::string shown_address(const EndpointSeen& seen, const std::string& address) {
    const bool v6 = address.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}", v6 ? "[" : "", address, v6 ? "]" : "", seen.endpoint.port);
}

/// In place of the name's addresses and of who listens there: both are the proxy's to find out.
Line judge_proxy(const EndpointSeen& seen, const std::string& prefix) {
    const VantagePoint& proxy = *seen.endpoint.proxy;
    const std::string about = prefix + "proxy";
    if (seen.at.front().connected()) {
        return {about, Mark::ok, fmt::format("{} opens tunnels to {}", proxy.describe(), seen.endpoint.authority())};
    }
    return {about, Mark::fail, seen.at.front().step.detail,
            fmt::format(
                "see url, user and password of endpoint.proxy in the profile, and that the proxy lets {} through: many "
                "allow port 443 alone until they are told. Compare with `curl -v -p -x {}://{}:{} {}`; where that "
                "gets no connection either and others do, it is the endpoint that is down or refuses",
                seen.endpoint.authority(), proxy_scheme(proxy.kind), proxy.address, proxy.port, seen.endpoint.url())};
}

Line judge_addresses(const EndpointSeen& seen, const std::string& prefix) {
    const std::string& host = seen.endpoint.host;
    if (seen.addresses.end != Ending::ok || seen.addresses.all.empty()) {
        return {
            prefix + "dns", Mark::fail,
            fmt::format("the name {} leads nowhere: {}", host,
                        seen.addresses.detail.empty() ? "it has no address" : seen.addresses.detail),
            fmt::format("see that {} is spelt right in the profile, and what `getent hosts {}` says; a name that this "
                        "machine's resolver does not know can be given its address as endpoint.connect",
                        host, host)};
    }
    if (seen.addresses.all.size() == 1 && seen.addresses.all.front() == host) {
        return {prefix + "dns", Mark::ok, fmt::format("{} is an address", host)};
    }
    std::vector<std::string> shown(
        seen.addresses.all.begin(),
        seen.addresses.all.begin() + static_cast<std::ptrdiff_t>(std::min(most_addresses, seen.addresses.all.size())));
    return {prefix + "dns", Mark::ok,
            fmt::format("{} leads to {}{}", host, fmt::join(shown, ", "),
                        shown.size() < seen.addresses.all.size()
                            ? fmt::format(" and {} more", seen.addresses.all.size() - shown.size())
                            : "")};
}

std::string tcp_remedy(const EndpointSeen& seen, Ending end) {
    if (end == Ending::refused) {
        return fmt::format(
            "see that {} is the port in the profile's URL that the gateway listens on (published: 4046 on the cloud "
            "channel, 443 on the desktop channel), and that it runs",
            seen.endpoint.port);
    }
    if (end == Ending::unreachable) {
        return "this machine has no route there: see its network, its VPN, and the address in the profile";
    }
    return fmt::format(
        "a firewall drops it, or the host is down: ask for port {} to be opened from this machine to that address, and "
        "compare with `curl -v {}`; where nothing goes out but by a proxy, give endpoint.proxy in the profile",
        seen.endpoint.port, seen.endpoint.url());
}

Line judge_tcp(const EndpointSeen& seen, const AddressSeen& at, const std::string& prefix, bool others_are_there) {
    const std::string where = shown_address(seen, at.address);
    if (at.connected()) {
        return {prefix + "tcp", Mark::ok, where + " takes connections"};
    }
    const std::string why =
        at.step.end == Ending::refused ? "nothing listens there (connection refused)" : at.step.summary();
    std::string remedy = tcp_remedy(seen, at.step.end);
    if (others_are_there) {
        return {prefix + "tcp", Mark::warn, fmt::format("{}: {}", where, why),
                "other addresses of that name are served, so that some clients will fail now and then: have this one "
                "repaired or taken out of the name; --addresses first has a run look at the first alone"};
    }
    return {prefix + "tcp", Mark::fail, fmt::format("{}: {}", where, why), std::move(remedy)};
}

std::string tls_remedy(const EndpointSeen& seen, const AddressSeen& at, bool has_identity) {
    if (at.step.end == Ending::not_tls) {
        return fmt::format(
            "what listens on port {} speaks no TLS: see the port in the profile's URL, and that no proxy "
            "stands in between",
            seen.endpoint.port);
    }
    if (at.asked && !has_identity) {
        return "it asks for a client certificate and got none: give identities.enrolled in the profile";
    }
    if (at.asked) {
        return "it asks for a client certificate and ended the handshake when it saw ours: see the lines of the "
               "certificate and of the control";
    }
    if (at.step.alert) {
        return "the server takes no TLS 1.2 or 1.3 handshake for that name: see that the host in the profile's URL is "
               "the one it is set up for";
    }
    return fmt::format(
        "whoever took the connection ended it: a firewall that knows no such source address, a balancer "
        "without nodes, or another service; compare with `openssl s_client -connect {} -servername {}`",
        seen.endpoint.authority(), seen.endpoint.host);
}

Line judge_tls(const EndpointSeen& seen, const AddressSeen& at, const std::string& prefix, bool has_identity) {
    const std::string where = seen.at.size() > 1 ? shown_address(seen, at.address) + ": " : "";
    if (!at.step.ok()) {
        return {prefix + "tls", Mark::fail, fmt::format("{}no handshake: {}", where, at.step.summary()),
                tls_remedy(seen, at, has_identity)};
    }
    std::string asks = "asks for no client certificate";
    if (at.asked) {
        asks = at.authorities.empty() ? "asks for a client certificate of any authority"
                                      : fmt::format("asks for a client certificate of {} named authorit{}",
                                                    at.authorities.size(), at.authorities.size() == 1 ? "y" : "ies");
    }
    return {prefix + "tls", Mark::ok, fmt::format("{}{}, {}; {}", where, to_string(at.version), at.cipher_suite, asks)};
}

/// The worst of what a run says of it, or else that it is sound.
Line judge_server(const EndpointSeen& seen, const AddressSeen& at, const Profile& profile, const std::string& prefix,
                  SystemTime now) {
    const std::string about = prefix + "server-certificate";
    if (at.chain.empty()) {
        return {about, Mark::fail, "the server sent no certificate", "see what listens there: no gateway does that"};
    }
    const Certificate& leaf = at.chain.front();
    std::vector<Verdict> verdicts;
    if (profile.trust.system || !profile.trust.anchors.empty()) {
        verdicts.push_back(
            suites::judge_chain(verify_chain(at.chain, profile.trust, now), at.chain, profile.trust.anchors));
    }
    verdicts.push_back(suites::judge_hostname(leaf, seen.endpoint.host));
    verdicts.push_back(suites::judge_usage(server_usage(leaf)));
    if (const std::optional<Validity> validity = validity_of(leaf)) {
        verdicts.push_back(suites::judge_validity(*validity, now, profile.tls.expiry_warning_days));
    }
    Line line = line_of(about, suites::worst_of(verdicts));
    if (line.mark == Mark::ok) {
        line.text = fmt::format("{}, issued by {}: {}", leaf.subject(), leaf.issuer(), verdicts.back().sentence());
        return line;
    }
    if (verdicts.front().outcome() == Outcome::fail && profile.trust.anchors.empty()) {
        line.remedy += fmt::format(
            ". Where the authority is a private one, put its root into a PEM file beside the profile and give \"trust\": "
            "{{\"ca\": \"file:ca.pem\"}}");
    } else if (verdicts.front().outcome() == Outcome::fail) {
        line.remedy += fmt::format(". What the server shows: openssl s_client -connect {} -servername {} -showcerts",
                                   seen.endpoint.authority(), seen.endpoint.host);
    }
    return line;
}

}  // namespace

bool AddressSeen::connected() const {
    return !is_no_connection(step.end);
}

const AddressSeen* EndpointSeen::served() const {
    const auto found = std::ranges::find_if(at, [](const AddressSeen& seen) { return seen.step.ok(); });
    return found == at.end() ? nullptr : &*found;
}

awaitable<EndpointSeen> look_at(asio::any_io_executor executor, EndpointOptions options, Politeness& politeness) {
    EndpointSeen seen;
    seen.endpoint = options.endpoint;
    const auto begun = std::chrono::steady_clock::now();
    if (options.endpoint.proxy) {
        seen.addresses.all = {options.endpoint.host};  // which is not resolved here
    } else {
        seen.addresses = co_await tcp_addresses(executor, options.endpoint, options.resolve);
    }
    if (seen.addresses.end != Ending::ok) {
        seen.looks_up_for_ever = since(begun) >= options.resolve;
        co_return seen;
    }
    options.resolved();
    const std::size_t count = std::min(most_addresses, seen.addresses.all.size());
    const auto looks = std::make_shared<Looks>();
    looks->at.resize(count);
    looks->running = count;
    for (std::size_t i = 0; i < count; ++i) {
        looks->at[i].address = seen.addresses.all[i];
        looks->at[i].step.end = Ending::local;
        asio::co_spawn(executor, shake_hands(executor, options, seen.addresses.all[i], politeness),
                       [looks, i](const std::exception_ptr& thrown, AddressSeen one) {
                           if (!thrown) {
                               looks->at[i] = std::move(one);
                           }
                           --looks->running;
                           looks->ended.wake_all();
                       });
    }
    while (looks->running > 0) {
        co_await looks->ended.wait();
    }
    seen.at = std::move(looks->at);
    co_return seen;
}

Lines judge_endpoint(const EndpointSeen& seen, const Profile& profile, const std::string& prefix, SystemTime now) {
    const bool by_proxy = seen.endpoint.proxy != nullptr && !seen.at.empty();
    Lines lines{by_proxy ? judge_proxy(seen, prefix) : judge_addresses(seen, prefix)};
    if (lines.front().mark == Mark::fail) {
        return lines;
    }
    const bool some = std::ranges::any_of(seen.at, [](const AddressSeen& at) { return at.connected(); });
    for (const AddressSeen& at : seen.at) {
        if (!by_proxy) {
            lines.push_back(judge_tcp(seen, at, prefix, some));
        }
    }
    const bool has_identity = serving_identity(profile) != nullptr;
    for (const AddressSeen& at : seen.at) {
        if (at.connected()) {
            lines.push_back(judge_tls(seen, at, prefix, has_identity));
        }
    }
    if (const AddressSeen* const served = seen.served()) {
        lines.push_back(judge_server(seen, *served, profile, prefix, now));
    }
    return lines;
}

}  // namespace gateproof::doctor
