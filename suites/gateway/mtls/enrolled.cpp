// CLOUD-MTLS-ENROLLED: a certificate that only resembles an enrolled one is nobody's.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "harness/probe/forge/forge.hpp"
#include "harness/probe/socket/literal.hpp"
#include "harness/run/context.hpp"
#include "suites/gateway/mtls/identity_judge.hpp"
#include "suites/gateway/mtls/suite.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/needs.hpp"
#include "suites/shared/visits.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using forge::Spec;

Verdict cannot_be_made() {
    return Verdict::not_tried("this certificate cannot be made from the enrolled one: its key type is not known");
}

/// Server names that may lead to another configuration of the same listener (RFC 6066 3), which may take what the
/// endpoint's own refuses. Empty: no SNI.
std::vector<std::string> other_doors(Context& ctx) {
    std::vector<std::string> names{unknown_name(ctx)};
    if (!is_ip_literal(ctx.profile().endpoint.host)) {
        names.emplace_back();  // the handshake with an address has no server name anyway
    }
    names.insert(names.end(), ctx.profile().other_names.begin(), ctx.profile().other_names.end());
    return names;
}

awaitable<HttpOutcome> knock_as(Context& ctx, const IdentityPtr& identity, const std::string& server_name) {
    const Operation& operation = ctx.profile().control_operation();
    TlsOptions options = ctx.tls_options();
    options.server_name = server_name;
    options.identity = identity;
    options = ctx.guarded(std::move(options), operation);
    Visit made = co_await visit(ctx, std::move(options), operation, ctx.profile().endpoint.authority());
    ctx.evidence()
        .add("http_exchange")
        .with("server_name", server_name)
        .with("host", ctx.profile().endpoint.authority())
        .with("identity", identity ? std::string_view(identity->role) : std::string_view("none"))
        .with("result", made.outcome.summary());
    co_return std::move(made.outcome);
}

/// The identity under two of the other names, with the endpoint's own Host header. Which two goes by `row`, so that
/// over the rows each name is met by several.
awaitable<std::vector<DoorOutcome>> try_other_doors(Context& ctx, const IdentityPtr& identity, std::size_t row) {
    const Operation& operation = ctx.profile().control_operation();
    const std::vector<std::string> names = other_doors(ctx);
    std::vector<DoorOutcome> outcomes;
    for (std::size_t turn = 0; turn < std::min<std::size_t>(2, names.size()); ++turn) {
        DoorOutcome door;
        const std::string& name = names[(2 * row + turn) % names.size()];
        door.how = name.empty() ? "without SNI" : "under the SNI " + name;
        door.outcome = co_await knock_as(ctx, identity, name);
        if (door.outcome.served(operation)) {
            const IdentityPtr none;  // outlives each of the knocks
            const auto without = [&] { return knock_as(ctx, none, name); };
            const HttpOutcome nobody = co_await until_answered(without, ended_by_cut);
            door.nobody_too = nobody.served(operation);
        }
        outcomes.push_back(std::move(door));
    }
    co_return outcomes;
}

/// Nobody may be served with this identity, which `who` names: under either version, nor under other names.
awaitable<Verdict> identity_refused(Context& ctx, IdentityPtr identity, std::string who, std::string remedy,
                                    std::size_t row) {
    if (!identity) {
        co_return cannot_be_made();
    }
    const Operation& operation = ctx.profile().control_operation();
    const std::vector<VersionOutcome> outcomes = co_await try_under_versions(ctx, operation, identity);
    Verdict verdict = judge_versions_refused(outcomes, operation, who, remedy);
    if (verdict.outcome() != Outcome::pass) {
        co_return verdict;
    }
    const std::vector<DoorOutcome> doors = co_await try_other_doors(ctx, identity, row);
    co_return judge_other_doors(verdict, doors, operation, who);
}

