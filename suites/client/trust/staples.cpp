// OCSP responses that come with the handshake, and certificates that demand them.
#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "suites/client/judge.hpp"
#include "suites/client/trust/checks.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;
using Spec = stage::ServerSpec;
using StapleJudge = Verdict (*)(const Attempt&);

/// What only software that asks for the state of certificates (status_request) can be expected to refuse.
struct Demand {
    Refusable shown;
    std::string_view unasked;  ///< why it is nothing to other software
    std::string_view clause;   ///< why it is to this
};

constexpr Demand called_revoked{
    {"a certificate that a stapled OCSP response calls revoked",
     "ask for the state of the server's certificate and heed it (curl: --cert-status; OpenSSL: SSL_set_tlsext_status_type and its callback; Java: a PKIXRevocationChecker of ONLY_END_ENTITY in the parameters of the TrustManagerFactory; Go: VerifyConnection and golang.org/x/crypto/ocsp)"},
    "needs software that asks for the state of certificates (status_request, RFC 6066 8): no server can show a "
    "revocation to other software",
    "who asks for that response has to heed it (RFC 6066 8)"};
constexpr Demand unstapled{
    {"a certificate that demands a stapled OCSP response, without one",
     "refuse a certificate with the TLS feature status_request that comes without a response, as GnuTLS does"},
    "needs software that asks for the state of certificates (status_request): other software need not miss it (RFC "
    "7633 4.3.3)",
    "who asks for them has to refuse it (RFC 7633 4.3.3)"};

/// It came, and no ClientHello of it asks for the state of the server's certificate.
bool asks_for_no_state(const Attempt& attempt) {
    return attempt.reached() >= stage::Reached::hello &&
           std::ranges::none_of(attempt.visits, [](const stage::Visit& visit) {
               return visit.hello && visit.hello->has(ExtensionType::status_request);
           });
}

Verdict judge_demand(const Attempt& attempt, const Demand& demand) {
    if (asks_for_no_state(attempt)) {
        return Verdict::skipped("{}", demand.unasked);
    }
    Verdict verdict = advised(judge_client_refused(attempt, demand.shown));
    return verdict.outcome() == Outcome::warning ? std::move(verdict).adding(demand.clause) : verdict;
}

awaitable<Attempt> show_certificate(ClientContext& ctx, Spec spec) {
    stage::Scene scene = ctx.twin();
    scene.shown = ctx.server(spec);
    Attempt attempt = co_await ctx.attempt(std::move(scene));
    co_return attempt;
}

/// Whoever is not served with a good response dislikes something else about it. Whoever asks for none got none.
awaitable<Verdict> beside_a_good_response(ClientContext& ctx, Spec good, Spec bad, StapleJudge judge) {
    const Attempt before = co_await show_certificate(ctx, good);
    if (asks_for_no_state(before)) {
        co_return judge(before);
    }
    if (std::optional<Verdict> doubt = told_otherwise(before)) {
        co_return std::move(*doubt);
    }
    if (!before.served()) {
        co_return Verdict::inconclusive("it is not served with an OCSP response that calls the certificate good: {}",
                                        before.summary());
    }
    const Attempt attempt = co_await show_certificate(ctx, bad);
    co_return judge(attempt);
}

ClientCheck heeds(Spec good, Spec bad, StapleJudge judge) {
    return {[good = std::move(good), bad = std::move(bad), judge](ClientContext& ctx) {
        return beside_a_good_response(ctx, good, bad, judge);
    }};
}

}  // namespace

Verdict judge_revoked(const Attempt& attempt) {
    return judge_demand(attempt, called_revoked);
}

Verdict judge_must_staple(const Attempt& attempt) {
    return judge_demand(attempt, unstapled);
}

ClientCheck revoked_staple_heeded() {
    return heeds({.staple = Spec::Staple::good}, {.staple = Spec::Staple::revoked}, &judge_revoked);
}

ClientCheck must_staple_heeded() {
    return heeds({.must_staple = true, .staple = Spec::Staple::good}, {.must_staple = true}, &judge_must_staple);
}

}  // namespace gateproof::suites
