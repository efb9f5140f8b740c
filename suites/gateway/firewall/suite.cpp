#include "suites/gateway/firewall/suite.hpp"

#include <fmt/format.h>

#include <vector>

#include "harness/profile/endpoint_url.hpp"
#include "harness/run/context.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

using Concerns = bool (*)(Access);
bool to_be_served(Access access) {
    return access != Access::blocked;
}
bool to_be_refused(Access access) {
    return access != Access::served;
}

std::vector<VantagePoint> points(const Profile& profile, Concerns concerns) {
    std::vector<VantagePoint> chosen;
    for (const VantagePoint& point : profile.vantage_points) {
        if (concerns(access_of(point, profile))) {
            chosen.push_back(point);
        }
    }
    return chosen;
}

/// What a place of such access must get, where it is to be served, or to be refused.
std::string_view must_be(Access access, Concerns concerns) {
    if (access == Access::by_certificate) {
        return concerns == to_be_served ? "served with the enrolled certificate" : "refused without a certificate";
    }
    return access == Access::served ? "served" : "blocked";
}

/// A case for each place that the check concerns.
CasesFunction places(Concerns concerns) {
    return [concerns](const Profile& profile) {
        std::vector<CheckCase> cases;
        for (const VantagePoint& point : points(profile, concerns)) {
            cases.push_back({point.name, fmt::format("{} ({}) must be {}", point.name, point.describe(),
                                                     must_be(access_of(point, profile), concerns))});
        }
        return cases;
    };
}

/// Sends the control operation from there, with the enrolled certificate or without one, and sees how far it comes.
awaitable<Sighting> look_once(Context& ctx, const VantagePoint& point, bool nameless) {
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
    request.identity = nameless ? nullptr : ctx.serving_identity();
    request.via = point;
    const HttpOutcome outcome = co_await ctx.http(std::move(request));
    const bool literal = !endpoint.connect_address.empty() || is_ip_literal(endpoint.host);
    co_return sighting_of(outcome, point, control, {.literal = literal, .nameless = nameless});
}

/// Looks until it is decided: a connection that is let in and then reset or closed may have been so by chance.
awaitable<TriedSighting> look_from(Context& ctx, const VantagePoint& point, bool nameless) {
    TriedSighting tried;
    while (co_await asks_on(ctx, tried.tries)) {
        Sighting sighting = co_await look_once(ctx, point, nameless);
        tried.add(std::move(sighting));
    }
    note_tries(ctx, tried.tries);
    ctx.evidence()
        .add("vantage_point")
        .with("name", point.name)
        .with("route", point.describe())
        .with("expected", to_string(access_of(point, ctx.profile())))
        .with("certificate", !nameless && ctx.serving_identity() != nullptr)
        .with("barrier", to_string(tried.sighting.barrier))
        .with("seen", tried.tries.summary());
    co_return tried;
}

/// `remedy`: what to do where one is not served.
awaitable<Verdict> served_from_allowed(Context& ctx, std::string_view remedy) {
    const VantagePoint point = points(ctx.profile(), to_be_served).at(ctx.case_index());
    const TriedSighting tried = co_await look_from(ctx, point, false);
    co_return judge_let_through(tried, point, remedy);
}
GatewayCheck allowed_served(std::string_view remedy) {
    return [remedy](Context& ctx) { return served_from_allowed(ctx, remedy); };
}

awaitable<Verdict> other_source_blocked(Context& ctx) {
    const VantagePoint point = points(ctx.profile(), to_be_refused).at(ctx.case_index());
    const bool nameless = access_of(point, ctx.profile()) == Access::by_certificate;
    if (nameless) {
        // A refusal counts only beside a success, and the control is served elsewhere.
        const TriedSighting ourselves = co_await look_from(ctx, point, false);
        if (!ourselves.tries.served()) {
            co_return Verdict::skipped(
                "from {} we are not served with our certificate either ({}), which firewall.allowed-source-served judges",
                point.describe(), ourselves.tries.summary());
        }
    }
    const TriedSighting tried = co_await look_from(ctx, point, nameless);
    co_return nameless ? judge_nameless(tried, point) : judge_blocked(tried, point);
}

Need allowed_vantage_point() {
    return need("vantage point that is to be served",
                "needs a place that is expected to be served; give vantage_points in the profile",
                [](const Profile& profile) { return !points(profile, to_be_served).empty(); });
}

Need blocked_vantage_point() {
    return need("vantage point that is not allow-listed",
                "needs a place that is not allow-listed; give vantage_points in the profile",
                [](const Profile& profile) { return !points(profile, to_be_refused).empty(); });
}

}  // namespace

Suite firewall_suite() {
    return {
        "firewall", "Allow-listing and firewalls",
        checks({.requirements = {decides("FW-NONPROD")},
                .environments = {Environment::embedded, Environment::sandbox, Environment::mock, Environment::test}},
               {{.id = "firewall.allowed-source-served",
                 .title = "Source addresses that are to be let in must be served",
                 .run = allowed_served("have this source address added to the allow-list of the environment; where "
                                       "it need not be on one, look for a firewall on either side, or correct "
                                       "`firewall` or `reading` of the profile"),
                 .control = Control::before,
                 .needs = {allowed_vantage_point()},
                 .cases = places(to_be_served)},
                {.id = "firewall.other-source-blocked",
                 .title = "Other source addresses must be blocked, or refused without a certificate",
                 .run = other_source_blocked,
                 .needs = {blocked_vantage_point()},
                 .cases = places(to_be_refused)},
                {.id = "firewall.production-any-source",
                 .title = "Production must serve every source address",
                 .requirements = {decides("FW-PROD")},
                 .run = allowed_served("production restricts no source address: look for a firewall or proxy in "
                                       "between, on either side"),
                 .control = Control::before,
                 .environments = {Environment::production},
                 .needs = {allowed_vantage_point()},
                 .cases = places(to_be_served)}})};
}

}  // namespace gateproof::suites