/// The role's certificate from the profile, or one that its test CA issues as `spec` says.
awaitable<Verdict> role_refused(Context& ctx, Spec spec, std::string who, std::string remedy, std::size_t row) {
    const IdentityPtr enrolled = ctx.identity("enrolled");
    IdentityPtr given = ctx.identity_named(spec.role);
    TimeSpan now = TimeSpan::now();
    if (spec.role == "expired" || spec.role == "not_yet_valid") {
        now = co_await ctx.times();
    }
    if (given) {
        const std::string wrong = not_what_it_says(*given, *enrolled, now);
        if (!wrong.empty()) {
            co_return Verdict::not_tried("identities.{} does not fit its role: {}", spec.role, wrong);
        }
        co_return co_await identity_refused(ctx, std::move(given), std::move(who), std::move(remedy), row);
    }
    const Issuer& issuer = *ctx.profile().issuer;
    IdentityPtr made = forge::issued(issuer, *enrolled, spec);
    Verdict verdict = co_await identity_refused(ctx, std::move(made), std::move(who), std::move(remedy), row);
    if (verdict.outcome() == Outcome::pass) {
        const std::string blind = co_await issuer_not_served(ctx);
        if (!blind.empty()) {
            co_return Verdict::not_tried("{}", blind);
        }
    }
    co_return verdict;
}

/// A role of the profile, or what a certificate that fills it must look like.
using MakeSpec = Spec(Context& ctx);

Spec unenrolled(Context& ctx) {
    Spec spec;
    spec.role = "unenrolled";
    spec.common_name = fmt::format("{:016x}{:016x}.gateproof-unenrolled", ctx.random()(), ctx.random()());
    return spec;
}
Spec expired(Context& /*ctx*/) {
    Spec spec;
    spec.role = "expired";
    spec.valid_from_days = -60;
    spec.valid_to_days = -30;
    return spec;
}
Spec not_yet_valid(Context& /*ctx*/) {
    Spec spec;
    spec.role = "not_yet_valid";
    spec.valid_from_days = 30;
    spec.valid_to_days = 60;
    return spec;
}
Spec wrong_eku(Context& /*ctx*/) {
    Spec spec;
    spec.role = "wrong_eku";
    spec.extended_key_usage = "serverAuth";
    return spec;
}

/// Nobody may be served with a certificate of this kind, which `who` names.
GatewayCheck role_refused(std::size_t row, MakeSpec* spec, std::string_view who, std::string_view remedy) {
    return [=](Context& ctx) { return role_refused(ctx, spec(ctx), std::string(who), std::string(remedy), row); };
}

/// Nobody may be served with what is forged of the enrolled certificate.
GatewayCheck forgery_refused(std::size_t row, IdentityPtr (*forged)(const Identity& enrolled), std::string_view who,
                             std::string_view remedy) {
    return [=](Context& ctx) {
        return identity_refused(ctx, forged(*ctx.identity("enrolled")), std::string(who), std::string(remedy), row);
    };
}

