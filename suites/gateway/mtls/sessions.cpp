// CLOUD-MTLS-IDENTIFIES over connections and sessions that are used more than once, and names that do not agree.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "harness/probe/http/http1.hpp"
#include "harness/run/context.hpp"
#include "suites/gateway/mtls/identity_judge.hpp"
#include "suites/gateway/mtls/suite.hpp"
#include "suites/shared/needs.hpp"
#include "suites/shared/visits.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

IdentityAnswer named(const Context& ctx, const Operation& operation, HttpOutcome outcome) {
    IdentityAnswer answer;
    answer.name = named_in(outcome, operation, ctx.profile().identity_pointer);
    answer.outcome = std::move(outcome);
    return answer;
}

void note(Context& ctx, std::string_view what, const IdentityAnswer& answer) {
    ctx.evidence()
        .add("http_exchange")
        .with("request", what)
        .with("result", answer.outcome.summary())
        .with("named", answer.name ? std::string_view(*answer.name) : std::string_view("nobody"));
}

/// A connection that is kept, and whose it is.
struct Kept {
    Http1 http;
    bool second;
    int requests = 0;
    bool ended = false;
    bool left_waiting = false;  ///< of pipelined requests the first alone was answered
};

/// `count` requests at once on one connection, and their answers.
awaitable<void> exchange(Context& ctx, Kept& kept, int number, int count, std::vector<ConnectionAnswer>& answers) {
    const Operation& operation = revealing_operation(ctx.profile());
    const std::string one = wire(ctx.request_of(operation), Connection::keep);
    std::string bytes;
    for (int i = 0; i < count; ++i) {
        bytes += one;
    }
    co_await kept.http.send(std::move(bytes));
    for (int i = 0; i < count; ++i) {
        ConnectionAnswer got;
        got.second = kept.second;
        got.first_request = kept.requests == 0;
        got.behind_another = i > 0;
        got.where = fmt::format("connection {}, {}request {}", number, count > 1 ? "pipelined " : "", ++kept.requests);
        HttpOutcome outcome = co_await kept.http.receive();
        kept.ended = !outcome.response;
        kept.left_waiting = i > 0 && is_silence(outcome.end);
        got.answer = named(ctx, operation, std::move(outcome));
        note(ctx, got.where, got.answer);
        answers.push_back(std::move(got));
        if (kept.ended) {
            break;
        }
    }
}

/// Two identities in turn over fresh, kept-alive and pipelined connections that are open side by side.
awaitable<Verdict> no_identity_bleed(Context& ctx) {
    const std::array<std::shared_ptr<const Identity>, 2> identities{ctx.identity("enrolled"), ctx.identity("second")};
    const int open = ctx.profile().limits.concurrent_connections;
    // A connection's slot is held while it is open: leave some for others, and take one at least.
    const int pairs = open == 0 || open >= 8 ? 2 : 1;
    if (open == 1) {
        co_return Verdict::not_tried("needs two connections at once; limits.concurrent_connections allows one");
    }
    std::vector<ConnectionAnswer> answers;
    {
        const TlsOptions each = ctx.guarded(ctx.tls_options(), revealing_operation(ctx.profile()));
        std::vector<TlsOptions> all(static_cast<std::size_t>(2 * pairs), each);
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i].identity = identities[i % 2];
        }
        std::vector<Context::TlsConnection> open_together = co_await ctx.tls_together(std::move(all));
        std::vector<Kept> kept;
        for (Context::TlsConnection& connection : open_together) {
            kept.push_back({Http1(std::move(connection)), kept.size() % 2 == 1});
        }
        bool pipelines = true;
        for (const int count : {1, 1, 2}) {
            for (std::size_t i = 0; i < kept.size(); ++i) {
                if (kept[i].ended) {
                    continue;
                }
                const int at_once = pipelines ? count : 1;  // each that is not answered would cost the probe's time
                co_await exchange(ctx, kept[i], static_cast<int>(i + 1), at_once, answers);
                pipelines = pipelines && !kept[i].left_waiting;
            }
        }
    }
    for (int i = 0; i < 8; ++i) {
        ConnectionAnswer fresh;
        fresh.second = i % 2 == 1;
        fresh.first_request = true;
        fresh.where = fmt::format("fresh connection {}", i + 1);
        fresh.answer = co_await ask_who(ctx, identities[static_cast<std::size_t>(i % 2)]);
        answers.push_back(std::move(fresh));
    }
    co_return judge_bleed(answers, revealing_operation(ctx.profile()), identities[0]->leaf.common_name(),
                          identities[1]->leaf.common_name());
}

