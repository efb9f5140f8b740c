#include "suites/client/reach/judge.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "harness/text/ascii.hpp"
#include "suites/client/judge.hpp"

namespace gateproof::suites {

Verdict judge_server_name(const Attempt& attempt, std::string_view host) {
    for (const stage::Visit& visit : attempt.visits) {
        if (!visit.hello) {
            continue;
        }
        const std::string name = visit.hello->server_name();
        if (name == host) {
            return Verdict::pass("its ClientHello names {}", name);
        }
        constexpr std::string_view remedy =
            "send the host that was asked for as server_name (Python: server_hostname; OpenSSL: SSL_set_tlsext_host_name)";
        if (name.empty() && host.find('.') == std::string_view::npos) {
            return Verdict::not_tried(
                "needs a host name with a dot, since Java and others send none for {}; give client.reach.host, and let "
                "that name lead to this machine",
                host);
        }
        return name.empty() ? Verdict::fail("its ClientHello names no server").remedy(std::string(remedy))
                            : Verdict::fail("its ClientHello names another server than the one it was told to call")
                                  .remedy(std::string(remedy));
    }
    return Verdict::inconclusive("the client never came with a ClientHello: {}", attempt.summary());
}

Verdict judge_host_field(const Attempt& attempt, std::string_view host) {
    const stage::RequestSeen* const request = attempt.first_request();
    if (request == nullptr) {
        return Verdict::inconclusive("no request came: {}", attempt.summary());
    }
    const std::string* const field = stage::find_field(request->fields, "host");
    constexpr std::string_view remedy =
        "send host and port as they stand in the URL, since the port is none that https implies";
    if (field == nullptr) {
        return Verdict::fail("its request has no Host").remedy(std::string(remedy));
    }
    // By a proxy it calls what it is made for, which may be the port that https implies (RFC 9110 4.2.2).
    const auto by_usual_port = [](const stage::Visit& visit) {
        return !visit.requests.empty() && visit.tunnel.ends_with(":443");
    };
    if (*field == host && std::ranges::any_of(attempt.visits, by_usual_port)) {
        return Verdict::pass("its Host is the host, at the port that https implies");
    }
    if (*field == host) {
        return Verdict::fail("its Host is {} without the port", *field).remedy(std::string(remedy));
    }
    const bool right = field->starts_with(host) && field->size() > host.size() + 1 && (*field)[host.size()] == ':' &&
                       std::all_of(field->begin() + static_cast<std::ptrdiff_t>(host.size()) + 1, field->end(),
                                   [](char c) { return c >= '0' && c <= '9'; });
    return right ? Verdict::pass("its Host is host and port")
                 : Verdict::fail("its Host is another than that of its URL").remedy(std::string(remedy));
}

namespace {

/// What the proxy was asked for at the host of `declared`, and is not that: "services.example:443". Empty: nothing.
std::string another_port(const Attempt& attempt, std::string_view declared) {
    for (const stage::Visit& visit : attempt.visits) {
        if (!visit.tunnel.empty() && !same_ignoring_case(visit.tunnel, declared)) {
            return visit.tunnel;
        }
    }
    return {};
}

bool asked_for(const Attempt& attempt, std::string_view declared) {
    return std::ranges::any_of(
        attempt.visits, [declared](const stage::Visit& visit) { return same_ignoring_case(visit.tunnel, declared); });
}

/// Nothing came by the proxy, so that nothing shows which port it would call.
Verdict asked_for_nothing(const Attempt& attempt, std::string_view declared) {
    if (!attempt.strays.empty()) {
        return Verdict::fail("it does not call {}: {}", declared, attempt.strays.front().summary())
            .remedy("let it call the declared host; where that is another one, give it as client.reach.host");
    }
    return Verdict::inconclusive("it asked the proxy for nothing: {}", attempt.summary())
        .remedy("tell the software its proxy: {proxy}, or HTTPS_PROXY, which is in its environment");
}

constexpr std::string_view published_port =
    "call the port that Inland Revenue publishes for the channel, and no other: 4046 cloud, 443 desktop";

}  // namespace

Verdict judge_declared_port(const Attempt& attempt, std::string_view declared) {
    if (const std::string other = another_port(attempt, declared); !other.empty()) {
        return Verdict::fail("it calls {} {} {}", other, asked_for(attempt, declared) ? "beside" : "instead of",
                             declared)
            .remedy(std::string(published_port));
    }
    if (std::optional<Verdict> doubt = told_otherwise(attempt)) {
        return std::move(*doubt);
    }
    if (!asked_for(attempt, declared)) {
        return asked_for_nothing(attempt, declared);
    }
    return Verdict::pass("it asked the proxy for {}, and for no other port there", declared);
}

Verdict judge_no_other_port(const Attempt& attempt, std::string_view declared) {
    if (const std::string other = another_port(attempt, declared); !other.empty()) {
        return asked_for(attempt, declared)
                   ? Verdict::fail("refused at {}, it called {}", declared, other).remedy(std::string(published_port))
                   : Verdict::inconclusive("it never called {}, but {}", declared, other)
                         .remedy(std::string(published_port));
    }
    if (const stage::Visit* const clear = attempt.in_clear()) {
        return Verdict::fail("refused at {}, it came without TLS: {}", declared, clear->summary())
            .remedy("never fall back to http: who can keep a port closed could then read everything");
    }
    if (std::optional<Verdict> doubt = told_otherwise(attempt)) {
        return std::move(*doubt);
    }
    if (!asked_for(attempt, declared)) {
        return Verdict::inconclusive("it asked the proxy for nothing: {}", attempt.summary())
            .remedy("tell the software its proxy: {proxy}, or HTTPS_PROXY, which is in its environment");
    }
    if (std::optional<Verdict> doubt = reports_success(attempt, "its port was refused")) {
        return std::move(*doubt);
    }
    return Verdict::pass("refused at {}, it called no other port", declared);
}

Verdict judge_next_address(const Attempt& attempt, std::string_view closed) {
    if (std::optional<Verdict> doubt = told_otherwise(attempt)) {
        return std::move(*doubt);
    }
    if (attempt.answered_well()) {
        return Verdict::pass("{} closed, it was served at another address", closed);
    }
    if (!attempt.visits.empty()) {
        return Verdict::inconclusive("{} closed, it came to another address and was not served: {}", closed,
                                     attempt.summary());
    }
    if (std::optional<Verdict> doubt = reports_success(attempt, "it came to no address")) {
        return std::move(*doubt);
    }
    return Verdict::warning("{} closed, it tried no other address: {}", closed, attempt.summary())
        .remedy("try the addresses of a name in turn until one answers (RFC 1123 2.3, RFC 8305)");
}

}  // namespace gateproof::suites
