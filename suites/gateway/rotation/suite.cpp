// The new certificate by itself, and the server's.
#include "suites/gateway/rotation/suite.hpp"

#include "harness/run/context.hpp"
#include "suites/gateway/rotation/fitness.hpp"
#include "suites/gateway/rotation/judge.hpp"
#include "suites/gateway/rotation/needs.hpp"
#include "suites/shared/by_clock.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/certificate_words.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// Nothing is sent: what is wrong with a certificate should be known before the cut-over, not after it.
awaitable<Verdict> new_certificate_fit(Context& ctx) {
    const Profile& profile = ctx.profile();
    const std::shared_ptr<const Identity> old = ctx.identity_named(profile.rotation->old_role);
    const std::shared_ptr<const Identity> fresh = ctx.identity_named(profile.rotation->new_role);
    note_certificate(ctx, "old", 0, old->leaf);
    note_certificate(ctx, "new", 0, fresh->leaf);
    const std::vector<Certificate> known = known_issuers(profile);
    const auto examined = [&](SystemTime now) {
        return examine_new_certificate({*fresh, *old, *profile.rotation, known, now, profile.tls.expiry_warning_days});
    };
    const std::vector<Finding> findings = examined(std::chrono::system_clock::now());
    for (const Finding& finding : findings) {
        note_finding(ctx, finding);
    }
    Verdict verdict = judge_new_certificate(findings, fresh->leaf);
    if (verdict.outcome() != Outcome::fail) {
        co_return verdict;
    }
    const ClockReading reading = co_await ctx.clock();
    co_return at_both_clocks(reading,
                             [&](SystemTime now) { return judge_new_certificate(examined(now), fresh->leaf); });
}

awaitable<Verdict> server_certificate_rotated(Context& ctx) {
    const Profile& profile = ctx.profile();
    TlsOptions options = ctx.tls_options();
    Context::TlsConnection connection = co_await ctx.tls(std::move(options));
    ServerShown shown;
    shown.chain = connection.session->peer_chain();
    co_await connection.session->shutdown();
    if (shown.chain.empty()) {
        co_return Verdict::inconclusive("the server showed no certificate: {}", connection.step.summary());
    }
    for (std::size_t i = 0; i < shown.chain.size() && i < 8; ++i) {
        note_certificate(ctx, "server", i, shown.chain[i]);
    }
    const ClockReading reading = co_await ctx.clock();
    shown.host = profile.endpoint.host;
    shown.anchors = profile.trust.anchors;
    co_return at_both_clocks(reading, [&](SystemTime now) {
        shown.trusted = verify_chain(shown.chain, profile.trust, now);
        return judge_server_rotation(shown, profile.rotation->server_pins, now);
    });
}

std::vector<Check> new_certificate_checks() {
    return checks(certificate_rotation(), {{.id = "rotation.new-certificate-fit",
                                            .title = "The new client certificate must be fit for use",
                                            .run = new_certificate_fit}});
}

std::vector<Check> server_certificate_checks() {
    return checks({.requirements = {adds("ROTATION")}, .control = Control::none},
                  {{.id = "rotation.server-certificate-rotated",
                    .title = "The server's certificate must still be trusted, and meet its pins",
                    .run = server_certificate_rotated,
                    .needs = {server_trust(), declared_rotation()}}});
}

}  // namespace

CheckFamily certificate_rotation() {
    return {.requirements = {decides("ROTATION")},
            .control = Control::none,
            .channels = {Channel::cloud},
            .environments = mtls_environments(),
            .needs = {declared_rotation(), both_certificates()}};
}

LookRules cut_over_rules(const Profile& profile) {
    LookRules rules;
    rules.within = profile.rotation->cut_over_within;
    rules.since = "after the first look";
    rules.noun = "look";
    rules.in_a_row = looks_in_a_row(profile);
    return rules;
}

GatewayCheck while_cut_over(awaitable<Look> (*look)(Context&)) {
    return [look](Context& ctx) {
        return given_time(ctx, cut_over_rules(ctx.profile()), [look, &ctx] { return look(ctx); });
    };
}

DeadlineFunction with_time_to_cut_over() {
    return with_time_for([](const Profile& profile) {
        return profile.rotation ? profile.rotation->cut_over_within : std::chrono::milliseconds(0);
    });
}

Suite rotation_suite() {
    Suite suite{"rotation", "Certificate rotation", {}};
    for (const auto& part : {new_certificate_checks(), rotation_overlap_checks(), rotation_cut_over_checks(),
                             rotation_signer_checks(), server_certificate_checks()}) {
        suite.checks.insert(suite.checks.end(), part.begin(), part.end());
    }
    return suite;
}

}  // namespace gateproof::suites