/// A visit, and whom its answer names.
struct NamedVisit {
    IdentityAnswer answer;
    bool resumed = false;
    std::shared_ptr<SSL_SESSION> session;
};

awaitable<NamedVisit> named_visit(Context& ctx, TlsOptions options, const Operation& operation) {
    std::string host = host_header(options.endpoint, options.server_name);
    const std::string what = fmt::format("{} {} at {}", operation.method, operation.path, host);
    options = ctx.guarded(std::move(options), operation);
    if (options.resume) {
        // A server that does not resume, and proves nothing in its full handshake, has answered: nothing is withheld
        // from it that would be needed to judge it.
        options.secret.clear();
    }
    Visit made = co_await visit(ctx, std::move(options), operation, std::move(host));
    NamedVisit visited;
    visited.resumed = made.resumed;
    visited.session = std::move(made.session);
    visited.answer = named(ctx, operation, std::move(made.outcome));
    note(ctx, what, visited.answer);
    co_return visited;
}

/// Made again while it is cut: something is compared with it.
awaitable<NamedVisit> answered_visit(Context& ctx, TlsOptions options, const Operation& operation) {
    const auto once = [&] { return named_visit(ctx, options, operation); };
    const auto cut = [](const NamedVisit& visited) { return ended_by_cut(visited.answer.outcome); };
    NamedVisit visited = co_await until_answered(once, cut);
    co_return visited;
}

struct Destination {
    SessionVisit::Place place = SessionVisit::Place::same_name;
    std::string how;
    TlsOptions options;  ///< of the resuming connection
    TlsOptions capture;  ///< of the connection whose session is taken
    bool as_second = false;
};

std::vector<Destination> destinations(Context& ctx, TlsVersion version) {
    using Place = SessionVisit::Place;
    const Profile& profile = ctx.profile();
    TlsOptions home = ctx.tls_options();
    home.min_version = version;
    home.max_version = version;
    TlsOptions nobody = home;
    nobody.identity = nullptr;
    const std::string prefix = to_string(version);
    std::vector<Destination> all;
    all.push_back({Place::same_name, prefix + ", same name and certificate", home, home});
    if (std::shared_ptr<const Identity> second = ctx.identity("second")) {
        TlsOptions other = home;
        other.identity = std::move(second);
        all.push_back({Place::same_name, prefix + ", same name, the second certificate at hand", other, home, true});
    }
    all.push_back({Place::same_name, prefix + ", same name, no certificate at hand", nobody, home});
    constexpr std::size_t max_names = 2;
    for (std::size_t i = 0; i < std::min(profile.other_names.size(), max_names); ++i) {
        TlsOptions elsewhere = nobody;
        elsewhere.server_name = profile.other_names[i];
        all.push_back(
            {Place::other_name, fmt::format("{}, under the name {}", prefix, elsewhere.server_name), elsewhere, home});
    }
    if (profile.other_names.empty()) {
        TlsOptions elsewhere = nobody;
        elsewhere.server_name = unknown_name(ctx);
        all.push_back({Place::unknown_name, prefix + ", under a name that nobody has", elsewhere, home});
    }
    if (profile.desktop) {
        TlsOptions desktop = nobody;
        desktop.endpoint = profile.desktop->endpoint;
        desktop.server_name = profile.desktop->endpoint.host;
        all.push_back({Place::desktop, prefix + ", on the desktop listener", desktop, home});
        all.push_back({Place::from_desktop, prefix + ", a session of the desktop listener without a certificate",
                       nobody, desktop});
    }
    return all;
}

/// What a full handshake at the destination gives us. For other names: with our certificate.
TlsOptions reference_of(const Destination& destination, const Context& ctx) {
    using Place = SessionVisit::Place;
    TlsOptions options = destination.options;
    if (destination.place == Place::other_name || destination.place == Place::unknown_name) {
        options.identity = ctx.serving_identity();
    }
    return options;
}

