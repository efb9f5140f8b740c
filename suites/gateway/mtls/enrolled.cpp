// CLOUD-MTLS-ENROLLED: a certificate that only resembles an enrolled one is nobody's.
#include <array>

#include <fmt/format.h>

#include "harness/probe/forge/forge.hpp"
#include "harness/run/context.hpp"
#include "suites/gateway/mtls/suite.hpp"
#include "suites/shared/callers.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using forge::IdentityPtr;
using forge::Spec;

Verdict cannot_be_made() {
    return Verdict::skipped("this certificate cannot be made from the enrolled one: its key type is not known");
}

awaitable<Verdict> identity_refused(Context& ctx, IdentityPtr identity, std::string who, std::string remedy) {
    if (!identity) {
        co_return cannot_be_made();
    }
    const Operation& operation = ctx.profile().control_operation();
    const std::vector<VersionOutcome> outcomes = co_await try_under_versions(ctx, operation, std::move(identity));
    co_return judge_refused(outcomes, operation, who, remedy);
}

/// The role's certificate from the profile, or one that its test CA issues as `spec` says.
awaitable<Verdict> role_refused(Context& ctx, Spec spec, std::string who, std::string remedy) {
    const IdentityPtr enrolled = ctx.identity("enrolled");
    IdentityPtr given = ctx.identity(spec.role);
    if (given) {
        const std::string wrong = not_what_it_says(*given, *enrolled);
        if (!wrong.empty()) {
            co_return Verdict::skipped("identities.{} does not fit its role: {}", spec.role, wrong);
        }
        co_return co_await identity_refused(ctx, std::move(given), std::move(who), std::move(remedy));
    }
    const Issuer& issuer = *ctx.profile().issuer;
    IdentityPtr made = forge::issued(issuer, *enrolled, spec);
    Verdict verdict = co_await identity_refused(ctx, std::move(made), std::move(who), std::move(remedy));
    if (verdict.outcome() == Outcome::pass) {
        const std::string blind = co_await issuer_not_served(ctx);
        if (!blind.empty()) {
            co_return Verdict::skipped("{}", blind);
        }
    }
    co_return verdict;
}

awaitable<Verdict> unenrolled_cn_refused(Context& ctx) {
    Spec spec;
    spec.role = "unenrolled";
    spec.common_name = fmt::format("{:016x}{:016x}.gateproof-unenrolled", ctx.random()(), ctx.random()());
    co_return co_await role_refused(ctx, std::move(spec), "with a good certificate whose CN is not enrolled",
                                    "serve only the common names that are enrolled, whoever issued them");
}

awaitable<Verdict> expired_refused(Context& ctx) {
    Spec spec;
    spec.role = "expired";
    spec.valid_from_days = -30;
    spec.valid_to_days = -1;
    co_return co_await role_refused(ctx, std::move(spec), "with an expired certificate",
                                    "check the validity period of client certificates (RFC 5280 6.1.3)");
}

awaitable<Verdict> not_yet_valid_refused(Context& ctx) {
    Spec spec;
    spec.role = "not_yet_valid";
    spec.valid_from_days = 2;
    co_return co_await role_refused(ctx, std::move(spec), "with a certificate that is not valid yet",
                                    "check the validity period of client certificates (RFC 5280 6.1.3)");
}

awaitable<Verdict> wrong_eku_refused(Context& ctx) {
    Spec spec;
    spec.role = "wrong_eku";
    spec.extended_key_usage = "serverAuth";
    co_return co_await role_refused(ctx, std::move(spec), "with a certificate for TLS servers alone",
                                    "check the extended key usage of client certificates (RFC 5280 4.2.1.12)");
}

awaitable<Verdict> revoked_refused(Context& ctx) {
    IdentityPtr revoked = ctx.identity("revoked");
    co_return co_await identity_refused(ctx, std::move(revoked), "with a revoked certificate",
                                        "check client certificates against the CA's revocation list or by OCSP, and "
                                        "load the newest list");
}

awaitable<Verdict> self_signed_refused(Context& ctx) {
    const IdentityPtr enrolled = ctx.identity("enrolled");
    IdentityPtr twin = forge::self_signed_twin(*enrolled);
    co_return co_await identity_refused(ctx, std::move(twin), "with a self-signed certificate of the enrolled subject",
                                        "verify the chain of client certificates up to an approved CA; the subject "
                                        "alone proves nothing");
}

awaitable<Verdict> other_ca_same_subject_refused(Context& ctx) {
    const IdentityPtr enrolled = ctx.identity("enrolled");
    IdentityPtr twin = forge::look_alike_ca_twin(*enrolled);
    co_return co_await identity_refused(ctx, std::move(twin),
                                        "with the enrolled subject from a CA that only bears the issuer's name",
                                        "trust CA certificates by their key, not by their name, and none that the "
                                        "client brings along");
}

