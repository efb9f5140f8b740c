#include "suites/gateway/mtls/suite.hpp"

#include <algorithm>
#include <iterator>

#include "harness/run/context.hpp"
#include "suites/shared/asked.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// Tells a refusal of us from an endpoint that closes on everybody.
awaitable<bool> tls_alive(Context& ctx) {
    const ClientHello hello = ctx.offering(TlsVersion::tls_1_3, TlsVersion::tls_1_2);
    const auto once = [&] { return ctx.client_hello(hello); };
    const auto cut = [](const ServerAnswer& seen) { return seen.was_cut() || seen.broken_off; };
    const ServerAnswer answer = co_await until_answered(once, cut);
    co_return answer.server_hello.has_value() || answer.alert.has_value();
}

/// Whether a request that was cut is cut within the handshake. Under TLS 1.3 ours is complete before the server has
/// looked at our certificate (RFC 8446 4.4.4), so TLS 1.2 has to tell: where its handshake is complete, the certificate
/// was taken, and the cut is of what stands behind. Where TLS 1.2 is not served, the cut is taken for TLS's own.
awaitable<bool> cut_in_handshake(Context& ctx, HttpRequest request, const HttpOutcome& seen) {
    bool within = !seen.handshake_done;
    if (!within) {
        request.max_version = TlsVersion::tls_1_2;
        const auto once = [&] { return ctx.http(request); };
        const HttpOutcome under_1_2 = co_await until_answered(once, ended_by_cut);
        within = !ended_by_cut(under_1_2) || !under_1_2.handshake_done;
    }
    if (!within) {
        co_return false;
    }
    const bool alive = co_await tls_alive(ctx);
    co_return alive;
}

/// What the server takes of the application protocols that it is offered (RFC 7301); empty: none, or no handshake.
awaitable<std::string> protocol_chosen(Context& ctx, std::shared_ptr<const Identity> identity, std::string offered) {
    TlsOptions options = ctx.tls_options();
    options.identity = std::move(identity);
    options.application_protocols = {std::move(offered)};
    const Context::TlsConnection connection = co_await ctx.tls(std::move(options));
    co_return connection.step.ok() ? connection.session->application_protocol() : std::string();
}

/// A service that speaks HTTP/2 alone refuses our HTTP/1.1, whoever we are: by an alert, a close, or a status.
awaitable<bool> speaks_http_2_alone(Context& ctx, std::shared_ptr<const Identity> identity) {
    const std::string two = co_await protocol_chosen(ctx, identity, "h2");
    if (two != "h2") {
        co_return false;
    }
    const std::string one = co_await protocol_chosen(ctx, std::move(identity), "http/1.1");
    co_return one.empty();
}

awaitable<Verdict> served(Context& ctx, std::shared_ptr<const Identity> identity, std::string_view who) {
    const Operation& operation = ctx.profile().control_operation();
    const TriedRequest tried = co_await try_for_service(ctx, identity);
    if (!tried.tries.served() && !is_silence(tried.outcome.end)) {
        const bool another_protocol = co_await speaks_http_2_alone(ctx, identity);
        if (another_protocol) {
            co_return judge_http_2_alone(tried, operation, who);
        }
    }
    // The control is the same request, so it tells nothing more where all were cut.
    bool cut_by_tls = false;
    if (tried.tries.rests_on_resets()) {
        HttpRequest request = ctx.request_of(operation);
        request.identity = std::move(identity);
        cut_by_tls = co_await cut_in_handshake(ctx, std::move(request), tried.outcome);
    }
    co_return judge_served(tried, operation, who, cut_by_tls);
}

/// CLOUD-MTLS-REQUIRED: without a certificate there is no service, whichever version carries the request.
awaitable<Verdict> no_certificate_refused(Context& ctx) {
    const Operation& operation = ctx.profile().control_operation();
    const std::vector<VersionOutcome> outcomes = co_await try_under_versions(ctx, operation, nullptr);
    co_return judge_versions_refused(outcomes, operation, "without a client certificate",
                                     "require and verify a client certificate on this listener");
}

