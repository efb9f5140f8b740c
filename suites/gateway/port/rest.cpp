#include "suites/gateway/port/rest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/probe/http/answer_value.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// The REST services that the cloud has, as they stand in its paths.
constexpr std::array<std::string_view, 14> rest_services{
    "customer",        "account",         "address", "bank", "bic",          "bill",
    "contact",         "document",        "income",  "name", "notification", "period",
    "calculators/pir", "customer-service"};
constexpr std::array<std::string_view, 2> prefixes{"/gateway2/", "/gateway/"};

HttpRequest asked_for(Context& ctx, std::string path) {
    HttpRequest request;
    request.endpoint = ctx.profile().endpoint;
    request.path = std::move(path);
    request.headers = {{"Accept", "application/json, text/plain"}};
    request.identity = ctx.serving_identity();
    request.keep_connection = true;
    return request;
}

/// The profile says itself that this is to be there, as one of an endpoint of one's own may.
bool declares(const Profile& profile, std::string_view path) {
    return std::ranges::any_of(profile.operations, [path](const auto& one) { return one.second.path == path; });
}

awaitable<RestProbe> probe(Context& ctx, HttpRequest request) {
    RestProbe made;
    made.request = fmt::format("{} {}", request.method, request.path);
    const auto once = [&ctx, &request] { return ctx.http(request); };
    made.outcome = co_await until_answered(once, [](const HttpOutcome& outcome) { return outcome.was_cut(); });
    co_return made;
}

}  // namespace

bool is_rest_service(const HttpOutcome& outcome) {
    if (!outcome.whole()) {
        return false;
    }
    const HttpResponse& response = *outcome.response;
    constexpr std::array<std::string_view, 3> without_a_token{"EV1020", "EV1021", "EV1025"};
    const bool names_one = std::ranges::any_of(without_a_token, [&response](std::string_view code) {
        return response.body.find(fmt::format("\"{}\"", code)) != std::string::npos;
    });
    constexpr std::string_view around = " \t\r\n\"";
    const std::string& body = response.body;
    const std::size_t begin = std::min(body.find_first_not_of(around), body.size());
    const std::size_t end = body.find_last_not_of(around) + 1;  // 0: nothing but those
    const bool says_ok = end > begin && std::string_view(body).substr(begin, end - begin) == "OK";
    return names_one || (response.status == 200 && says_ok);
}

Verdict judge_rest_on_desktop(const std::vector<RestProbe>& probes, const RestProbe& made_up) {
    std::vector<std::string> found;
    for (const RestProbe& one : probes) {
        if (!one.outcome.whole()) {
            return Verdict::inconclusive("{}: {}", one.request, one.outcome.summary());
        }
        if (is_rest_service(one.outcome)) {
            found.push_back(one.request);
        }
    }
    if (found.empty()) {
        return Verdict::pass("{} requests of REST services get no service on the desktop channel", probes.size());
    }
    if (is_rest_service(made_up.outcome)) {
        return Verdict::not_tried("every path is answered alike, that of a service that nobody has too ({}: {})",
                                  made_up.request, made_up.outcome.summary());
    }
    constexpr std::size_t shown = 3;
    const std::string more = found.size() > shown ? fmt::format(" and {} more", found.size() - shown) : std::string();
    return Verdict::fail("a REST service answers on the desktop channel: {}{}",
                         fmt::join(found.begin(),
                                   found.begin() + static_cast<std::ptrdiff_t>(std::min(shown, found.size())), ", "),
                         more)
        .remedy("offer REST on the cloud channel alone, behind mutual TLS; the desktop channel has SOAP alone")
        .found(found);
}

awaitable<Verdict> no_rest_on_desktop(Context& ctx) {
    std::vector<RestProbe> probes;
    for (const std::string_view prefix : prefixes) {
        for (const std::string_view service : rest_services) {
            std::string path = fmt::format("{}{}/status", prefix, service);
            if (declares(ctx.profile(), path)) {
                continue;
            }
            HttpRequest status = asked_for(ctx, std::move(path));
            RestProbe made = co_await probe(ctx, std::move(status));
            probes.push_back(std::move(made));
        }
    }
    HttpRequest nowhere = asked_for(ctx, "/gateway2/gateproof-nowhere/status");
    const RestProbe made_up = co_await probe(ctx, std::move(nowhere));
    co_return judge_rest_on_desktop(probes, made_up);
}

}  // namespace gateproof::suites
