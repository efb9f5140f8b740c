#include "suites/shared/asked.hpp"

#include <utility>

#include "harness/probe/http/http1.hpp"
#include "harness/run/context.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/failures.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;

Verdict judge_asked(const std::vector<AskedOutcome>& outcomes, std::size_t acceptable_cas) {
    std::string versions;
    Failures failures;
    for (const AskedOutcome& outcome : outcomes) {
        if (!outcome.served) {
            continue;
        }
        if (!outcome.asked) {
            failures.add(Verdict::fail("no client certificate was requested under {}", to_string(outcome.version))
                             .remedy("let this listener send a CertificateRequest in every handshake"));
        }
        versions += (versions.empty() ? "" : " and ") + to_string(outcome.version);
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        return *failed;
    }
    if (versions.empty()) {
        return Verdict::inconclusive("no handshake got far enough: {}",
                                     outcomes.empty() ? "none was tried" : outcomes.front().summary);
    }
    if (acceptable_cas == 0) {
        return Verdict::pass("a client certificate is requested under {}, of any certificate authority", versions);
    }
    return Verdict::pass("a client certificate is requested under {}, of {} named certificate authorities", versions,
                         acceptable_cas);
}

Verdict judge_not_asked(const std::vector<AskedOutcome>& outcomes) {
    std::string versions;
    Failures failures;
    for (const AskedOutcome& outcome : outcomes) {
        if (outcome.asked) {
            failures.add(Verdict::fail("a client certificate was requested under {}", to_string(outcome.version))
                             .remedy("switch client authentication off on this listener: its TLS is server-side only"));
        }
        if (outcome.served) {
            versions += (versions.empty() ? "" : " and ") + to_string(outcome.version);
        }
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        return *failed;
    }
    if (versions.empty()) {
        return Verdict::inconclusive("no handshake got far enough: {}",
                                     outcomes.empty() ? "none was tried" : outcomes.front().summary);
    }
    return Verdict::pass("no client certificate was requested under {}", versions);
}

namespace {

/// Cut before it could tell whether a certificate is asked for.
bool says_nothing(const Context::TlsConnection& connection) {
    return connection.step.was_cut() && !connection.session->certificate_requested();
}

}  // namespace

awaitable<std::vector<AskedOutcome>> ask_for_certificate(Context& ctx, std::vector<std::string>& acceptable_cas) {
    std::vector<AskedOutcome> outcomes;
    for (const TlsVersion version : served_versions) {
        TlsOptions options = ctx.tls_options();
        options.identity = nullptr;
        options.min_version = version;
        options.max_version = version;
        Context::TlsConnection connection = co_await ctx.tls(options);
        for (std::size_t tries = 1; tries < Tries::most_for_service && says_nothing(connection); ++tries) {
            connection.permit.reset();  // before the next one is asked for
            connection = co_await ctx.tls(options);
        }
        TlsSession& session = *connection.session;
        if (connection.step.ok() && !session.certificate_requested()) {
            // Some servers ask once they have seen the request: by a second handshake, or as RFC 8446 4.6.2 has it.
            const HttpRequest request = bare_request(ctx.profile(), ctx.profile().control_operation().path);
            const TlsStep written = co_await session.write(wire(request, Connection::close));
            if (written.ok()) {
                co_await session.read();
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

}  // namespace gateproof::suites
