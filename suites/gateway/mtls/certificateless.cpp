// CLOUD-MTLS-REQUIRED: a session carries what its handshake has proved (RFC 8446 2.2, 4.6.1); one that was made without
// a client certificate has proved nothing, and resuming it must not help (RFC 9325 3.4).
#include <fmt/format.h>

#include <algorithm>
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

/// Other names whose sessions are offered, and that are offered ours.
constexpr std::size_t most_names = 2;

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
awaitable<SessionPtr> try_in_full(Context& ctx, TlsOptions nobody, CertificatelessTrials& of) {
    const Operation& operation = ctx.profile().control_operation();
    SessionPtr left;
    Tries tries(Tries::Ask::counted);
    // One refusal in words is enough here, or two beside a cut: each session that is declined later is another. Cuts
    // alone are asked about as often as anywhere.
    const auto told = [&tries] { return tries.result() == Tries::Result::refused || !tries.other().empty(); };
    while (!told()) {
        const bool on = co_await asks_on(ctx, tries);
        if (!on) {
            break;
        }
        const Visit made = co_await noted_visit(ctx, nobody, "full handshake without a certificate");
        left = made.session ? made.session : left;
        tries.add(answer_of(made.outcome, operation, of.ourselves));
        of.full.push_back(made.outcome);
    }
    co_return left;
}

/// Offers the session, and then what each resumption leaves: some servers take a ticket once only.
awaitable<void> offer(Context& ctx, TlsOptions nobody, SessionPtr session, const HttpOutcome& ourselves,
                      std::vector<SessionTrial>& trials) {
    const Operation& operation = ctx.profile().control_operation();
    Tries tries(Tries::Ask::counted);
    while (session && co_await asks_on(ctx, tries)) {
        TlsOptions resuming = nobody;
        resuming.resume = session;
        const Visit made = co_await noted_visit(ctx, std::move(resuming), "resumption without a certificate");
        tries.add(answer_of(made.outcome, operation, ourselves));
        trials.push_back({made.resumed, made.outcome});
        // Where it was declined, what comes is a session of this place and no longer of the one where it was made.
        session = made.resumed && made.session ? made.session : session;
    }
}

bool any_served(const std::vector<SessionTrial>& trials, const Operation& operation) {
    return std::ranges::any_of(trials, [&](const SessionTrial& one) { return one.outcome.served(operation); });
}

/// A name that asks nobody for a certificate leaves sessions to everybody; they must open no other name than theirs.
awaitable<void> offer_across(Context& ctx, TlsOptions nobody, SessionPtr own, CertificatelessTrials& of) {
    const Operation& operation = ctx.profile().control_operation();
    const std::vector<std::string>& names = ctx.profile().other_names;
    for (std::size_t i = 0; i < std::min(names.size(), most_names); ++i) {
        TlsOptions there = nobody;
        there.server_name = names[i];
        const auto in_full = [&] {
            return noted_visit(ctx, there, "full handshake without a certificate under another name");
        };
        const Visit made = co_await until_answered(in_full, was_cut);
        AcrossTrials home;
        home.home = true;
        home.how = fmt::format("made under {} and offered under the endpoint's own name", names[i]);
        co_await offer(ctx, nobody, made.session, of.ourselves, home.trials);
        of.across.push_back(std::move(home));
        AcrossTrials away;
        away.how = fmt::format("made under the endpoint's own name and offered under {}", names[i]);
        away.full.push_back(made.outcome);
        if (!made.outcome.served(operation)) {
            co_await offer(ctx, there, own, of.ourselves, away.trials);
        }
        while (any_served(away.trials, operation) && away.full.size() < Tries::most) {
            const auto once_more = [&] {
                return noted_visit(ctx, there, "full handshake under another name, once more");
            };
            const Visit again = co_await until_answered(once_more, was_cut);
            away.full.push_back(again.outcome);
        }
        of.across.push_back(std::move(away));
    }
    std::erase_if(of.across, [](const AcrossTrials& one) { return one.trials.empty(); });
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
    const auto in_full = [&] { return noted_visit(ctx, ourselves, "full handshake as the served identity"); };
    Visit control = co_await until_answered(in_full, was_cut);
    of.ourselves = std::move(control.outcome);
    if (!of.ourselves.served(operation)) {
        of.control_cut = ctx.control_resets() > 0;
        co_return of;
    }
    const SessionPtr after_request = co_await try_in_full(ctx, nobody, of);
    if (counted(of.full, of.ourselves, operation).served()) {
        co_return of;
    }
    const SessionPtr before_request = co_await session_before_request(ctx, nobody);
    for (const SessionPtr& session : std::array{after_request, before_request}) {
        co_await offer(ctx, nobody, session, of.ourselves, of.trials);
    }
    co_await offer_across(ctx, nobody, before_request ? before_request : after_request, of);
    const auto any_trial = [&of](auto test) {
        return test(of.trials) ||
               std::ranges::any_of(of.across, [&](const AcrossTrials& one) { return test(one.trials); });
    };
    if (any_trial([&](const std::vector<SessionTrial>& trials) { return any_served(trials, operation); })) {
        // Was it the session? A pool with a node that asks nobody for a certificate looks the same at first.
        for (std::size_t i = 0; i < Tries::most; ++i) {
            const auto once_more = [&] {
                return noted_visit(ctx, nobody, "full handshake without a certificate, once more");
            };
            const Visit made = co_await until_answered(once_more, was_cut);
            of.full.push_back(made.outcome);
        }
    }
    const auto ended = [](const HttpOutcome& outcome) { return outcome.was_cut(); };
    const auto any_cut = [&](const std::vector<SessionTrial>& trials) {
        return std::ranges::any_of(trials, [&](const SessionTrial& trial) { return ended(trial.outcome); });
    };
    if (any_trial(any_cut) || std::ranges::any_of(of.full, ended)) {
        control = co_await noted_visit(ctx, ourselves, "full handshake as the served identity, once more");
        if (control.outcome.was_cut()) {
            ctx.note_service_reset();
        }
        of.control_cut = ctx.control_resets() > 0;
    }
    co_return of;
}

awaitable<Verdict> certificateless_session_not_served(Context& ctx) {
    const auto try_one = [&ctx](TlsVersion version) { return try_version(ctx, version); };
    Verdict verdict = co_await judged_under_each_version(ctx, try_one, judge_certificateless);
    co_return verdict;
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
