#include "suites/gateway/server/suite.hpp"

#include "harness/run/context.hpp"
#include "suites/shared/certificate_words.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

constexpr std::size_t same_certificate_connections = 8;
const std::vector<std::string_view> server_cert{"SERVER-CERT"};

struct Seen {
    TlsStep step;
    std::vector<Certificate> chain;
    std::string ocsp;
};

/// Connects once and keeps what the server showed. A handshake that fails later (our certificate is refused) has
/// still shown the server's.
awaitable<Seen> look(Context& ctx, bool request_ocsp) {
    TlsOptions options = ctx.tls_options();
    options.request_ocsp = request_ocsp;
    Context::TlsConnection connection = co_await ctx.tls(std::move(options));
    Seen seen;
    seen.step = connection.step;
    seen.chain = connection.session->peer_chain();
    seen.ocsp = connection.session->ocsp_response();
    for (std::size_t i = 0; i < seen.chain.size() && i < 8; ++i) {
        note_certificate(ctx, "server", i, seen.chain[i]);
    }
    co_await connection.session->shutdown();
    co_return seen;
}

Verdict nothing_seen(const Seen& seen) {
    return Verdict::inconclusive("the server showed no certificate: {}", seen.step.summary());
}

/// RFC 5280 6: the chain, as sent, leads to a trusted root.
awaitable<Verdict> chain_valid(Context& ctx) {
    const Seen seen = co_await look(ctx, false);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    const ChainVerdict verdict = verify_chain(seen.chain, ctx.profile().trust, std::chrono::system_clock::now());
    co_return judge_chain(verdict, seen.chain.size());
}

/// RFC 9525: the certificate names the host that the profile connects to.
awaitable<Verdict> hostname(Context& ctx) {
    const Seen seen = co_await look(ctx, false);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    co_return judge_hostname(seen.chain.front(), ctx.profile().endpoint.host);
}

/// RFC 5280 4.1.2.5: the leaf is valid now, and for a while yet.
awaitable<Verdict> validity(Context& ctx) {
    const Seen seen = co_await look(ctx, false);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    const std::optional<Validity> period = validity_of(seen.chain.front());
    if (!period) {
        co_return Verdict::fail("the certificate's dates cannot be read");
    }
    co_return judge_validity(*period, std::chrono::system_clock::now(), ctx.profile().tls.expiry_warning_days);
}

/// CA/Browser Forum baseline 6.1.5 and 7.1.3: no weak key or signature below the root.
awaitable<Verdict> strength(Context& ctx) {
    const Seen seen = co_await look(ctx, false);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    co_return judge_strength(seen.chain);
}

/// RFC 5280 4.2.1.12: the certificate is one for TLS servers.
awaitable<Verdict> usage(Context& ctx) {
    const Seen seen = co_await look(ctx, false);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    co_return judge_usage(server_usage(seen.chain.front()));
}

/// RFC 6066 8, RFC 6960: a stapled response, when there is one, is fit for use.
awaitable<Verdict> ocsp_staple(Context& ctx) {
    const Seen seen = co_await look(ctx, true);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    co_return judge_staple(seen.ocsp, seen.chain, ctx.profile().trust, std::chrono::system_clock::now());
}

/// Every node behind the address shows the same certificate.
awaitable<Verdict> same_certificate(Context& ctx) {
    std::vector<std::string> fingerprints;
    for (std::size_t i = 0; i < same_certificate_connections; ++i) {
        const Seen seen = co_await look(ctx, false);
        if (!seen.chain.empty()) {
            fingerprints.push_back(seen.chain.front().sha256_fingerprint());
        } else if (fingerprints.empty()) {
            co_return nothing_seen(seen);
        }
    }
    co_return judge_same_certificate(fingerprints, same_certificate_connections);
}

/// A passing check has itself seen the server's certificate: no control beside it.
Check check(std::string_view id, std::string_view title, CheckFunction run) {
    Check made;
    made.id = id;
    made.title = title;
    made.requirements = server_cert;
    made.run = run;
    made.control = Control::none;
    return made;
}

}  // namespace

Suite server_suite() {
    Check chain = check("server.chain-valid", "The certificate chain is complete and trusted", &chain_valid);
    chain.needs = {Need::server_trust};
    return {"server",
            "Server certificate",
            {chain, check("server.hostname", "The certificate names the endpoint's host", &hostname),
             check("server.validity", "The certificate is valid now and not about to expire", &validity),
             check("server.key-and-signature-strength", "Keys and signatures of the chain are strong", &strength),
             check("server.eku", "The certificate is one for TLS servers", &usage),
             check("server.ocsp-staple", "A good OCSP response is stapled", &ocsp_staple),
             check("server.same-certificate-every-time", "Every connection shows the same certificate",
                   &same_certificate)}};
}

}  // namespace gateproof::suites
