#include "suites/client/reach/suite.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "suites/client/judge.hpp"
#include "suites/client/reach/judge.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;
using Act = stage::HandshakeAct;

awaitable<Verdict> served_at_all(ClientContext& ctx) {
    const Attempt attempt = co_await ctx.attempt(ctx.twin());
    Verdict verdict = co_await ctx.beside_service(judge_client_served(
        attempt, "the conforming gateway",
        "see what the software wrote (client_run in the evidence), and that it calls {url} and trusts {ca}"));
    co_return verdict;
}

awaitable<Verdict> server_name(ClientContext& ctx) {
    const Attempt attempt = co_await ctx.attempt(ctx.twin());
    co_return judge_server_name(attempt, ctx.client().host);
}

awaitable<Verdict> host_field(ClientContext& ctx) {
    const Attempt attempt = co_await ctx.attempt(ctx.twin());
    co_return judge_host_field(attempt, ctx.client().host);
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

/// What it asks the proxy for is what it would call by itself.
awaitable<Verdict> declared_port(ClientContext& ctx) {
    const Attempt attempt = co_await ctx.attempt(ctx.twin());
    co_return judge_declared_port(attempt, ctx.profile().endpoint.authority());
}

/// What a closed port is to software that calls by itself is to one behind a proxy a tunnel that is refused.
awaitable<Verdict> no_other_port(ClientContext& ctx) {
    stage::Scene scene = ctx.twin();
    scene.handshake.kind = Act::Kind::refuses_tunnel;
    const Attempt attempt = co_await ctx.attempt(std::move(scene));
    co_return judge_no_other_port(attempt, ctx.profile().endpoint.authority());
}

/// RFC 1123 2.3, RFC 8305.
awaitable<Verdict> next_address(ClientContext& ctx) {
    std::vector<std::string> addresses = co_await ctx.addresses();
    if (addresses.size() < 2) {
        co_return Verdict::not_tried(
            "needs software that calls a host of two addresses of this machine, and {} has {}; add a line \"::1 {}\" to "
            "/etc/hosts",
            ctx.client().host, addresses.empty() ? "none" : addresses.front(), ctx.client().host);
    }
    const std::string closed = addresses.front();
    const Attempt attempt = co_await ctx.attempt_at(std::move(addresses));
    co_return judge_next_address(attempt, closed);
}

Need by_url() {
    return {"url", [](const Profile& profile) {
                return profile.client && profile.client->reach == ClientReach::proxy
                           ? std::string(
                                 "needs software that is told a URL: by a proxy it looks up no address of its gateway")
                           : std::string();
            }};
}

Need by_proxy() {
    return {"proxy", [](const Profile& profile) {
                return profile.client && profile.client->reach == ClientReach::url
                           ? std::string(
                                 "needs software that comes by a proxy: with a URL the port is Gateproof's choice, and "
                                 "nothing shows which one it calls by itself; give \"reach\": {\"by\": \"proxy\"} in "
                                 "client")
                           : std::string();
            }};
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
                             {.id = "client-reach.declared-port",
                              .title = "It calls the declared host and port, and no other",
                              .requirements = {decides("CLIENT-REACH")},
                              .run = plain_check(&declared_port),
                              .needs = {by_proxy()}},
                             {.id = "client-reach.no-other-port",
                              .title = "Where its port does not answer, it calls no other",
                              .requirements = {decides("CLIENT-REACH")},
                              .run = plain_check(&no_other_port),
                              .intrusiveness = Intrusiveness::active,
                              .control = Control::bracket,
                              .needs = {by_proxy()}},
                             {.id = "client-reach.server-name",
                              .title = "Its ClientHello names the host that it calls",
                              .requirements = {decides("CLIENT-NAMES")},
                              .run = plain_check(&server_name)},
                             {.id = "client-reach.host-field",
                              .title = "Its Host is host and port of its URL",
                              .requirements = {decides("CLIENT-NAMES")},
                              .run = plain_check(&host_field)},
                             {.id = "client-reach.next-address",
                              .title = "Where the first address of its gateway is closed, it tries the next",
                              .requirements = {adds("CLIENT-NAMES")},
                              .run = plain_check(&next_address),
                              .intrusiveness = Intrusiveness::active,
                              .control = Control::bracket,
                              .needs = {by_url()}},
                             {.id = "client-reach.never-in-clear",
                              .title = "Nothing goes out without TLS when its handshake is reset",
                              .requirements = {decides("CLIENT-REACH")},
                              .run = plain_check(&never_in_clear),
                              .intrusiveness = Intrusiveness::active,
                              .control = Control::bracket}})};
}

}  // namespace gateproof::suites
