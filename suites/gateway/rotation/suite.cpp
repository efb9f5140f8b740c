// The new certificate by itself, and the server's.
#include "suites/gateway/rotation/suite.hpp"

#include "harness/run/context.hpp"
#include "suites/shared/certificate_words.hpp"
#include "suites/gateway/mtls/suite.hpp"
#include "suites/gateway/rotation/fitness.hpp"
#include "suites/gateway/rotation/judge.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// Nothing is sent: what is wrong with a certificate should be known before the cut-over, not after it.
awaitable<Verdict> new_certificate_fit(Context& ctx) {
    const Profile& profile = ctx.profile();
    const std::shared_ptr<const Identity> old = ctx.identity(profile.rotation->old_role);
    const std::shared_ptr<const Identity> fresh = ctx.identity(profile.rotation->new_role);
    note_certificate(ctx, "old", 0, old->leaf);
    note_certificate(ctx, "new", 0, fresh->leaf);
    std::vector<Certificate> known = profile.trust.anchors;
    if (profile.issuer) {
        known.push_back(profile.issuer->certificate);
    }
    const std::vector<Finding> findings = examine_new_certificate(
        {*fresh, *old, *profile.rotation, known, std::chrono::system_clock::now(), profile.tls.expiry_warning_days});
    for (const Finding& finding : findings) {
        ctx.evidence()
            .add("certificate_property")
            .with("property", finding.about)
            .with("outcome", to_string(finding.outcome))
            .with("text", finding.text);
    }
    co_return judge_fitness(findings, fresh->leaf);
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
    const SystemTime now = std::chrono::system_clock::now();
    shown.trusted = verify_chain(shown.chain, profile.trust, now);
    shown.host = profile.endpoint.host;
    shown.anchors = profile.trust.anchors;
    co_return judge_server_rotation(shown, profile.rotation->server_pins, now);
}

std::string no_rotation_at_all(const Profile& profile) {
    return profile.rotation ? "" : "needs a rotation; give rotation in the profile, or use gateproof rotate-check";
}

}  // namespace

std::string no_rotation(const Profile& profile) {
    if (!profile.rotation) {
        return no_rotation_at_all(profile);
    }
    if (profile.rotation->old_role.empty()) {
        return "needs a rotation of the client certificate; give rotation.old and rotation.new in the profile";
    }
    for (const std::string& role : {profile.rotation->old_role, profile.rotation->new_role}) {
        if (profile.identity(role) == nullptr) {
            return "needs both certificates of the rotation; give identities." + role + " in the profile";
        }
    }
    return "";
}

Suite rotation_suite() {
    Check fit;
    fit.id = "rotation.new-certificate-fit";
    fit.title = "The new client certificate is fit for use";
    fit.requirements = {"ROTATION"};
    fit.run = &new_certificate_fit;
    fit.control = Control::none;
    fit.channels = {Channel::cloud};
    fit.environments = mtls_environments();
    fit.unmet = &no_rotation;
    Check server;
    server.id = "rotation.server-certificate-rotated";
    server.title = "The server's certificate is still trusted, and meets its pins";
    server.requirements = {"ROTATION"};
    server.run = &server_certificate_rotated;
    server.control = Control::none;
    server.needs = {Need::server_trust};
    server.unmet = &no_rotation_at_all;
    Suite suite{"rotation", "Certificate rotation", {fit}};
    for (const auto& part : {rotation_overlap_checks(), rotation_cut_over_checks(), rotation_signer_checks()}) {
        suite.checks.insert(suite.checks.end(), part.begin(), part.end());
    }
    suite.checks.push_back(server);
    return suite;
}

}  // namespace gateproof::suites
