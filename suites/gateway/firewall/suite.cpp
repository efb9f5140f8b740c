#include "suites/gateway/firewall/suite.hpp"

#include <fmt/format.h>

#include <vector>

#include "harness/profile/endpoint_url.hpp"
#include "harness/run/context.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

std::vector<VantagePoint> points(const Profile& profile, bool allowed) {
    std::vector<VantagePoint> chosen;
    for (const VantagePoint& point : profile.vantage_points) {
        if (point.allowed == allowed) {
            chosen.push_back(point);
        }
    }
    return chosen;
}

/// A case for each place that is expected to be allowed, or blocked.
CasesFunction places(bool allowed) {
    return [allowed](const Profile& profile) {
        std::vector<CheckCase> cases;
        for (const VantagePoint& point : points(profile, allowed)) {
            cases.push_back({point.name, fmt::format("{} ({}) must be {}", point.name, point.describe(),
                                                     allowed ? "served" : "blocked")});
        }
        return cases;
    };
}

/// Sends the control operation from there, and sees how far it comes.
awaitable<Sighting> look_once(Context& ctx, const VantagePoint& point) {
    if (point.is_proxy()) {
        Endpoint proxy;
        proxy.host = point.address;
        proxy.port = point.port;
        const TcpExchange exchange = co_await ctx.tcp(std::move(proxy), {}, 0);
        if (!exchange.connected) {
            co_return Sighting{Barrier::own_side, fmt::format("the proxy cannot be reached: {}", exchange.detail)};
        }
    }
    const Operation& control = ctx.profile().control_operation();
    const Endpoint& endpoint = ctx.profile().endpoint;
    HttpRequest request = ctx.request_of(control);
    request.identity = ctx.serving_identity();
    request.via = point;
    const HttpOutcome outcome = co_await ctx.http(std::move(request));
    const bool literal = !endpoint.connect_address.empty() || is_ip_literal(endpoint.host);
    co_return sighting_of(outcome, point, control, literal);
}

/// Looks until it is decided: a connection that is let in and then reset or closed may have been so by chance.
awaitable<TriedSighting> look_from(Context& ctx, const VantagePoint& point) {
    TriedSighting tried;
    while (co_await asks_on(ctx, tried.tries)) {
        Sighting sighting = co_await look_once(ctx, point);
        tried.add(std::move(sighting));
    }
    note_tries(ctx, tried.tries);
    ctx.evidence()
        .add("vantage_point")
        .with("name", point.name)
        .with("route", point.describe())
        .with("expected", point.allowed ? "allowed" : "blocked")
        .with("barrier", to_string(tried.sighting.barrier))
        .with("seen", tried.tries.summary());
    co_return tried;
}

/// `remedy`: what to do where one is not served.
awaitable<Verdict> served_from_allowed(Context& ctx, std::string_view remedy) {
    const VantagePoint point = points(ctx.profile(), true).at(ctx.case_index());
    const TriedSighting tried = co_await look_from(ctx, point);
    co_return judge_let_through(tried, point, remedy);
}
GatewayCheck allowed_served(std::string_view remedy) {
    return [remedy](Context& ctx) { return served_from_allowed(ctx, remedy); };
}

awaitable<Verdict> other_source_blocked(Context& ctx) {
    const VantagePoint point = points(ctx.profile(), false).at(ctx.case_index());
    const TriedSighting tried = co_await look_from(ctx, point);
    co_return judge_blocked(tried, point);
}

Need allowed_vantage_point() {
    return need("allowed vantage point",
                "needs a place that is expected to be allowed; give vantage_points in the profile",
                [](const Profile& profile) { return !points(profile, true).empty(); });
}

Need blocked_vantage_point() {
    return need("blocked vantage point",
                "needs a place that is expected to be blocked; give vantage_points in the profile",
                [](const Profile& profile) { return !points(profile, false).empty(); });
}

}  // namespace

Suite firewall_suite() {
    return {
        "firewall", "Allow-listing and firewalls",
        checks({.requirements = {decides("FW-NONPROD")},
                .environments = {Environment::embedded, Environment::sandbox, Environment::mock, Environment::test}},
               {{.id = "firewall.allowed-source-served",
                 .title = "Allow-listed source addresses must be served",
                 .run = allowed_served("have this source address added to the allow-list of the environment, or "
                                       "correct `expected` of this vantage point"),
                 .control = Control::before,
                 .needs = {allowed_vantage_point()},
                 .cases = places(true)},
                {.id = "firewall.other-source-blocked",
                 .title = "Other source addresses must be blocked",
                 .run = other_source_blocked,
                 .needs = {blocked_vantage_point()},
                 .cases = places(false)},
                {.id = "firewall.production-any-source",
                 .title = "Production must serve every source address",
                 .requirements = {decides("FW-PROD")},
                 .run = allowed_served("production restricts no source address: look for a firewall or proxy in "
                                       "between, on either side"),
                 .control = Control::before,
                 .environments = {Environment::production},
                 .needs = {allowed_vantage_point()},
                 .cases = places(true)}})};
}

}  // namespace gateproof::suites
