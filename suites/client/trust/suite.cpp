#include "suites/client/trust/suite.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "suites/client/judge.hpp"
#include "suites/client/trust/checks.hpp"

namespace gateproof::suites {

namespace {

using Spec = stage::ServerSpec;

constexpr std::string_view verify_chain =
    "verify the server's certificate on every connection: chain, dates, purpose and name (curl: -k off; requests: verify=True; Node: rejectUnauthorized; Java: no TrustManager of your own; Go: InsecureSkipVerify false)";
constexpr std::string_view verify_name =
    "compare the name in the server's certificate with the host that was asked for (requests: verify=True; Node: no checkServerIdentity of your own; Java: no HostnameVerifier of your own; Go: InsecureSkipVerify false)";

constexpr std::string_view verify_every =
    "verify the server's certificate on every connection, also when one is made again (requests: a Session keeps verify=False for a host, see CVE-2024-35195)";

constexpr std::string_view verify_authority =
    "verify the certificate of the OAuth authority as that of the gateway: the token endpoint gets the code, the client's secret and the refresh token";

using boost::asio::awaitable;
using Seen = std::function<bool(const Attempt&)>;

/// Connections that it refused; -1 while one that came so far is still open: it may yet be used.
int refusals(const Attempt& seen) {
    int refused = 0;
    for (const stage::Visit& visit : seen.visits) {
        if (visit.hello && !visit.ended) {
            return -1;
        }
        refused += visit.refused() ? 1 : 0;
    }
    return refused;
}

Verdict judge_never_served(const Attempt& attempt) {
    if (std::optional<Verdict> doubt = told_otherwise(attempt)) {
        return std::move(*doubt);
    }
    return Verdict::inconclusive("going on, the client is not served by the conforming gateway: {}", attempt.summary())
        .remedy("see that client.trigger.command.stay calls {url} at least once a second, until it is ended");
}

/// The twin with a certificate of this kind.
SceneChange shown_certificate(Spec spec) {
    return [spec = std::move(spec)](stage::Scene& scene, const ClientContext& ctx) { scene.shown = ctx.server(spec); };
}

/// RFC 9525 6: names below the profile's host keep within the name constraints of the test root.
SceneChange another_name(bool host_as_common_name) {
    return [host_as_common_name](stage::Scene& scene, const ClientContext& ctx) {
        Spec spec;
        spec.names = {"other." + ctx.client().host};
        if (host_as_common_name) {
            spec.common_name = ctx.client().host;
        }
        scene.shown = ctx.server(spec);
    };
}

void foreign_key(stage::Scene& scene, const ClientContext&) {
    scene.handshake.kind = stage::HandshakeAct::Kind::foreign_signature;
}

constexpr std::string_view build_paths =
    "use a library that builds the path to a root itself, of whatever the server sends (OpenSSL 1.1.0 and later, GnuTLS 3.6.14 and later)";

/// RFC 8446 4.4.2, for servers of any version.
std::vector<ShownCase> more_than_needed() {
    return {{"stranger", "A certificate behind the path that has nothing to do with it", Twin::conforming,
             shown_certificate({.sent = Spec::Sent::with_a_stranger})},
            {"order", "The root before the intermediate", Twin::conforming,
             shown_certificate({.sent = Spec::Sent::out_of_order})}};
}

/// RFC 5246 7.4.3, RFC 8446 4.4.3.
std::vector<ShownCase> without_key() {
    return {
        {"tls-1.2", "TLS 1.2: ServerKeyExchange signed with another key than the certificate's", Twin::tls_1_2,
         &foreign_key},
        {"tls-1.3", "TLS 1.3: CertificateVerify by another key than the certificate's", Twin::tls_1_3, &foreign_key}};
}

/// The name is what is wrong, since that is what a pool or a kept session most easily overlooks.
awaitable<Verdict> every_connection(ClientContext& ctx) {
    const std::unique_ptr<Stay> stay = co_await ctx.stay(ctx.twin());
    const Seen served = [](const Attempt& seen) { return seen.answered_well(); };
    const Attempt first = co_await stay->until(served, ctx.client().start);
    if (!served(first)) {
        const Attempt whole = co_await stay->end();
        co_return judge_never_served(whole);
    }
    stage::Scene scene = ctx.twin();
    another_name(false)(scene, ctx);
    stay->change(std::move(scene));
    const Seen judged = [most = ctx.profile().limits.repeat](const Attempt& seen) {
        // One more than is asked for: what follows a refusal, without TLS for instance, has come by the next one.
        return seen.accepted() || seen.in_clear() != nullptr || refusals(seen) > most;
    };
    Attempt seen = co_await stay->until(judged, ctx.client().start);
    const Attempt whole = co_await stay->end();
    if (whole.claim.kind == Claim::Kind::crashed) {
        seen.claim = whole.claim;
    }
    co_return judge_client_refused(
        seen, {"a certificate for another host on a later connection of the same process", verify_every});
}

/// RFC 9110 4.3.4: another code path, and often another library's settings.
std::vector<ShownCase> at_the_authority() {
    return {{"wrong-host", "A certificate for another host", Twin::conforming, another_name(false)},
            {"unknown-authority", "A certificate of an unknown authority", Twin::conforming,
             shown_certificate({.issuer = Spec::Issuer::nobody})}};
}

/// A token came back; what the software makes of it at the gateway is another question.
bool logged_in(const Attempt& attempt) {
    return std::ranges::any_of(attempt.authority, [](const stage::Visit& visit) {
        return std::ranges::any_of(visit.requests, [](const stage::RequestSeen& request) {
            return request.method == "POST" && request.status == 200;
        });
    });
}

std::string at_authority(const Attempt& attempt) {
    Attempt there = attempt;
    there.visits = attempt.authority;
    return there.summary();
}

Verdict judge_no_login(const Attempt& attempt) {
    if (std::optional<Verdict> doubt = told_otherwise(attempt)) {
        return std::move(*doubt);
    }
    return Verdict::inconclusive("the client does not log in at the conforming authority: {}", at_authority(attempt))
        .remedy(
            "see that client.trigger.command.login uses GATEPROOF_AUTHORITY, {client_id} and $BROWSER, and a "
            "redirect URI on loopback");
}

/// Each between two logins that succeed.
awaitable<Verdict> authority_host(ClientContext& ctx) {
    const Attempt before = co_await ctx.log_in(ctx.authority_twin());
    if (!logged_in(before)) {
        co_return judge_no_login(before);
    }
    std::optional<Verdict> verdict;
    for (int i = 0; i < ctx.profile().limits.repeat && (!verdict || verdict->outcome() == Outcome::pass); ++i) {
        stage::Scene scene = ctx.authority_twin();
        change_of(at_the_authority(), ctx)(scene, ctx);
        Attempt attempt = co_await ctx.log_in(std::move(scene));
        attempt.visits = attempt.authority;  // whether it calls the gateway afterwards is another question
        verdict =
            judge_client_refused(attempt, {"a certificate that the OAuth authority must not have", verify_authority});
    }
    if (verdict->outcome() == Outcome::pass) {
        const Attempt after = co_await ctx.log_in(ctx.authority_twin());
        if (!logged_in(after)) {
            co_return judge_no_login(after);
        }
    }
    co_return std::move(*verdict);
}

std::vector<CheckRow> certificate_rows() {
    return {
        {.id = "client-trust.wrong-host-refused",
         .title = "A certificate for another host is refused",
         .run = refuses({"a certificate for another host", verify_name}, another_name(false))},
        {.id = "client-trust.common-name-alone-refused",
         .title = "A certificate whose common name alone is the host is refused",
         .run = refuses({"a certificate with the host in its common name alone", verify_name}, another_name(true))},
        {.id = "client-trust.expired-refused",
         .title = "An expired certificate is refused",
         .run = refuses({"an expired certificate", verify_chain},
                        shown_certificate({.valid_from_hours = -90 * 24, .valid_to_hours = -24}))},
        {.id = "client-trust.not-yet-valid-refused",
         .title = "A certificate that is not valid yet is refused",
         .run = refuses({"a certificate that is not valid yet", verify_chain},
                        shown_certificate({.valid_from_hours = 24}))},
        {.id = "client-trust.self-signed-refused",
         .title = "A self-signed certificate is refused",
         .run =
             refuses({"a self-signed certificate", verify_chain}, shown_certificate({.issuer = Spec::Issuer::itself}))},
        {.id = "client-trust.unknown-authority-refused",
         .title = "A certificate of an unknown authority is refused",
         .run = refuses({"a certificate of an unknown authority", verify_chain},
                        shown_certificate({.issuer = Spec::Issuer::nobody}))},
        {.id = "client-trust.look-alike-authority-refused",
         .title = "A certificate of an authority that only looks like the trusted one is refused",
         .run = refuses({"a certificate of an authority of the trusted one's name, with another key", verify_chain},
                        shown_certificate({.issuer = Spec::Issuer::look_alike}))},
        {.id = "client-trust.leaf-as-authority-refused",
         .title = "A certificate that another server's certificate issued is refused",
         .run = refuses(
             {"a certificate issued by a server's certificate, which is no authority (RFC 5280 4.2.1.9)", verify_chain},
             shown_certificate({.issuer = Spec::Issuer::leaf}))},
        {.id = "client-trust.wrong-purpose-refused",
         .title = "A certificate for clients alone is refused",
         .run = refuses({"a certificate for clients alone (RFC 5280 4.2.1.12)", verify_chain},
                        shown_certificate({.extended_key_usage = "clientAuth"}))},
        {.id = "client-trust.tampered-refused",
         .title = "A certificate whose signature is wrong is refused",
         .run = refuses({"a certificate with one bit of its signature changed", verify_chain},
                        shown_certificate({.tampered = true}))},
        {.id = "client-trust.unknown-critical-extension-refused",
         .title = "A certificate with a critical extension that nobody knows is refused",
         .run = refuses({"a certificate with an unknown critical extension (RFC 5280 4.2)", verify_chain},
                        shown_certificate({.unknown_critical = true}))},
        {.id = "client-trust.missing-intermediate-refused",
         .title = "A certificate without its intermediate is refused",
         .run = refuses({"a certificate without its intermediate", verify_chain},
                        shown_certificate({.sent = Spec::Sent::nothing}))},
        {.id = "client-trust.expired-intermediate-refused",
         .title = "A certificate of an expired authority is refused",
         .run = refuses({"a certificate of an authority that has expired", verify_chain},
                        shown_certificate({.issuer = Spec::Issuer::expired}))},
        {.id = "client-trust.authority-without-certsign-refused",
         .title = "A certificate of an authority that may not sign certificates is refused",
         .run = refuses({"a certificate of an authority without keyCertSign (RFC 5280 4.2.1.3)", verify_chain},
                        shown_certificate({.issuer = Spec::Issuer::without_certsign}))},
        {.id = "client-trust.path-length-refused",
         .title = "A certificate of an authority beyond the path length is refused",
         .run = refuses({"a certificate of an authority beyond the path length (RFC 5280 4.2.1.9)", verify_chain},
                        shown_certificate({.issuer = Spec::Issuer::too_deep}))},
        {.id = "client-trust.name-constraint-refused",
         .title = "A certificate for a host that its authority may not name is refused",
         .run = refuses(
             {"a certificate for a host outside its authority's name constraints (RFC 5280 4.2.1.10)", verify_chain},
             shown_certificate({.issuer = Spec::Issuer::constrained}))}};
}

std::vector<CheckRow> possession_rows() {
    return {
        {.id = "client-trust.proof-of-possession",
         .title = "A server without the key of its certificate is refused",
         .run = refuses_each({"a signature by another key than the certificate's", verify_chain}, without_key()),
         .cases = cases_of(without_key())},
        {.id = "client-trust.every-connection",
         .title = "The certificate of each connection is verified, not that of the first alone",
         .run = ClientCheck{&every_connection},
         .needs = {able_to(ClientAct::stay)}},
        {.id = "client-trust.authority-host",
         .title = "The certificate of the OAuth authority is verified as well",
         .run = ClientCheck{&authority_host},
         .needs = {able_to(ClientAct::login)},
         .cases = cases_of(at_the_authority())},
        {.id = "client-trust.weak-key-refused",
         .title = "A certificate of an RSA key of 1024 bits is refused",
         .run = should_refuse(
             {"a certificate of an RSA key of 1024 bits",
              "demand keys of 2048 bits or more (OpenSSL: security level 2; Java: jdk.certpath.disabledAlgorithms)"},
             shown_certificate({.key = stage::KeyKind::rsa_1024}), Twin::rsa)},
        {.id = "client-trust.sha1-refused",
         .title = "A certificate that is signed over SHA-1 is refused",
         .run = should_refuse(
             {"a certificate that is signed over SHA-1 (RFC 8446 4.4.2.4)",
              "take no certificate over SHA-1 (OpenSSL: security level 1 or above; Java: jdk.certpath.disabledAlgorithms)"},
             shown_certificate({.sha1 = true}))}};
}

std::vector<CheckRow> name_rows() {
    return {{.id = "client-trust.wildcard-refused",
             .title = "An asterisk that does not stand for the host's first label matches nothing",
             .run = wildcard_refused(),
             .cases = wildcard_cases()},
            {.id = "client-trust.nul-in-name-refused",
             .title = "A name that is the host's up to a NUL is another name",
             .run = nul_in_name_refused()}};
}

std::vector<CheckRow> path_rows() {
    return {{.id = "client-trust.other-path-found",
             .title = "An expired certificate beside a good path does no harm",
             .requirements = {adds("CLIENT-SERVER-CERT")},
             .run = as_advice(is_served("a gateway that sends an expired cross-certificate as well (RFC 8446 4.4.2)",
                                        build_paths, shown_certificate({.sent = Spec::Sent::expired_path})))},
            {.id = "client-trust.extra-certificates-tolerated",
             .title = "Certificates that are not needed, or come in another order, do no harm",
             .requirements = {adds("CLIENT-SERVER-CERT")},
             .run = as_advice(is_served_in_each("a gateway that sends more certificates (RFC 8446 4.4.2)", build_paths,
                                                more_than_needed())),
             .cases = cases_of(more_than_needed())}};
}

std::vector<CheckRow> revocation_rows() {
    return {{.id = "client-trust.revoked-staple-heeded",
             .title = "A stapled response that calls the certificate revoked is heeded",
             .requirements = {decides("CLIENT-REVOCATION")},
             .run = revoked_staple_heeded()},
            {.id = "client-trust.must-staple-heeded",
             .title = "A certificate that demands a stapled response is refused without one",
             .requirements = {adds("CLIENT-REVOCATION")},
             .run = must_staple_heeded()}};
}

}  // namespace

Suite client_trust_suite() {
    const CheckFamily family{.requirements = {decides("CLIENT-SERVER-CERT")},
                             .intrusiveness = Intrusiveness::active,
                             .needs = {able_to(ClientAct::read)}};
    Suite suite{"client-trust", "Whom client software believes", checks(family, certificate_rows())};
    for (const std::vector<CheckRow>& rows : {possession_rows(), name_rows(), path_rows(), revocation_rows()}) {
        std::vector<Check> more = checks(family, rows);
        std::ranges::move(more, std::back_inserter(suite.checks));
    }
    return suite;
}

}  // namespace gateproof::suites
