#include "suites/gateway/mtls/suite.hpp"

#include <fmt/format.h>

#include "harness/run/context.hpp"
#include "suites/shared/callers.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// Tells a refusal of us from an endpoint that closes on everybody.
awaitable<bool> tls_alive(Context& ctx) {
    ClientHello hello = ctx.offering(TlsVersion::tls_1_3, TlsVersion::tls_1_2);
    const ServerAnswer answer = co_await ctx.client_hello(std::move(hello));
    co_return answer.server_hello.has_value() || answer.alert.has_value();
}

/// CLOUD-MTLS-REQUIRED: without a certificate there is no service, whichever version carries the request.
awaitable<Verdict> no_certificate_refused(Context& ctx) {
    const Operation& operation = ctx.profile().control_operation();
    const std::vector<VersionOutcome> outcomes = co_await try_under_versions(ctx, operation, nullptr);
    co_return judge_refused(outcomes, operation, "without a client certificate",
                            "require and verify a client certificate on this listener");
}

/// CLOUD-MTLS-ENROLLED: the enrolled certificate opens the service.
awaitable<Verdict> enrolled_served(Context& ctx) {
    std::shared_ptr<const Identity> enrolled = ctx.identity("enrolled");
    std::string who = "with the enrolled certificate,";
    co_return co_await served_as(ctx, std::move(enrolled), std::move(who));
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

/// DESK-ONE-WAY: the desktop serves clients that have no certificate.
awaitable<Verdict> desktop_served(Context& ctx) {
    std::string who = "without a client certificate,";
    co_return co_await served_as(ctx, nullptr, std::move(who));
}

/// DESK-ONE-WAY: it does not even ask.
awaitable<Verdict> desktop_does_not_request(Context& ctx) {
    std::vector<std::string> acceptable;
    const std::vector<AskedOutcome> outcomes = co_await ask_for_certificate(ctx, acceptable);
    co_return judge_not_asked(outcomes);
}

Check check(std::string_view id, std::string_view title, std::string_view requirement, CheckFunction run,
            Channel channel) {
    Check made;
    made.id = id;
    made.title = title;
    made.requirements = {requirement};
    made.run = run;
    made.channels = {channel};
    made.control = Control::none;
    made.sends = &control_sent;
    if (channel == Channel::cloud) {
        made.environments = mtls_environments();
        made.needs = {Need::enrolled_identity};
    }
    return made;
}

}  // namespace

Check required_check(std::string_view id, std::string_view title, CheckFunction run) {
    Check made = check(id, title, "CLOUD-MTLS-REQUIRED", run, Channel::cloud);
    made.intrusiveness = Intrusiveness::active;
    made.control = Control::bracket;
    return made;
}

Check identifies_check(std::string_view id, std::string_view title, CheckFunction run, Intrusiveness intrusiveness) {
    Check made = check(id, title, "CLOUD-MTLS-IDENTIFIES", run, Channel::cloud);
    made.intrusiveness = intrusiveness;
    made.control = Control::bracket;
    made.sends = &revealing_sent;
    return made;
}

std::vector<Environment> mtls_environments() {
    return {Environment::embedded, Environment::sandbox, Environment::test, Environment::production};
}

awaitable<Verdict> served_as(Context& ctx, std::shared_ptr<const Identity> identity, std::string who) {
    const Operation& operation = ctx.profile().control_operation();
    HttpRequest request = ctx.request_of(operation);
    request.identity = std::move(identity);
    const HttpOutcome outcome = co_await ctx.http(std::move(request));
    bool alive = false;
    if (outcome.is_refusal() && !outcome.response && !outcome.alert) {
        alive = co_await tls_alive(ctx);
    }
    co_return judge_served(outcome, operation, who, alive);
}

awaitable<std::vector<AskedOutcome>> ask_for_certificate(Context& ctx, std::vector<std::string>& acceptable_cas) {
    std::vector<AskedOutcome> outcomes;
    for (const TlsVersion version : served_versions) {
        TlsOptions options = ctx.tls_options();
        options.identity = nullptr;
        options.min_version = version;
        options.max_version = version;
        Context::TlsConnection connection = co_await ctx.tls(std::move(options));
        TlsSession& session = *connection.session;
        if (connection.step.ok() && !session.certificate_requested()) {
            // Some servers ask once they have seen the request: by a second handshake, or as RFC 8446 4.6.2 has it.
            const Operation& operation = ctx.profile().control_operation();
            const Endpoint& endpoint = ctx.profile().endpoint;
            std::string request = fmt::format("{} {}{} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", "GET",
                                              endpoint.path_prefix, operation.path, endpoint.authority());
            const TlsStep written = co_await session.write(std::move(request));
            if (written.ok()) {
                const TlsRead read = co_await session.read();
                static_cast<void>(read);
            }
        }
        AskedOutcome outcome;
        outcome.version = version;
        outcome.asked = session.certificate_requested();
        outcome.served = connection.step.ok() || outcome.asked;
        outcome.summary = connection.step.summary();
        outcomes.push_back(std::move(outcome));
        std::vector<std::string> named = session.acceptable_cas();
        if (named.size() > acceptable_cas.size()) {
            acceptable_cas = std::move(named);
        }
        co_await session.shutdown();
    }
    co_return outcomes;
}

Suite mtls_suite() {
    Check refused = check("mtls.no-certificate-refused", "Without a client certificate there is no service",
                          "CLOUD-MTLS-REQUIRED", &no_certificate_refused, Channel::cloud);
    refused.control = Control::bracket;
    Check asked = check("mtls.request-sent", "A client certificate is requested in the handshake",
                        "CLOUD-MTLS-REQUIRED", &request_sent, Channel::cloud);
    asked.needs.clear();
    asked.sends = nullptr;  // but for the path, without its headers
    Suite suite{"mtls",
                "Mutual TLS identity",
                {refused, asked, certificateless_check(), every_name_check(),
                 check("mtls.enrolled-served", "The enrolled certificate is served", "CLOUD-MTLS-ENROLLED",
                       &enrolled_served, Channel::cloud)}};
    for (const auto& part :
         {mtls_enrolled_checks(), mtls_identity_checks(), mtls_session_checks(), mtls_environment_checks()}) {
        suite.checks.insert(suite.checks.end(), part.begin(), part.end());
    }
    suite.checks.push_back(check("mtls.desktop-served-without-certificate",
                                 "The desktop serves clients without a certificate", "DESK-ONE-WAY", &desktop_served,
                                 Channel::desktop));
    Check not_asked = check("mtls.desktop-does-not-request", "The desktop requests no client certificate",
                            "DESK-ONE-WAY", &desktop_does_not_request, Channel::desktop);
    not_asked.sends = nullptr;
    suite.checks.push_back(not_asked);
    return suite;
}

}  // namespace gateproof::suites
