#include "suites/client/reach/suite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "suites/client/judge.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;
using Act = stage::HandshakeAct;

awaitable<Verdict> served_at_all(ClientContext& ctx) {
    const Attempt attempt = co_await ctx.attempt(ctx.twin());
    co_return judge_client_served(
        attempt, "the conforming gateway",
        "see what the software wrote (client_run in the evidence), and that it calls {url} and trusts {ca}");
}

/// RFC 6066 3, RFC 9325 3.7: the name of the server, and none for an address.
awaitable<Verdict> server_name(ClientContext& ctx) {
    const Attempt attempt = co_await ctx.attempt(ctx.twin());
    for (const stage::Visit& visit : attempt.visits) {
        if (!visit.hello) {
            continue;
        }
        const std::string name = visit.hello->server_name();
        if (name == ctx.client().host) {
            co_return Verdict::pass("its ClientHello names {}", name);
        }
        constexpr std::string_view remedy =
            "send the host that was asked for as server_name (Python: server_hostname; OpenSSL: SSL_set_tlsext_host_name)";
        if (name.empty() && ctx.client().host.find('.') == std::string::npos) {
            co_return Verdict::not_tried(
                "needs a host name with a dot, since Java and others send none for {}; give client.reach.host, and let "
                "that name lead to this machine",
                ctx.client().host);
        }
        co_return name.empty() ? Verdict::fail("its ClientHello names no server").remedy(std::string(remedy))
                               : Verdict::fail("its ClientHello names another server than the one it was told to call")
                                     .remedy(std::string(remedy));
    }
    co_return Verdict::inconclusive("the client never came with a ClientHello: {}", attempt.summary());
}

/// RFC 9110 7.2: host and port, as they stand in the URL.
awaitable<Verdict> host_field(ClientContext& ctx) {
    const Attempt attempt = co_await ctx.attempt(ctx.twin());
    const stage::RequestSeen* const request = attempt.first_request();
    if (request == nullptr) {
        co_return Verdict::inconclusive("no request came: {}", attempt.summary());
    }
    const std::string* const host = stage::find_field(request->fields, "host");
    constexpr std::string_view remedy =
        "send host and port as they stand in the URL, since the port is none that https implies";
    if (host == nullptr) {
        co_return Verdict::fail("its request has no Host").remedy(std::string(remedy));
    }
    if (*host == ctx.client().host) {
        co_return Verdict::fail("its Host is {} without the port", *host).remedy(std::string(remedy));
    }
    const bool right = host->starts_with(ctx.client().host + ":") &&
                       std::all_of(host->begin() + static_cast<std::ptrdiff_t>(ctx.client().host.size()) + 1,
                                   host->end(), [](char c) { return c >= '0' && c <= '9'; });
    co_return right ? Verdict::pass("its Host is host and port")
                    : Verdict::fail("its Host is another than that of its URL").remedy(std::string(remedy));
}

/// RFC 9110 4.2.2: whatever happens to TLS, nothing goes out without it.
awaitable<Verdict> never_in_clear(ClientContext& ctx) {
    stage::Scene scene = ctx.twin();
    scene.handshake.kind = Act::Kind::resets;
    const Attempt attempt = co_await ctx.attempt(std::move(scene));
    if (const stage::Visit* const clear = attempt.in_clear()) {
        co_return Verdict::fail("its handshake reset, it came without TLS: {}", clear->summary())
            .remedy("never fall back to http: who can break a connection could then read everything");
    }
    if (attempt.reached() < stage::Reached::hello) {
        co_return Verdict::inconclusive("the client never came with a ClientHello: {}", attempt.summary());
    }
    if (std::optional<Verdict> doubt = told_otherwise(attempt)) {
        co_return std::move(*doubt);
    }
    if (std::optional<Verdict> doubt = reports_success(attempt, "its handshake was reset")) {
        co_return std::move(*doubt);
    }
    co_return Verdict::pass("its handshake reset, nothing came to that port without TLS");
}

ClientCheck plain_check(awaitable<Verdict> (*run)(ClientContext&)) {
    return {run};
}

}  // namespace

Suite client_reach_suite() {
    const CheckFamily looking{.control = Control::none, .needs = {able_to(ClientAct::read)}};
    return {"client-reach", "How client software finds its gateway",
            checks(looking, {{.id = "client-reach.served",
                              .title = "It is served by the conforming gateway, and says so",
                              .requirements = {decides("CLIENT-REACH")},
                              .run = plain_check(&served_at_all)},
                             {.id = "client-reach.server-name",
                              .title = "Its ClientHello names the host that it calls",
                              .requirements = {decides("CLIENT-NAMES")},
                              .run = plain_check(&server_name)},
                             {.id = "client-reach.host-field",
                              .title = "Its Host is host and port of its URL",
                              .requirements = {decides("CLIENT-NAMES")},
                              .run = plain_check(&host_field)},
                             {.id = "client-reach.never-in-clear",
                              .title = "Nothing goes out without TLS when its handshake is reset",
                              .requirements = {decides("CLIENT-REACH")},
                              .run = plain_check(&never_in_clear),
                              .intrusiveness = Intrusiveness::active,
                              .control = Control::bracket}})};
}

}  // namespace gateproof::suites