/// RFC 5280 4.2.1.9: only a CA's key signs certificates, and a CA's certificate is nobody's client certificate.
awaitable<Verdict> intermediate_as_leaf_refused(Context& ctx) {
    const IdentityPtr enrolled = ctx.identity("enrolled");
    IdentityPtr below = forge::signed_by_leaf(*enrolled);
    Verdict verdict = co_await identity_refused(ctx, std::move(below),
                                                "with a certificate that the enrolled certificate's key has signed",
                                                "check basicConstraints along the chain of client certificates", 11);
    if (verdict.outcome() != Outcome::pass) {
        co_return verdict;
    }
    if (!ctx.profile().issuer) {
        co_return Verdict::pass(
            "{}; a CA certificate as the client's own was not tried, it needs issuer in the profile",
            verdict.sentence())
            .rests_on_resets(verdict.rests_on_resets());
    }
    // One that must not sign a handshake is refused for its key usage, which hides whether anybody looks at
    // basicConstraints; one that may sign is refused for those alone.
    struct Kind {
        bool signs_handshakes;
        const char* who;
        const char* words;
    };
    constexpr Kind kinds[] = {
        {false, "with a CA certificate as the client's own, whose key may sign certificates alone",
         "for its key usage or as a CA"},
        {true, "with a CA certificate as the client's own, whose key may sign handshakes as well", "as a CA alone"}};
    std::string told = verdict.sentence();
    bool rests_on_resets = verdict.rests_on_resets();
    for (const Kind& kind : kinds) {
        Spec spec;
        spec.role = kind.signs_handshakes ? "authority-that-signs" : "authority";
        spec.authority = true;
        spec.signs_handshakes = kind.signs_handshakes;
        IdentityPtr authority = forge::issued(*ctx.profile().issuer, *enrolled, spec);
        Verdict next = co_await identity_refused(ctx, std::move(authority), kind.who,
                                                 "refuse client certificates whose basicConstraints say CA",
                                                 kind.signs_handshakes ? 12 : 13);
        if (next.outcome() == Outcome::fail && kind.signs_handshakes) {
            // RFC 5280 limits what a CA's key may sign, not whose certificate it is, and stacks in wide use take it.
            co_return Verdict::warning("{}; nothing but key usage kept out one that may sign certificates alone",
                                       next.sentence())
                .remedy(std::string(next.remedy()));
        }
        if (next.outcome() != Outcome::pass) {
            co_return next;
        }
        told += fmt::format("; {} ({})", next.sentence(), kind.words);
        rests_on_resets = rests_on_resets || next.rests_on_resets();
    }
    const std::string blind = co_await issuer_not_served(ctx);
    if (!blind.empty()) {
        co_return Verdict::pass("{}; {}", verdict.sentence(), blind).rests_on_resets(verdict.rests_on_resets());
    }
    co_return Verdict::pass("{}", told).rests_on_resets(rests_on_resets);
}

using Clock = std::chrono::steady_clock;
using SessionPtr = std::shared_ptr<SSL_SESSION>;

/// A certificate that is good for seconds.
struct ShortLived {
    IdentityPtr identity;
    Clock::time_point good_until;    ///< by whichever clock
    Clock::time_point expired_from;  ///< by whichever clock
};

/// `ahead`: of our clock, the other one; `between` the two.
ShortLived short_lived(Context& ctx, std::chrono::seconds good_for, std::chrono::seconds ahead,
                       std::chrono::seconds between) {
    Spec spec;
    spec.role = "short-lived";
    spec.valid_for = good_for + ahead;
    ShortLived made;
    made.good_until = Clock::now() + good_for;
    made.expired_from = made.good_until + between;
    made.identity = forge::issued(*ctx.profile().issuer, *ctx.identity("enrolled"), spec);
    return made;
}

/// Under one version: the sessions that a short-lived certificate left while it was valid.
struct LeftSessions {
    TlsOptions options;
    std::vector<SessionPtr> sessions;
};

/// A full handshake while the certificate is valid, and its session resumed at once.
awaitable<ExpiryTrials> use_while_valid(Context& ctx, LeftSessions& left) {
    const Operation& operation = ctx.profile().control_operation();
    ExpiryTrials of;
    of.version = left.options.min_version;
    const auto in_full = [&] { return noted_visit(ctx, left.options, "with a certificate that is good for seconds"); };
    const Visit first = co_await until_answered(in_full, was_cut);
    of.valid = first.outcome;
    of.given = first.session != nullptr;
    if (!of.valid.served(operation) || !of.given) {
        co_return of;
    }
    TlsOptions resuming = left.options;
    resuming.resume = first.session;
    const auto resumed = [&] { return noted_visit(ctx, resuming, "its session, while it is valid"); };
    const Visit second = co_await until_answered(resumed, was_cut);
    if (second.resumed && second.outcome.served(operation)) {
        of.renewed = second.outcome;
        // What resuming left carries the proof on: as long as that goes, a certificate lives for ever.
        left.sessions = {second.session ? second.session : first.session, first.session};
    }
    co_return of;
}