awaitable<Verdict> tampered_chain_refused(Context& ctx) {
    const IdentityPtr enrolled = ctx.identity("enrolled");
    IdentityPtr tampered = forge::tampered(*enrolled);
    co_return co_await identity_refused(ctx, std::move(tampered),
                                        "with the enrolled certificate, one bit of its signature changed",
                                        "verify the signature of every certificate of the chain (RFC 5280 6.1.3)");
}

/// RFC 5246 7.4.8, RFC 8446 4.4.3: a certificate is public; only CertificateVerify proves whose it is.
awaitable<Verdict> proof_of_possession(Context& ctx) {
    const IdentityPtr enrolled = ctx.identity("enrolled");
    IdentityPtr stolen = forge::stolen_certificate(*enrolled);
    co_return co_await identity_refused(ctx, std::move(stolen), "with the enrolled certificate and another key",
                                        "verify the CertificateVerify message: without it anybody who has seen the "
                                        "certificate is its owner");
}

/// RFC 5280 4.2.1.9: only a CA's key signs certificates, and a CA's certificate is nobody's client certificate.
awaitable<Verdict> intermediate_as_leaf_refused(Context& ctx) {
    const IdentityPtr enrolled = ctx.identity("enrolled");
    IdentityPtr below = forge::signed_by_leaf(*enrolled);
    Verdict verdict = co_await identity_refused(ctx, std::move(below),
                                                "with a certificate that the enrolled certificate's key has signed",
                                                "check basicConstraints along the chain of client certificates");
    if (verdict.outcome() != Outcome::pass) {
        co_return verdict;
    }
    if (!ctx.profile().issuer) {
        co_return Verdict::pass(
            "{}; a CA certificate as the client's own was not tried, it needs issuer in the profile",
            verdict.sentence());
    }
    Spec spec;
    spec.role = "authority";
    spec.authority = true;
    IdentityPtr authority = forge::issued(*ctx.profile().issuer, *enrolled, spec);
    Verdict second = co_await identity_refused(ctx, std::move(authority), "with a CA certificate as the client's own",
                                               "refuse client certificates whose basicConstraints say CA");
    if (second.outcome() != Outcome::pass) {
        co_return second;
    }
    const std::string blind = co_await issuer_not_served(ctx);
    co_return Verdict::pass("{}; {}", verdict.sentence(), blind.empty() ? second.sentence() : blind);
}

struct Row {
    std::string_view id;
    std::string_view title;
    CheckFunction run;
    Intrusiveness intrusiveness;
    std::optional<Need> need;
};

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
    const std::array<Row, 10> rows{{
        {"mtls.unenrolled-cn-refused", "A good certificate that is not enrolled is refused", &unenrolled_cn_refused,
         passive, Need::unenrolled_identity},
        {"mtls.self-signed-refused", "A self-signed certificate of our subject is refused", &self_signed_refused,
         active, std::nullopt},
        {"mtls.other-ca-same-subject-refused", "Our subject from another CA is refused", &other_ca_same_subject_refused,
         active, std::nullopt},
        {"mtls.expired-refused", "An expired certificate is refused", &expired_refused, passive,
         Need::expired_identity},
        {"mtls.not-yet-valid-refused", "A certificate that is not valid yet is refused", &not_yet_valid_refused,
         passive, Need::not_yet_valid_identity},
        {"mtls.revoked-refused", "A revoked certificate is refused", &revoked_refused, passive, Need::revoked_identity},
        {"mtls.wrong-eku-refused", "A certificate that is not for TLS clients is refused", &wrong_eku_refused, passive,
         Need::wrong_eku_identity},
        {"mtls.tampered-chain-refused", "A certificate with a changed signature is refused", &tampered_chain_refused,
         active, std::nullopt},
        {"mtls.intermediate-as-leaf-refused", "Neither a leaf's leaf nor a CA is taken for a client",
         &intermediate_as_leaf_refused, active, std::nullopt},
        {"mtls.proof-of-possession", "Our certificate without our key is refused", &proof_of_possession, active,
         std::nullopt},
    }};
    std::vector<Check> checks;
    for (const Row& row : rows) {
        Check made;
        made.id = row.id;
        made.title = row.title;
        made.requirements = {"CLOUD-MTLS-ENROLLED"};
        made.run = row.run;
        made.intrusiveness = row.intrusiveness;
        made.channels = {Channel::cloud};
        made.environments = mtls_environments();
        made.needs = {Need::enrolled_identity};
        if (row.need) {
            made.needs.push_back(*row.need);
        }
        checks.push_back(made);
    }
    return checks;
}

}  // namespace gateproof::suites
