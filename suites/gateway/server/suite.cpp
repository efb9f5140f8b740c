#include "suites/gateway/server/suite.hpp"

#include "harness/run/context.hpp"
#include "suites/shared/certificate_words.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

constexpr std::size_t same_certificate_connections = 8;

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
awaitable<Verdict> names_the_host(Context& ctx) {
    const Seen seen = co_await look(ctx, false);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    co_return judge_hostname(seen.chain.front(), ctx.profile().endpoint.host);
}

/// RFC 5280 4.1.2.5: the leaf is valid now, and for a while yet.
awaitable<Verdict> valid_now(Context& ctx) {
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
awaitable<Verdict> strong(Context& ctx) {
    const Seen seen = co_await look(ctx, false);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    co_return judge_strength(seen.chain);
}

/// RFC 5280 4.2.1.12: the certificate is one for TLS servers.
awaitable<Verdict> fit_for_servers(Context& ctx) {
    const Seen seen = co_await look(ctx, false);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    co_return judge_usage(server_usage(seen.chain.front()));
}

/// RFC 6066 8, RFC 6960: a stapled response, when there is one, is fit for use.
awaitable<Verdict> good_staple(Context& ctx) {
    const Seen seen = co_await look(ctx, true);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    co_return judge_staple(seen.ocsp, seen.chain, ctx.profile().trust, std::chrono::system_clock::now());
}

/// Every node behind the address shows the same certificate.
awaitable<Verdict> same_every_time(Context& ctx) {
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

}  // namespace

Suite server_suite() {
    // A check that passes has itself seen the server's certificate: no control beside it.
    return {
        "server", "Server certificate",
        checks(
            {.requirements = {decides("SERVER-CERT")}, .control = Control::none},
            {{.id = "server.chain-valid",
              .title = "The certificate chain must be complete and trusted",
              .run = chain_valid,
              .needs = {server_trust()}},
             {.id = "server.hostname", .title = "The certificate must name the endpoint's host", .run = names_the_host},
             {.id = "server.validity",
              .title = "The certificate must be valid now and not about to expire",
              .run = valid_now},
             {.id = "server.key-and-signature-strength",
              .title = "Keys and signatures of the chain must be strong",
              .run = strong},
             {.id = "server.eku", .title = "The certificate must be one for TLS servers", .run = fit_for_servers},
             {.id = "server.ocsp-staple", .title = "A stapled OCSP response must be good", .run = good_staple},
             {.id = "server.same-certificate-every-time",
              .title = "Every connection must show the same certificate",
              .run = same_every_time}})};
}

}  // namespace gateproof::suites