awaitable<void> offer_expired(Context& ctx, const LeftSessions& left, ExpiryTrials& of) {
    const Operation& operation = ctx.profile().control_operation();
    bool served = false;
    for (const SessionPtr& session : left.sessions) {
        Tries tries;
        while (co_await asks_on(ctx, tries)) {
            TlsOptions resuming = left.options;
            resuming.resume = session;
            const Visit made = co_await noted_visit(ctx, std::move(resuming), "a session of the expired certificate");
            tries.add(answer_of(made.outcome, operation, of.valid));
            of.expired.push_back({made.resumed, made.outcome});
        }
        served = served || tries.served();
    }
    if (served) {
        const auto in_full = [&] { return noted_visit(ctx, left.options, "with the expired certificate in full"); };
        const Visit full = co_await until_answered(in_full, was_cut);
        of.full = full.outcome;
    }
    if (of.full && of.full->served(operation)) {
        TlsOptions yesterday = left.options;
        yesterday.identity = forge::issued(*ctx.profile().issuer, *ctx.identity("enrolled"), expired(ctx));
        const auto with_old = [&] { return noted_visit(ctx, yesterday, "with a certificate of yesterday"); };
        const Visit long_expired = co_await until_answered(with_old, was_cut);
        of.long_expired = long_expired.outcome;
    }
}

/// RFC 5280 4.1.2.5; RFC 8446 4.6.1: a ticket lives for hours or days, and the certificate that it stands for may not.
awaitable<Verdict> expired_session_not_served(Context& ctx) {
    // A crowded run may have to wait for its turn longer than the certificate lives: then with one that lives longer.
    constexpr std::array lifetimes{std::chrono::seconds(3), std::chrono::seconds(8), std::chrono::seconds(20)};
    constexpr auto margin = std::chrono::milliseconds(1500);  // dates have whole seconds, and clocks differ a little
    constexpr auto most_between_clocks = std::chrono::seconds(60);  // longer is not waited for
    std::vector<ExpiryTrials> versions;
    std::vector<LeftSessions> left;
    ShortLived used;
    TimeSpan now = co_await ctx.times();
    const ClockReading reading = co_await ctx.clock();
    if (reading.state == ClockReading::State::peer_off) {
        now.earliest = now.latest = now.likeliest;  // two hosts against one
    }
    const auto between = std::chrono::ceil<std::chrono::seconds>(now.width());
    const auto ahead = std::chrono::ceil<std::chrono::seconds>(now.latest - std::chrono::system_clock::now());
    if (between > most_between_clocks) {
        co_return Verdict::inconclusive(
            "a certificate that is good for seconds by two clocks cannot be made where they are more than a minute "
            "apart");
    }
    for (const std::chrono::seconds lifetime : lifetimes) {
        used = short_lived(ctx, lifetime, std::max(ahead, std::chrono::seconds(0)), between);
        if (!used.identity) {
            co_return cannot_be_made();
        }
        versions.clear();
        left.clear();
        for (const TlsVersion version : served_versions) {
            LeftSessions one;
            one.options = ctx.tls_options();
            one.options.identity = used.identity;
            one.options.min_version = version;
            one.options.max_version = version;
            ExpiryTrials of = co_await use_while_valid(ctx, one);
            versions.push_back(std::move(of));
            left.push_back(std::move(one));
        }
        if (Clock::now() + std::chrono::seconds(1) < used.good_until) {
            break;
        }
    }
    const auto left_some = [](const LeftSessions& one) { return !one.sessions.empty(); };
    if (std::ranges::any_of(left, left_some)) {
        co_await ctx.wait_quietly(used.expired_from + margin);
        for (std::size_t i = 0; i < left.size(); ++i) {
            co_await offer_expired(ctx, left[i], versions[i]);
        }
    }
    Verdict verdict = judge_expiry(versions, ctx.profile().control_operation());
    if (verdict.outcome() == Outcome::inconclusive) {
        const std::string blind = co_await issuer_not_served(ctx);
        if (!blind.empty()) {
            co_return Verdict::not_tried("{}", blind);
        }
    }
    co_return verdict;
}

}  // namespace

awaitable<std::string> issuer_not_served(Context& ctx) {
    const IdentityPtr enrolled = ctx.identity("enrolled");
    Spec spec;
    spec.role = "issued-flawless";
    IdentityPtr flawless = forge::issued(*ctx.profile().issuer, *enrolled, spec);
    if (!flawless) {
        co_return "the issuer's certificates cannot be made: the key type is not known";
    }
    const Operation& operation = ctx.profile().control_operation();
    const HttpOutcome outcome = co_await send_as(ctx, operation, std::move(flawless));
    if (outcome.served(operation)) {
        co_return std::string();
    }
    co_return fmt::format(
        "a flawless certificate of the profile's issuer is not served either ({}), so the refusal of a flawed one "
        "proves nothing",
        outcome.summary());
}

