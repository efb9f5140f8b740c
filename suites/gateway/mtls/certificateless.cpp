// CLOUD-MTLS-REQUIRED: a session carries what its handshake has proved (RFC 8446 2.2, 4.6.1); one that was made without
// a client certificate has proved nothing, and resuming it must not help (RFC 9325 3.4).
#include <array>
#include <chrono>

#include "harness/run/context.hpp"
#include "suites/gateway/mtls/doors.hpp"
#include "suites/gateway/mtls/suite.hpp"
#include "suites/shared/visits.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using namespace std::chrono_literals;
using SessionPtr = std::shared_ptr<SSL_SESSION>;

/// How long tickets are waited for that TLS 1.3 sends behind the handshake: in looks, so that none waits on when they
/// have come.
constexpr auto ticket_look = 50ms;
constexpr int ticket_looks = 10;

void note(Context& ctx, std::string_view what, const Visit& made) {
    ctx.evidence()
        .add("http_exchange")
        .with("request", what)
        .with("resumed", made.resumed)
        .with("session_given", made.session != nullptr)
        .with("result", made.outcome.summary());
}

awaitable<Visit> noted_visit(Context& ctx, TlsOptions options, std::string_view what) {
    const Operation& operation = ctx.profile().control_operation();
    options = ctx.guarded(std::move(options), operation);
    Visit made = co_await visit(ctx, std::move(options), operation, ctx.profile().endpoint.authority());
    note(ctx, what, made);
    co_return made;
}

/// The session of a connection on which nothing is asked; null: none was given in time.
awaitable<SessionPtr> session_before_request(Context& ctx, TlsOptions options) {
    Context::TlsConnection connection = co_await ctx.tls(std::move(options));
    TlsSession& session = *connection.session;
    if (!connection.step.ok()) {
        co_return nullptr;
    }
    session.set_timeout(ticket_look);
    for (int look = 0; look < ticket_looks && session.session() == nullptr; ++look) {
        const TlsRead read = co_await session.read();
        if (read.step.end != Ending::timeout) {
            break;
        }
    }
    SessionPtr given = session.session();
    co_await session.shutdown();
    co_return given;
}

/// Full handshakes without a certificate, each with the operation; the last session that they left.
awaitable<SessionPtr> try_in_full(Context& ctx, TlsOptions nobody, std::vector<HttpOutcome>& outcomes) {
    SessionPtr left;
    std::vector<HttpOutcome> now;
    std::size_t told = 0;
    bool again = true;
    while (again) {
        const Visit made = co_await noted_visit(ctx, nobody, "full handshake without a certificate");
        left = made.session ? made.session : left;
        now.push_back(made.outcome);
        // One clear refusal is enough here, or two beside a reset: each session that is declined later is another.
        const bool clear = made.outcome.response || made.outcome.alert || made.outcome.end == Ending::closed;
        told += clear ? 1 : 0;
        const bool served = made.outcome.served(ctx.profile().control_operation());
        again = (told < (any_reset(now) ? 2U : 1U) || served) && try_again(now);
    }
    outcomes.insert(outcomes.end(), now.begin(), now.end());
    co_return left;
}

/// Offers the session, and then what each connection leaves: some servers take a ticket once only.
awaitable<void> offer(Context& ctx, TlsOptions nobody, SessionPtr session, std::vector<SessionTrial>& trials) {
    std::vector<HttpOutcome> outcomes;
    while (session && (outcomes.empty() || try_again(outcomes))) {
        TlsOptions resuming = nobody;
        resuming.resume = session;
        const Visit made = co_await noted_visit(ctx, std::move(resuming), "resumption without a certificate");
        outcomes.push_back(made.outcome);
        trials.push_back({made.resumed, made.outcome});
        session = made.session ? made.session : session;
    }
}

awaitable<CertificatelessTrials> try_version(Context& ctx, TlsVersion version) {
    const Operation& operation = ctx.profile().control_operation();
    TlsOptions ourselves = ctx.tls_options();
    ourselves.min_version = version;
    ourselves.max_version = version;
    TlsOptions nobody = ourselves;
    nobody.identity = nullptr;
    CertificatelessTrials of;
    of.version = version;
    Visit control = co_await noted_visit(ctx, ourselves, "full handshake as the served identity");
    of.ourselves = std::move(control.outcome);
    if (!of.ourselves.served(operation)) {
        co_return of;
    }
    const SessionPtr after_request = co_await try_in_full(ctx, nobody, of.full);
    if (any_served(of.full, operation)) {
        co_return of;
    }
    const SessionPtr before_request = co_await session_before_request(ctx, nobody);
    for (const SessionPtr& session : std::array{after_request, before_request}) {
        co_await offer(ctx, nobody, session, of.trials);
    }
    std::vector<HttpOutcome> offered;
    for (const SessionTrial& trial : of.trials) {
        offered.push_back(trial.outcome);
    }
    if (any_served(offered, operation)) {
        // Was it the session? A pool with a node that asks nobody for a certificate looks the same at first.
        for (std::size_t i = 0; i < refusal_tries; ++i) {
            const Visit made = co_await noted_visit(ctx, nobody, "full handshake without a certificate, once more");
            of.full.push_back(made.outcome);
        }
    }
    if (any_reset(offered) || any_reset(of.full)) {
        control = co_await noted_visit(ctx, ourselves, "full handshake as the served identity, once more");
        of.control_reset = ctx.control_retried() || control.outcome.end == Ending::reset;
    }
    co_return of;
}

awaitable<Verdict> certificateless_session_not_served(Context& ctx) {
    std::vector<CertificatelessTrials> versions;
    for (const TlsVersion version : served_versions) {
        CertificatelessTrials of = co_await try_version(ctx, version);
        versions.push_back(std::move(of));
    }
    co_return judge_certificateless(versions, ctx.profile().control_operation());
}

}  // namespace

std::vector<Check> mtls_certificateless_checks() {
    return checks(required_family(),
                  {{.id = "mtls.certificateless-session-not-served",
                    .title = "A session made without a client certificate must open no service when it is resumed",
                    .run = certificateless_session_not_served,
                    .intrusiveness = Intrusiveness::active}});
}

}  // namespace gateproof::suites