/// CLOUD-MTLS-REQUIRED: RFC 8446 4.3.2, RFC 5246 7.4.4: the server asks for a certificate in the handshake.
awaitable<Verdict> request_sent(Context& ctx) {
    std::vector<std::string> acceptable;
    const std::vector<AskedOutcome> outcomes = co_await ask_for_certificate(ctx, acceptable);
    for (const std::string& name : acceptable) {
        ctx.evidence().add("acceptable_ca").with("subject", name);
    }
    co_return judge_asked(outcomes, acceptable.size());
}

/// DESK-ONE-WAY: it does not even ask.
awaitable<Verdict> desktop_does_not_request(Context& ctx) {
    std::vector<std::string> acceptable;
    const std::vector<AskedOutcome> outcomes = co_await ask_for_certificate(ctx, acceptable);
    co_return judge_not_asked(outcomes);
}

/// Cloud, where client certificates count, with an enrolled one; each check of it tells how it leans on a service.
CheckFamily cloud_family(Bearing bearing) {
    return {.requirements = {bearing},
            .channels = {Channel::cloud},
            .environments = mtls_environments(),
            .needs = {enrolled_identity()},
            .sends = control_sent};
}

}  // namespace

CheckFamily required_family() {
    return cloud_family(decides("CLOUD-MTLS-REQUIRED"));
}

CheckFamily enrolled_family() {
    return cloud_family(decides("CLOUD-MTLS-ENROLLED"));
}

CheckFamily identifies_family() {
    CheckFamily family = cloud_family(decides("CLOUD-MTLS-IDENTIFIES"));
    family.sends = revealing_sent;
    return family;
}

GatewayCheck served_as(IdentityRole role, std::string_view who) {
    return [=](Context& ctx) { return served(ctx, ctx.identity(role), who); };
}

GatewayCheck served_without_certificate() {
    return [](Context& ctx) { return served(ctx, nullptr, "without a client certificate,"); };
}

Suite mtls_suite() {
    Suite suite{"mtls", "Mutual TLS identity", {}};
    const auto append = [&suite](std::vector<Check> part) {
        std::ranges::move(part, std::back_inserter(suite.checks));
    };
    append(checks(required_family(), {{.id = "mtls.no-certificate-refused",
                                       .title = "Without a client certificate there must be no service",
                                       .run = no_certificate_refused,
                                       .control = Control::for_pass}}));
    // It needs no certificate of ours, and sends nothing of the operation but its path.
    append(checks({.requirements = {decides("CLOUD-MTLS-REQUIRED")},
                   .control = Control::none,
                   .channels = {Channel::cloud},
                   .environments = mtls_environments()},
                  {{.id = "mtls.request-sent",
                    .title = "A client certificate must be requested in the handshake",
                    .run = request_sent}}));
    append(mtls_certificateless_checks());
    append(mtls_name_checks());
    append(checks(enrolled_family(), {{.id = "mtls.enrolled-served",
                                       .title = "The enrolled certificate must be served",
                                       .run = served_as("enrolled", "with the enrolled certificate,"),
                                       .control = Control::none}}));
    append(mtls_enrolled_checks());
    append(mtls_identity_checks());
    append(mtls_session_checks());
    append(mtls_environment_checks());
    append(checks({.requirements = {decides("DESK-ONE-WAY")}, .control = Control::none, .channels = {Channel::desktop}},
                  {{.id = "mtls.desktop-served-without-certificate",
                    .title = "The desktop must serve clients without a certificate",
                    .run = served_without_certificate(),
                    .sends = control_sent},
                   {.id = "mtls.desktop-does-not-request",
                    .title = "The desktop must request no client certificate",
                    .run = desktop_does_not_request}}));
    return suite;
}

}  // namespace gateproof::suites
