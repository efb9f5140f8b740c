#include "suites/gateway/firewall/suite.hpp"

#include <fmt/format.h>

#include <vector>

#include "harness/profile/endpoint_url.hpp"
#include "harness/run/context.hpp"

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

std::vector<CheckCase> cases(const Profile& profile, bool allowed) {
    std::vector<CheckCase> out;
    for (const VantagePoint& point : points(profile, allowed)) {
        out.push_back(
            {point.name, fmt::format("{} ({}) is {}", point.name, point.describe(), allowed ? "served" : "blocked")});
    }
    return out;
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
    while (!tried.tries.decided()) {
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

awaitable<Verdict> allowed_source_served(Context& ctx) {
    const VantagePoint point = points(ctx.profile(), true).at(ctx.case_index());
    const TriedSighting tried = co_await look_from(ctx, point);
    co_return judge_let_through(tried, point,
                                "have this source address added to the allow-list of the environment, or correct "
                                "`expected` of this vantage point");
}

awaitable<Verdict> other_source_blocked(Context& ctx) {
    const VantagePoint point = points(ctx.profile(), false).at(ctx.case_index());
    const TriedSighting tried = co_await look_from(ctx, point);
    co_return judge_blocked(tried, point);
}

awaitable<Verdict> production_any_source(Context& ctx) {
    const VantagePoint point = points(ctx.profile(), true).at(ctx.case_index());
    const TriedSighting tried = co_await look_from(ctx, point);
    co_return judge_let_through(tried, point,
                                "production restricts no source address: look for a firewall or proxy in between, on "
                                "either side");
}

std::vector<CheckCase> allowed_cases(const Profile& profile) {
    return cases(profile, true);
}
std::vector<CheckCase> blocked_cases(const Profile& profile) {
    return cases(profile, false);
}

std::string needs_allowed(const Profile& profile) {
    return points(profile, true).empty() ? "needs a place that is expected to be allowed; give vantage_points in the "
                                           "profile"
                                         : "";
}
std::string needs_blocked(const Profile& profile) {
    return points(profile, false).empty() ? "needs a place that is expected to be blocked; give vantage_points in the "
                                            "profile"
                                          : "";
}

}  // namespace

Suite firewall_suite() {
    const std::vector<Environment> not_production{Environment::embedded, Environment::sandbox, Environment::mock,
                                                  Environment::test};
    Check allowed;
    allowed.id = "firewall.allowed-source-served";
    allowed.title = "Allow-listed source addresses are served";
    allowed.requirements = {"FW-NONPROD"};
    allowed.run = &allowed_source_served;
    allowed.environments = not_production;
    allowed.unmet = &needs_allowed;
    allowed.cases = &allowed_cases;
    allowed.control = Control::before;
    Check blocked;
    blocked.id = "firewall.other-source-blocked";
    blocked.title = "Other source addresses are blocked";
    blocked.requirements = {"FW-NONPROD"};
    blocked.run = &other_source_blocked;
    blocked.environments = not_production;
    blocked.unmet = &needs_blocked;
    blocked.cases = &blocked_cases;
    Check production;
    production.id = "firewall.production-any-source";
    production.title = "Production serves every source address";
    production.requirements = {"FW-PROD"};
    production.run = &production_any_source;
    production.environments = {Environment::production};
    production.unmet = &needs_allowed;
    production.cases = &allowed_cases;
    production.control = Control::before;
    return {"firewall", "Allow-listing and firewalls", {allowed, blocked, production}};
}

}  // namespace gateproof::suites
