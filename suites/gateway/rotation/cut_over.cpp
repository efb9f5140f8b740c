// After the cut-over: the old certificate is refused, and so is what it left behind.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/context.hpp"
#include "suites/gateway/rotation/judge.hpp"
#include "suites/gateway/rotation/suite.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/certificate_words.hpp"
#include "suites/shared/needs.hpp"
#include "suites/shared/visits.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

constexpr std::string_view retired_role = "retired";

/// Certificates that must be refused by now: of earlier rotations, and the old one of this when it is cut over.
std::vector<IdentityPtr> cut_over(const Profile& profile) {
    std::vector<IdentityPtr> gone;
    const auto add = [&](std::string_view role) {
        const auto found = profile.identities.find(std::string(role));
        const bool there = found != profile.identities.end();
        if (there && std::ranges::none_of(
                         gone, [&](const IdentityPtr& one) { return same_certificate(*one, *found->second); })) {
            gone.push_back(found->second);
        }
    };
    add(retired_role);
    if (profile.rotation->moment == RotationMoment::after && profile.rotation->old_role != retired_role) {
        add(profile.rotation->old_role);
    }
    return gone;
}

/// What is to become of each of them, in their order.
std::vector<std::pair<IdentityPtr, CutOver>> states_of(const Profile& profile, SystemTime now) {
    const RotationExpectations& rotation = *profile.rotation;
    std::string name = rotation.common_name;
    if (const Identity* const fresh = profile.identity(rotation.new_role); name.empty() && fresh != nullptr) {
        name = fresh->leaf.common_name();
    }
    std::vector<std::pair<IdentityPtr, CutOver>> states;
    for (IdentityPtr& gone : cut_over(profile)) {
        CutOver state = cut_over_of(*gone, certificate_trust(profile), rotation.old_revoked, name, now);
        states.emplace_back(std::move(gone), std::move(state));
    }
    return states;
}

/// Whether one has expired may depend on whose clock is right.
bool alike(const std::vector<std::pair<IdentityPtr, CutOver>>& some,
           const std::vector<std::pair<IdentityPtr, CutOver>>& others) {
    return std::ranges::equal(some, others, [](const auto& one, const auto& other) {
        return one.second.refused_because.empty() == other.second.refused_because.empty();
    });
}

Verdict undecided_by_clock(const ClockReading& reading) {
    return Verdict::inconclusive("whether a certificate that is cut over has expired depends on the clock: {}",
                                 reading.difference)
        .remedy("set this machine's clock and run again; where it is right, the endpoint's is wrong");
}

/// Who shows that the endpoint serves at this moment: the new certificate, or else the one in use. Null: nobody.
awaitable<IdentityPtr> find_witness(Context& ctx, const Operation& operation) {
    const RotationExpectations& rotation = *ctx.profile().rotation;
    IdentityPtr candidates[] = {ctx.identity_named(rotation.new_role), ctx.serving_identity()};
    if (rotation.moment == RotationMoment::before) {
        std::swap(candidates[0], candidates[1]);
    }
    for (const IdentityPtr& candidate : candidates) {
        const HttpOutcome outcome = co_await send_as(ctx, operation, candidate);
        if (candidate && outcome.served(operation)) {
            co_return candidate;
        }
    }
    co_return nullptr;
}

Verdict nobody_served() {
    return Verdict::inconclusive(
        "the endpoint serves neither the new certificate nor the enrolled one, so a refusal of the old proves nothing");
}

/// `operation` under one version, and the session that its connection leaves.
awaitable<Visit> noted_visit(Context& ctx, const Operation& operation, TlsOptions options) {
    std::string host = host_header(ctx.profile().endpoint, options.server_name);
    const std::string role = options.identity ? options.identity->role : "none";
    options = ctx.guarded(std::move(options), operation);
    Visit visited = co_await visit(ctx, std::move(options), operation, std::move(host));
    ctx.evidence()
        .add("http_exchange")
        .with("request", request_line(operation))
        .with("identity", role)
        .with("resumed", visited.resumed)
        .with("result", visited.outcome.summary());
    co_return visited;
}