/// A session offered until what comes of it is decided.
struct TriedVisit {
    NamedVisit visit;  ///< the last one
    Tries tries;

    /// Neither service nor a refusal nor any other answer: silence, or what is no HTTP.
    [[nodiscard]] bool says_nothing() const {
        return !tries.served() && !tries.is_refusal() && !visit.answer.outcome.whole();
    }
};

awaitable<TriedVisit> try_resuming(Context& ctx, TlsOptions options, const Operation& operation) {
    TriedVisit tried;
    while (co_await asks_on(ctx, tried.tries)) {
        tried.visit = co_await named_visit(ctx, options, operation);
        tried.tries.add(answer_of(tried.visit.answer.outcome, operation));
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

/// CVE-2025-23419: a session carries the proof of its certificate; it must carry it nowhere else.
awaitable<Verdict> resumption_bound(Context& ctx) {
    const Operation& operation = revealing_operation(ctx.profile());
    std::vector<SessionVisit> visits;
    std::chrono::seconds longest{0};
    std::string notes;
    std::string unclear;
    bool rests_on_resets = false;
    for (const TlsVersion version : served_versions) {
        for (Destination& destination : destinations(ctx, version)) {
            const bool at_home = destination.place != SessionVisit::Place::from_desktop;
            NamedVisit taken = co_await answered_visit(ctx, destination.capture, operation);
            if (at_home && !taken.answer.outcome.served(operation)) {
                if (!version_not_served(taken.answer.outcome)) {
                    unclear = fmt::format("{}: {}", to_string(version), taken.answer.outcome.summary());
                }
                notes += fmt::format("{}{}: {}", notes.empty() ? "" : "; ", to_string(version),
                                     taken.answer.outcome.summary());
                break;
            }
            if (taken.session && version == TlsVersion::tls_1_3) {
                longest = std::max(longest, ticket_lifetime(*taken.session));
            }
            if (!taken.session) {
                if (at_home) {
                    notes += fmt::format("{}{}: no session or ticket is given", notes.empty() ? "" : "; ",
                                         to_string(version));
                    break;
                }
                continue;
            }
            SessionVisit result;
            result.place = destination.place;
            result.how = destination.how;
            result.as_second = destination.as_second;
            if (at_home && !ctx.profile().identity_operation.empty()) {
                result.owner = taken.answer.name;
            }
            TlsOptions resuming = destination.options;
            resuming.resume = taken.session;
            const TriedVisit offered = co_await try_resuming(ctx, std::move(resuming), operation);
            const NamedVisit& resumed = offered.visit;
            rests_on_resets = rests_on_resets || offered.tries.rests_on_resets();
            result.resumed = resumed.resumed;
            result.answer = resumed.answer;
            const bool unproven = resumed.answer.outcome.end == Ending::unproven;
            if (offered.says_nothing() && (resumed.resumed || !unproven)) {
                unclear = fmt::format("{}: {}", result.how, offered.tries.summary());
            }
            if (destination.place != SessionVisit::Place::same_name && result.resumed &&
                result.answer.outcome.served(operation)) {
                TlsOptions full = reference_of(destination, ctx);
                const NamedVisit reference = co_await answered_visit(ctx, std::move(full), operation);
                result.served_anyway = reference.answer.outcome.served(operation);
                result.compared_in_vain = ended_by_cut(reference.answer.outcome) && ctx.control_resets() > 0;
                if (!result.served_anyway && !co_await ctx.control()) {
                    co_return Verdict::inconclusive(
                        "{}: resumed and served, but the endpoint was gone before a full "
                        "handshake there could be compared: {}",
                        result.how, ctx.control_summary());
                }
            }
            visits.push_back(std::move(result));
        }
    }
    Verdict verdict = judge_sessions(visits, operation, notes, longest);
    if (verdict.outcome() == Outcome::pass && !unclear.empty()) {
        verdict = Verdict::inconclusive("{}, which is neither service nor a refusal", unclear);
    }
    const bool rests = rests_on_resets && verdict.outcome() == Outcome::pass;
    co_return std::move(verdict).rests_on_resets(rests);
}

std::string other_name_unmet(const Profile& profile) {
    return profile.other_names.empty() ? "needs another name that is served, to tell hosts apart; give other_names in "
                                         "the profile"
                                       : "";
}

/// The root of the server under either name, and under the endpoint's own with the other's Host header. Nothing of an
/// operation is in these requests.
awaitable<RootAnswers> ask_for_roots(Context& ctx, TlsOptions own, TlsOptions other) {
    Operation root;
    root.path = "/";
    const Endpoint& endpoint = ctx.profile().endpoint;
    const std::string other_host = host_header(endpoint, other.server_name);
    const auto as_own = [&] { return visit(ctx, own, root, endpoint.authority()); };
    const auto as_other = [&] { return visit(ctx, other, root, other_host); };
    const auto as_mismatched = [&] { return visit(ctx, own, root, other_host); };
    Visit made = co_await until_answered(as_own, was_cut);
    RootAnswers answers;
    answers.own = std::move(made.outcome);
    made = co_await until_answered(as_other, was_cut);
    answers.other = std::move(made.outcome);
    made = co_await until_answered(as_mismatched, was_cut);
    answers.mismatched = std::move(made.outcome);
    ctx.evidence()
        .add("roots")
        .with("own", answers.own.summary())
        .with("other", answers.other.summary())
        .with("mismatched", answers.mismatched.summary());
    co_return answers;
}

/// RFC 9110 7.4, 15.5.20; RFC 6066 11.1: the certificate was verified for the name of the handshake.
awaitable<Verdict> sni_host_mismatch(Context& ctx) {
    const Operation& operation = revealing_operation(ctx.profile());
    const Endpoint& endpoint = ctx.profile().endpoint;
    const std::string& name = ctx.profile().other_names.front();
    TlsOptions other = ctx.tls_options();
    other.server_name = name;
    MismatchAnswers answers;
    TlsOptions own = ctx.tls_options();
    NamedVisit seen = co_await answered_visit(ctx, own, operation);
    answers.own = std::move(seen.answer.outcome);
    seen = co_await answered_visit(ctx, other, operation);
    answers.other = std::move(seen.answer.outcome);
    answers.pointer = ctx.profile().identity_operation.empty() ? "" : ctx.profile().identity_pointer;
    const std::string host = host_header(endpoint, name);
    const std::string bytes = wire(ctx.request_of(operation), Connection::close, host);
    const TlsOptions guarded = ctx.guarded(own, operation);
    while (co_await asks_on(ctx, answers.mismatched.tries)) {
        Context::TlsConnection connection = co_await ctx.tls(guarded);
        Http1 http(std::move(connection));
        co_await http.send(bytes);
        HttpOutcome outcome = co_await http.receive();
        note(ctx, fmt::format("Host {} over a connection for {}", host, endpoint.host), named(ctx, operation, outcome));
        answers.mismatched.add(std::move(outcome), operation);
    }
    note_tries(ctx, answers.mismatched.tries);
    seen = co_await answered_visit(ctx, own, operation);
    answers.own_again = std::move(seen.answer.outcome);
    if (needs_roots(answers)) {
        answers.roots = co_await ask_for_roots(ctx, own, other);
    }
    co_return judge_mismatch(answers, operation, name);
}

}  // namespace

std::vector<Check> mtls_session_checks() {
    return checks(identifies_family(),
                  {{.id = "mtls.no-identity-bleed-on-reuse",
                    .title = "Two identities in turn must never be taken for each other",
                    .run = no_identity_bleed,
                    .needs = {second_identity(), identity_operation()}},
                   {.id = "mtls.resumption-bound",
                    .title = "A resumed session must stay its owner's, on its own listener and name",
                    .run = resumption_bound,
                    .intrusiveness = Intrusiveness::active},
                   {.id = "mtls.sni-host-mismatch-refused",
                    .title = "A request for another host than the handshake's must not be served",
                    .run = sni_host_mismatch,
                    .intrusiveness = Intrusiveness::active,
                    .needs = {{"another name of the listener", other_name_unmet}}}});
}

}  // namespace gateproof::suites
