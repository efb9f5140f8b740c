#include "suites/gateway/server/suite.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "harness/run/context.hpp"
#include "suites/shared/by_clock.hpp"
#include "suites/shared/certificate_words.hpp"
#include "suites/shared/in_time.hpp"
#include "suites/shared/needs.hpp"
#include "suites/shared/refusal.hpp"
#include "suites/shared/server_chain.hpp"

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
awaitable<Seen> look(Context& ctx, TlsOptions options) {
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

awaitable<Seen> look(Context& ctx) {
    const auto once = [&ctx] { return look(ctx, ctx.tls_options()); };
    const auto cut = [](const Seen& seen) { return seen.chain.empty() && seen.step.was_cut(); };
    return until_answered(once, cut);
}

/// What came of looking until the answers decide; a certificate decides at once.
struct TriedLook {
    Seen seen;  ///< the last one
    Tries tries;
};
awaitable<TriedLook> try_look(Context& ctx, TlsOptions options) {
    TriedLook tried;
    while (co_await asks_on(ctx, tried.tries)) {
        tried.seen = co_await look(ctx, options);
        Answer answer = answer_of(tried.seen.step);
        if (!tried.seen.chain.empty()) {
            answer.kind = Answer::Kind::served;
        }
        tried.tries.add(answer);
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

/// Everything that the checks of this suite say of a certificate, but for its staple.
Verdict judge_whole(const Profile& profile, const std::vector<Certificate>& chain, SystemTime now) {
    const ChainVerdict path = verify_chain(chain, profile.trust, now);
    std::vector<Verdict> verdicts;
    if (server_trust().lack(profile).empty()) {
        verdicts.push_back(judge_chain(path, chain, profile.trust.anchors));
    }
    verdicts.push_back(judge_hostname(chain.front(), profile.endpoint.host));
    if (const std::optional<Validity> period = validity_of(chain.front())) {
        verdicts.push_back(judge_validity(*period, now, profile.tls.expiry_warning_days));
    }
    verdicts.push_back(judge_strength(chain, path.path));
    verdicts.push_back(judge_usage(server_usage(chain.front())));
    return worst_of(verdicts);
}

Verdict judge_whole(const Profile& profile, const std::vector<Certificate>& chain, const ClockReading& reading) {
    return at_both_clocks(reading, [&](SystemTime now) { return judge_whole(profile, chain, now); });
}

Verdict nothing_seen(const Seen& seen) {
    return Verdict::inconclusive("the server showed no certificate: {}", seen.step.summary());
}

/// RFC 5280 6: the chain, as sent, leads to a trusted root.
awaitable<Verdict> chain_valid(Context& ctx) {
    const Seen seen = co_await look(ctx);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    const ClockReading reading = co_await ctx.clock();
    const Trust& trust = ctx.profile().trust;
    co_return at_both_clocks(reading, [&](SystemTime now) {
        return judge_chain(verify_chain(seen.chain, trust, now), seen.chain, trust.anchors);
    });
}

/// RFC 9525: the certificate names the host that the profile connects to.
awaitable<Verdict> names_the_host(Context& ctx) {
    const Seen seen = co_await look(ctx);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    co_return judge_hostname(seen.chain.front(), ctx.profile().endpoint.host);
}

/// RFC 5280 4.1.2.5: the leaf is valid now, and for a while yet.
awaitable<Verdict> valid_now(Context& ctx) {
    const Seen seen = co_await look(ctx);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    const std::optional<Validity> period = validity_of(seen.chain.front());
    if (!period) {
        co_return Verdict::fail("the certificate's dates cannot be read");
    }
    const ClockReading reading = co_await ctx.clock();
    co_return at_both_clocks(
        reading, [&](SystemTime now) { return judge_validity(*period, now, ctx.profile().tls.expiry_warning_days); });
}

/// CA/Browser Forum baseline 6.1.5 and 7.1.3: no weak key or signature below the root.
awaitable<Verdict> strong(Context& ctx) {
    const Seen seen = co_await look(ctx);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    // What else was sent beside the path that clients build is nobody's ground for trust.
    const ChainVerdict path = verify_chain(seen.chain, ctx.profile().trust, std::chrono::system_clock::now());
    co_return judge_strength(seen.chain, path.path);
}

/// RFC 5280 4.2.1.12: the certificate is one for TLS servers.
awaitable<Verdict> fit_for_servers(Context& ctx) {
    const Seen seen = co_await look(ctx);
    if (seen.chain.empty()) {
        co_return nothing_seen(seen);
    }
    co_return judge_usage(server_usage(seen.chain.front()));
}

/// One look for a staple. Only that there is none may change in a moment: what was stapled is judged as it is.
awaitable<Look> look_for_staple(Context& ctx) {
    TlsOptions options = ctx.tls_options();
    options.request_ocsp = true;
    const TriedLook asked = co_await try_look(ctx, options);
    const Seen& seen = asked.seen;
    if (seen.chain.empty() && asked.tries.is_refusal()) {
        options.request_ocsp = false;
        const TriedLook plain = co_await try_look(ctx, options);
        co_return Look{judge_refused_staple(asked.tries, plain.tries), false};
    }
    if (seen.chain.empty()) {
        co_return Look{nothing_seen(seen), false};
    }
    const ClockReading reading = co_await ctx.clock();
    co_return Look{
        at_both_clocks(reading,
                       [&](SystemTime now) { return judge_staple(seen.ocsp, seen.chain, ctx.profile().trust, now); }),
        seen.ocsp.empty()};
}

/// RFC 6066 8, RFC 6960: a stapled response, when there is one, is fit for use. A server that cannot staple passes over
/// the question. nginx fetches the response after the first handshake that asks for it, and each of its workers one of
/// its own, so that it is looked for over several connections until it is there.
awaitable<Verdict> good_staple(Context& ctx) {
    LookRules rules;
    rules.within = ctx.profile().tls.staple_within;
    rules.since = "after the first handshake";
    rules.noun = "handshake";
    rules.late = Outcome::pass;
    rules.in_a_row = looks_in_a_row(ctx.profile());
    rules.from_the_first = true;
    return given_time(ctx, rules, [&ctx] { return look_for_staple(ctx); });
}

/// RFC 9325 3.9: every node behind the address proves itself as well as the others.
awaitable<Verdict> same_every_time(Context& ctx) {
    std::vector<SeenLeaf> leaves;
    ClockReading reading;
    for (std::size_t i = 0; i < same_certificate_connections; ++i) {
        const Seen seen = co_await look(ctx);
        if (!seen.chain.empty()) {
            reading = co_await ctx.clock();
            leaves.push_back(
                {seen.chain.front().sha256_fingerprint(), judge_whole(ctx.profile(), seen.chain, reading)});
        } else if (leaves.empty()) {
            co_return nothing_seen(seen);
        }
    }
    co_return judge_same_certificate(leaves, same_certificate_connections);
}

/// What a client may offer that decides which of several certificates it is shown: suites up to TLS 1.2, signature
/// algorithms since.
struct KeyOffer {
    std::string_view what;
    TlsVersion version;
    std::string cipher_list;
    std::string signature_algorithms;
};
/// RSA with PKCS #1 is for certificates alone under TLS 1.3 (RFC 8446 4.2.3): an authority may sign other keys with it.
std::vector<KeyOffer> key_offers() {
    return {{"RSA alone under TLS 1.2", TlsVersion::tls_1_2, "aRSA", {}},
            {"ECDSA alone under TLS 1.2", TlsVersion::tls_1_2, "aECDSA", {}},
            {"RSA alone under TLS 1.3",
             TlsVersion::tls_1_3,
             {},
             "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:rsa_pss_pss_sha256:rsa_pss_pss_sha384:"
             "rsa_pss_pss_sha512:RSA+SHA256:RSA+SHA384:RSA+SHA512"},
            {"ECDSA alone under TLS 1.3",
             TlsVersion::tls_1_3,
             {},
             "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:ed448:RSA+SHA256:RSA+SHA384:RSA+SHA512"}};
}

/// RFC 9325 3.9: a listener may have a certificate for each kind of key, and others where no name is asked for.
awaitable<Verdict> other_certificates(Context& ctx) {
    const Seen usual = co_await look(ctx);
    if (usual.chain.empty()) {
        co_return nothing_seen(usual);
    }
    const ClockReading reading = co_await ctx.clock();
    std::set<std::string> known{usual.chain.front().sha256_fingerprint()};
    std::vector<OtherLeaf> others;
    std::optional<Verdict> open;
    // All that ask by name come first: what is shown to one of them counts as theirs.
    std::vector<KeyOffer> all = key_offers();
    const std::vector<KeyOffer> unnamed = all;
    all.insert(all.end(), unnamed.begin(), unnamed.end());
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool named = i < unnamed.size();
        TlsOptions options = ctx.tls_options();
        options.min_version = options.max_version = all[i].version;
        options.cipher_list = all[i].cipher_list;
        options.signature_algorithms = all[i].signature_algorithms;
        options.server_name = named ? options.server_name : std::string();
        const TriedLook tried = co_await try_look(ctx, std::move(options));
        const std::string what = std::string(all[i].what) + (named ? "" : ", and no name");
        const std::vector<Certificate>& chain = tried.seen.chain;
        if (chain.empty() && !tried.tries.is_refusal() && !open) {
            open = Verdict::inconclusive("of what is shown to clients that offer {}: {}", what, tried.tries.summary());
        }
        if (!chain.empty() && known.insert(chain.front().sha256_fingerprint()).second) {
            others.push_back({what, named, matches_host(chain.front(), ctx.profile().endpoint.host),
                              judge_whole(ctx.profile(), chain, reading)});
            if (others.back().verdict.outcome() == Outcome::inconclusive && !open) {
                open = Verdict::inconclusive("clients that offer {} are shown another certificate: {}", what,
                                             others.back().verdict.sentence());
            }
        }
    }
    Verdict verdict = judge_other_certificates(others, all.size());
    if (open && verdict.outcome() == Outcome::pass) {
        co_return *open;
    }
    co_return verdict;
}

/// RFC 9110 6.6.1: who has a clock says when an answer was made.
awaitable<Verdict> tells_the_time(Context& ctx) {
    const Operation& operation = ctx.profile().control_operation();
    const auto once = [&] {
        HttpRequest request = ctx.request_of(operation);
        request.identity = ctx.serving_identity();
        return ctx.http(std::move(request));
    };
    const HttpOutcome outcome = co_await until_answered(once, ended_by_cut);
    if (!outcome.response) {
        co_return Verdict::inconclusive("nothing was answered: {}", outcome.summary());
    }
    const ClockReading reading = co_await ctx.clock();
    co_return judge_date(outcome.response->header("date") != nullptr, reading, ctx.profile().endpoint.authority());
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
             {.id = "server.ocsp-staple",
              .title = "A stapled OCSP response must be good",
              .run = good_staple,
              .deadline = with_time_for([](const Profile& profile) { return profile.tls.staple_within; })},
             {.id = "server.same-certificate-every-time",
              .title = "Every connection must show the same certificate",
              .run = same_every_time},
             {.id = "server.other-certificates",
              .title = "Certificates for other keys and without a server name must be as good",
              .run = other_certificates},
             {.id = "server.date",
              .title = "The Date header must tell the time",
              .requirements = {decides("SERVER-DATE")},
              .run = tells_the_time}})};
}

}  // namespace gateproof::suites