/// Offers a session until what comes of it is decided, or `witness` is not served either after a cut.
awaitable<OldSession> try_session(Context& ctx, const Operation& operation, TlsOptions options, std::string how,
                                  IdentityPtr witness) {
    OldSession tried;
    tried.how = std::move(how);
    while (!tried.tries.decided()) {
        if (tried.tries.last_was_cut()) {
            const HttpOutcome beside = co_await send_as(ctx, operation, witness);
            if (!beside.served(operation)) {
                break;
            }
        }
        Visit visited = co_await noted_visit(ctx, operation, options);
        tried.tries.add(answer_of(visited.outcome, operation));
        tried.outcome = std::move(visited.outcome);
        tried.resumed = visited.resumed;
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

TlsOptions options_for(const Context& ctx, TlsVersion version, IdentityPtr identity) {
    TlsOptions options = ctx.tls_options();
    options.min_version = version;
    options.max_version = version;
    options.identity = std::move(identity);
    return options;
}

awaitable<Look> look_at_old(Context& ctx) {
    const Operation& operation = ctx.profile().control_operation();
    std::vector<Verdict> verdicts;
    const IdentityPtr witness = co_await find_witness(ctx, operation);
    if (!witness) {
        co_return Look{nobody_served()};
    }
    const ClockReading reading = co_await ctx.clock();
    const TimeSpan now = reading.span(std::chrono::system_clock::now());
    const std::vector<std::pair<IdentityPtr, CutOver>> states = states_of(ctx.profile(), now.earliest);
    if (!alike(states, states_of(ctx.profile(), now.latest))) {
        co_return Look{undecided_by_clock(reading)};
    }
    for (const auto& [gone, state] : states) {
        const std::vector<VersionOutcome> outcomes = co_await try_under_versions(ctx, operation, gone, witness);
        if (state.refused_because.empty()) {
            verdicts.push_back(
                judge_still_good(outcomes, operation, gone->role, state, std::chrono::system_clock::now()));
            continue;
        }
        verdicts.push_back(judge_versions_refused(
            outcomes, operation,
            fmt::format("with a certificate that is cut over ({}: {})", gone->role, state.refused_because),
            "remove the old certificate's enrolment, on every node and in every cache: whoever has its "
            "key is still you. Where names alone are enrolled, look at dates and revocation lists in every handshake"));
    }
    const HttpOutcome after = co_await send_as(ctx, operation, witness);
    Verdict verdict = joined(std::move(verdicts));
    if (verdict.outcome() == Outcome::pass && !after.served(operation)) {
        co_return Look{Verdict::inconclusive("the endpoint stopped serving us meanwhile: {}", after.summary())};
    }
    co_return Look{std::move(verdict)};
}

using Moment = std::chrono::steady_clock::time_point;

/// The sessions of what is cut over, as far as they have been looked at.
struct OldSessions {
    std::vector<OldSession> tried;
    std::string notes;
    std::optional<Moment> latest;  ///< until then a cut-over may come; from the first answer on
    bool perhaps_good = false;     ///< of some certificate it is not known that it is refused by now

    void note(const std::string& words) { notes += (notes.empty() ? "" : "; ") + words; }
};

/// It gives no service, as far as can be told: overload and silence tell nothing.
bool is_refused_or_cut(const Visit& visited, const Operation& operation) {
    const Answer::Kind kind = answer_of(visited.outcome, operation).kind;
    return kind != Answer::Kind::served && kind != Answer::Kind::silent && kind != Answer::Kind::unclear;
}

/// With the old certificate in a full handshake, once it is refused there: before that no session says anything.
awaitable<Visit> visit_when_cut_over(Context& ctx, const Operation& operation, TlsVersion version, IdentityPtr gone,
                                     std::optional<Moment>& latest) {
    constexpr std::chrono::milliseconds pause{500};
    while (true) {
        TlsOptions full = options_for(ctx, version, gone);
        Visit visited = co_await noted_visit(ctx, operation, std::move(full));
        const Moment now = std::chrono::steady_clock::now();
        if (!latest) {
            // Not since the check began: it may have had to wait for its turn.
            latest = now + ctx.profile().rotation->cut_over_within;
        }
        if (is_refused_or_cut(visited, operation) || now + pause > *latest) {
            co_return visited;
        }
        co_await ctx.wait_quietly(now + pause);
    }
}

/// What the refused handshake itself leaves can be resumed into service by a server that judges certificates in full
/// handshakes alone.
awaitable<void> try_left_sessions(Context& ctx, const Operation& operation, const IdentityPtr& gone,
                                  const IdentityPtr& witness, OldSessions& old) {
    for (const TlsVersion version : served_versions) {
        const Visit first = co_await visit_when_cut_over(ctx, operation, version, gone, old.latest);
        if (first.outcome.served(operation)) {
            // Nothing is cut over; rotation.old-refused-after-cut-over says so.
            old.note(fmt::format("{}: {} is still served", to_string(version), gone->role));
            continue;
        }
        if (!is_refused_or_cut(first, operation)) {
            old.perhaps_good = true;
            old.note(fmt::format("{}: whether {} is refused by now cannot be told ({})", to_string(version), gone->role,
                                 first.outcome.summary()));
            continue;
        }
        if (!first.session) {
            old.note(fmt::format("{}: the refused handshake leaves no session", to_string(version)));
            continue;
        }
        TlsOptions resuming = options_for(ctx, version, nullptr);
        resuming.resume = first.session;
        std::string how = fmt::format("{}, left by the refused handshake", to_string(version));
        OldSession session = co_await try_session(ctx, operation, std::move(resuming), std::move(how), witness);
        old.tried.push_back(std::move(session));
    }
}

TlsVersion version_of(const SSL_SESSION& session) {
    return SSL_SESSION_get_protocol_version(&session) == TLS1_3_VERSION ? TlsVersion::tls_1_3 : TlsVersion::tls_1_2;
}

awaitable<Verdict> old_ticket_not_resumed(Context& ctx) {
    const Operation& operation = ctx.profile().control_operation();
    OldSessions old;
    const ClockReading reading = co_await ctx.clock();
    const TimeSpan now = reading.span(std::chrono::system_clock::now());
    const std::vector<std::pair<IdentityPtr, CutOver>> states = states_of(ctx.profile(), now.earliest);
    if (!alike(states, states_of(ctx.profile(), now.latest))) {
        co_return undecided_by_clock(reading);
    }
    if (std::ranges::all_of(states, [](const auto& one) { return one.second.refused_because.empty(); })) {
        co_return Verdict::skipped(
            "where names are trusted a session is as good as its certificate, and none of those that are cut over has "
            "expired or been revoked (rotation.old_revoked)");
    }
    const IdentityPtr witness = co_await find_witness(ctx, operation);
    if (!witness) {
        co_return nobody_served();
    }
    for (const auto& [gone, state] : states) {
        if (state.refused_because.empty()) {
            old.perhaps_good = true;
            old.note(
                fmt::format("sessions of {} are as good as itself, until {}", gone->role, day_of(*state.good_until)));
            continue;
        }
        co_await try_left_sessions(ctx, operation, gone, witness, old);
    }
    std::size_t number = 0;
    std::vector<Certificate> shown;
    if (operation.carries_secret() && !ctx.profile().rotation->old_sessions.empty()) {
        // A saved session holds the server's own certificate alone; what leads from it to the CA is shown now.
        TlsOptions looking = ctx.tls_options();
        Context::TlsConnection connection = co_await ctx.tls(std::move(looking));
        shown = connection.session->peer_chain();
        co_await connection.session->shutdown();
    }
    for (const std::shared_ptr<SSL_SESSION>& session : ctx.profile().rotation->old_sessions) {
        const TlsVersion version = version_of(*session);
        TlsOptions resuming = options_for(ctx, version, nullptr);
        resuming.resume = session;
        resuming.beside = shown;
        std::string how = fmt::format("saved session {} ({})", ++number, to_string(version));
        OldSession tried_session = co_await try_session(ctx, operation, std::move(resuming), std::move(how), witness);
        tried_session.perhaps_good = old.perhaps_good;
        old.tried.push_back(std::move(tried_session));
    }
    const HttpOutcome served = co_await send_as(ctx, operation, witness);
    Verdict verdict = judge_old_sessions(old.tried, old.notes);
    if (verdict.outcome() == Outcome::pass && !served.served(operation)) {
        co_return Verdict::inconclusive("the endpoint stopped serving us meanwhile: {}", served.summary());
    }
    co_return verdict;
}

Need certificate_cut_over() {
    return need("certificate that is cut over",
                "nothing is cut over yet; needs rotation.moment after, or a certificate of an earlier rotation as "
                "identities.retired in the profile",
                [](const Profile& profile) { return profile.rotation && !cut_over(profile).empty(); });
}

}  // namespace

std::vector<Check> rotation_cut_over_checks() {
    // The witness is the new certificate, not the profile's enrolled identity, which may be the old one still. One's
    // own old certificate is what a client that was forgotten in the rotation shows: passive, also in production.
    return checks(certificate_rotation(),
                  {{.id = "rotation.old-refused-after-cut-over",
                    .title = "After the cut-over, a certificate that is no longer good must be refused",
                    .run = while_cut_over(look_at_old),
                    .needs = {certificate_cut_over()},
                    .deadline = with_time_to_cut_over(),
                    .sends = control_sent},
                   {.id = "rotation.old-ticket-not-resumed",
                    .title = "No session of a certificate that is no longer good may be resumed into service",
                    .run = old_ticket_not_resumed,
                    .needs = {certificate_cut_over()},
                    .deadline = with_time_to_cut_over(),
                    .sends = control_sent}});
}

}  // namespace gateproof::suites