std::vector<Check> mtls_enrolled_checks() {
    using enum Intrusiveness;
    CheckFamily family = enrolled_family();
    family.sends = {};  // the control alone, which stands around each of them
    return checks(
        family,
        {{.id = "mtls.unenrolled-cn-refused",
          .title = "A good certificate that is not enrolled must be refused",
          .run = role_refused(0, unenrolled, "with a good certificate whose CN is not enrolled",
                              "serve only the common names that are enrolled, whoever issued them"),
          .needs = {unenrolled_identity()}},
         {.id = "mtls.self-signed-refused",
          .title = "A self-signed certificate of our subject must be refused",
          .run = forgery_refused(1, forge::self_signed_twin, "with a self-signed certificate of the enrolled subject",
                                 "verify the chain of client certificates up to an approved CA; the subject alone "
                                 "proves nothing"),
          .intrusiveness = active},
         {.id = "mtls.other-ca-same-subject-refused",
          .title = "Our subject from another CA must be refused",
          .run = forgery_refused(2, forge::look_alike_ca_twin,
                                 "with the enrolled subject from a CA that only bears the issuer's name",
                                 "trust CA certificates by their key, not by their name, and none that the client "
                                 "brings along"),
          .intrusiveness = active},
         {.id = "mtls.expired-refused",
          .title = "An expired certificate must be refused",
          .run = role_refused(3, expired, "with an expired certificate",
                              "check the validity period of client certificates (RFC 5280 6.1.3)"),
          .needs = {expired_identity()}},
         {.id = "mtls.expired-session-not-served",
          .title = "A session must open no service once the certificate that it was made with has expired",
          .run = expired_session_not_served,
          .intrusiveness = active,
          .needs = {issuer()}},
         {.id = "mtls.not-yet-valid-refused",
          .title = "A certificate that is not valid yet must be refused",
          .run = role_refused(4, not_yet_valid, "with a certificate that is not valid yet",
                              "check the validity period of client certificates (RFC 5280 6.1.3)"),
          .needs = {not_yet_valid_identity()}},
         {.id = "mtls.revoked-refused",
          .title = "A revoked certificate must be refused",
          .run =
              [](Context& ctx) {
                  return identity_refused(ctx, ctx.identity("revoked"), "with a revoked certificate",
                                          "check client certificates against the CA's revocation list or by OCSP, and "
                                          "load the newest list",
                                          10);
              },
          .needs = {revoked_identity()}},
         {.id = "mtls.wrong-eku-refused",
          .title = "A certificate that is not for TLS clients must be refused",
          .run = role_refused(5, wrong_eku, "with a certificate for TLS servers alone",
                              "check the extended key usage of client certificates (RFC 5280 4.2.1.12)"),
          .needs = {wrong_eku_identity()}},
         {.id = "mtls.tampered-chain-refused",
          .title = "A certificate with a changed signature must be refused",
          .run = forgery_refused(6, forge::tampered, "with the enrolled certificate, one bit of its signature changed",
                                 "verify the signature of every certificate of the chain (RFC 5280 6.1.3)"),
          .intrusiveness = active},
         {.id = "mtls.intermediate-as-leaf-refused",
          .title = "Neither a leaf's leaf nor a CA may be taken for a client",
          .run = intermediate_as_leaf_refused,
          .intrusiveness = active},
         // RFC 5246 7.4.8, RFC 8446 4.4.3: a certificate is public; only CertificateVerify proves whose it is.
         {.id = "mtls.proof-of-possession",
          .title = "Our certificate without our key must be refused",
          .run = forgery_refused(7, forge::stolen_certificate, "with the enrolled certificate and another key",
                                 "verify the CertificateVerify message: without it anybody who has seen the "
                                 "certificate is its owner"),
          .intrusiveness = active}});
}

}  // namespace gateproof::suites
