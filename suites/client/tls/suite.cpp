#include "suites/client/tls/suite.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <utility>

#include "harness/probe/tls/cipher_suites.hpp"
#include "suites/client/judge.hpp"
#include "suites/client/tls/checks.hpp"
#include "suites/client/tls/judge.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;
using Act = stage::HandshakeAct;

constexpr std::string_view no_old_version =
    "offer TLS 1.2 and 1.3 alone (OpenSSL: SSL_CTX_set_min_proto_version; Java: jdk.tls.disabledAlgorithms; Node: minVersion; .NET: SslProtocols.None)";
constexpr std::string_view what_it_offers =
    "see which versions, suites and signature schemes the software is configured to offer";

awaitable<Verdict> version_refused(ClientContext& ctx, TlsVersion version) {
    std::optional<Verdict> last;
    for (int i = 0; i < ctx.profile().limits.repeat && (!last || last->outcome() == Outcome::pass); ++i) {
        stage::Scene scene = ctx.twin();
        scene.versions = {version, version};
        const Attempt attempt = co_await ctx.attempt(std::move(scene));
        last = judge_version_refused(attempt, version, no_old_version);
    }
    co_return std::move(*last);
}

ClientCheck refuses_version(TlsVersion version) {
    return {[version](ClientContext& ctx) { return version_refused(ctx, version); }};
}

/// Judges the first ClientHello of a conforming attempt.
using HelloJudge = Verdict (*)(const ClientHelloSeen&, const TlsExpectations&);

awaitable<Verdict> look_at_hello(ClientContext& ctx, HelloJudge judge) {
    const Attempt attempt = co_await ctx.attempt(ctx.twin());
    for (const stage::Visit& visit : attempt.visits) {
        if (visit.hello) {
            co_return judge(*visit.hello, ctx.profile().tls);
        }
    }
    co_return Verdict::inconclusive("the client never came with a ClientHello: {}", attempt.summary());
}

ClientCheck first_hello(HelloJudge judge) {
    return {[judge](ClientContext& ctx) { return look_at_hello(ctx, judge); }};
}

Verdict compression_of(const ClientHelloSeen& hello, const TlsExpectations&) {
    return judge_compression(hello);
}

Verdict master_secret_of(const ClientHelloSeen& hello, const TlsExpectations&) {
    return judge_master_secret(hello);
}

Verdict fallback_of(const Attempt& attempt, const ClientContext&) {
    return judge_no_fallback(attempt);
}

SceneChange handshake_act(Act::Kind kind) {
    return [kind](stage::Scene& scene, const ClientContext&) { scene.handshake.kind = kind; };
}

std::vector<ShownCase> handshake_failures() {
    return {{"alert", "A fatal alert in answer to its ClientHello", Twin::conforming, handshake_act(Act::Kind::alerts)},
            {"reset", "A reset in answer to its ClientHello", Twin::conforming, handshake_act(Act::Kind::resets)}};
}

awaitable<Verdict> clear_answer_refused(ClientContext& ctx) {
    stage::Scene scene = ctx.twin();
    scene.handshake.kind = Act::Kind::answers_in_clear;
    scene.handshake.bytes = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    const Attempt attempt = co_await ctx.attempt(std::move(scene));
    co_return judge_clear_answer(attempt);
}

/// What its ClientHello lacks is a finding whoever serves it.
awaitable<Verdict> served_by_1_2(ClientContext& ctx) {
    const Attempt attempt = co_await ctx.attempt(ctx.twin());
    Verdict verdict = judge_client_served(attempt, "a gateway of TLS 1.2 alone", what_it_offers);
    if (!attempt.lacks(ctx.twin().versions)) {
        verdict = co_await ctx.beside_service(std::move(verdict));
    }
    co_return verdict;
}

awaitable<Verdict> no_early_writes(ClientContext& ctx) {
    constexpr std::uint32_t room = 16384;
    stage::Scene scene = ctx.twin();
    scene.early_data = room;
    const Attempt attempt = co_await ctx.attempt(std::move(scene), ClientAct::write);
    co_return judge_early_writes(attempt);
}

awaitable<Verdict> late_request_answered(ClientContext& ctx) {
    stage::Scene scene = ctx.twin();
    scene.after = {{stage::AfterAct::Kind::certificate_request, stage::AfterAct::When::before_answer, 1}};
    const Attempt attempt = co_await ctx.attempt(std::move(scene));
    Verdict verdict = co_await ctx.beside_service(judge_late_request(attempt));
    co_return verdict;
}

/// RFC 9325 3.1.1: TLS 1.3 is recommended, and TLS 1.2 is enough.
awaitable<Verdict> speaks_1_3(ClientContext& ctx) {
    const Attempt attempt = co_await ctx.attempt(ctx.twin());
    if (attempt.lacks(ctx.twin().versions)) {
        co_return Verdict::warning("it does not offer TLS 1.3").remedy(std::string(what_it_offers));
    }
    Verdict verdict =
        co_await ctx.beside_service(judge_client_served(attempt, "a gateway of TLS 1.3 alone", what_it_offers));
    co_return verdict;
}

std::vector<ShownCase> curves() {
    return {{"p-256", "A certificate of P-256"},
            {"p-384", "A certificate of P-384", Twin::conforming, [](stage::Scene& scene, const ClientContext& ctx) {
                 scene.shown = ctx.server({.key = stage::KeyKind::p384});
             }}};
}

/// RFC 7301
std::vector<ShownCase> protocols() {
    return {{"alpn", "http/1.1 is chosen where it is offered"},
            {"no-alpn", "The extension is ignored", Twin::conforming,
             [](stage::Scene& scene, const ClientContext&) { scene.alpn = false; }}};
}

awaitable<Verdict> http1_served(ClientContext& ctx) {
    constexpr std::string_view remedy = "offer http/1.1, and speak it where no protocol was chosen (RFC 7301)";
    stage::Scene scene = ctx.twin();
    change_of(protocols(), ctx)(scene, ctx);
    const Attempt attempt = co_await ctx.attempt(std::move(scene));
    if (std::optional<Verdict> another = judge_another_protocol(attempt)) {
        co_return std::move(*another).remedy(std::string(remedy));
    }
    Verdict verdict = co_await ctx.beside_service(judge_client_served(attempt, "a gateway of HTTP/1.1", remedy));
    co_return verdict;
}

/// One that clients offer, and make no share for.
SceneChange another_group() {
    return [](stage::Scene& scene, const ClientContext&) { scene.groups = {NamedGroup::secp384r1}; };
}

SceneChange unknown_extensions() {
    return [](stage::Scene& scene, const ClientContext&) {
        stage::ExtraExtension extra;
        extra.in_tickets = true;
        extra.in_certificate_request = true;
        scene.extensions.push_back(extra);
    };
}

SceneChange small_records() {
    return [](stage::Scene& scene, const ClientContext&) { scene.handshake.record_size = 1; };
}

std::vector<CheckRow> version_rows() {
    return {{.id = "client-tls.refuses-1.0",
             .title = "A server of TLS 1.0 alone is refused",
             .requirements = {decides("CLIENT-TLS-MIN")},
             .run = refuses_version(TlsVersion::tls_1_0)},
            {.id = "client-tls.refuses-1.1",
             .title = "A server of TLS 1.1 alone is refused",
             .requirements = {decides("CLIENT-TLS-MIN")},
             .run = refuses_version(TlsVersion::tls_1_1)},
            {.id = "client-tls.refuses-ssl3",
             .title = "A server that answers with SSL 3.0 is refused",
             .requirements = {decides("CLIENT-TLS-MIN")},
             .run = refuses_ssl3()},
            {.id = "client-tls.speaks-1.2",
             .title = "A server of TLS 1.2 alone is served",
             .requirements = {decides("CLIENT-TLS-MIN")},
             .run = ClientCheck{&served_by_1_2, {Twin::tls_1_2}},
             .control = Control::none},
            {.id = "client-tls.speaks-1.3",
             .title = "A server of TLS 1.3 alone is served",
             .requirements = {adds("CLIENT-TLS-PROTOCOL")},
             .run = ClientCheck{&speaks_1_3, {Twin::tls_1_3}},
             .control = Control::none},
            {.id = "client-tls.no-fallback",
             .title = "When its handshake fails, it never comes back with less",
             .requirements = {decides("CLIENT-TLS-MIN")},
             .run = looks_at_each(&fallback_of, handshake_failures()),
             .cases = cases_of(handshake_failures())},
            {.id = "client-tls.downgrade-noticed",
             .title = "A server that says that it was talked down to TLS 1.2 is refused",
             .requirements = {decides("CLIENT-TLS-PROTOCOL")},
             .run = downgrade_noticed()}};
}

std::vector<CheckRow> offer_rows() {
    return {{.id = "client-tls.suites-offered",
             .title = "Published cipher suites are offered, and none that is broken",
             .requirements = {decides("CLIENT-TLS-CIPHERS")},
             .run = first_hello(&judge_suites_offered)},
            {.id = "client-tls.no-compression",
             .title = "No compression is offered under TLS",
             .requirements = {decides("CLIENT-TLS-PROTOCOL")},
             .run = first_hello(&compression_of)},
            {.id = "client-tls.extended-master-secret",
             .title = "extended_master_secret is offered",
             .requirements = {adds("CLIENT-TLS-PROTOCOL")},
             .run = first_hello(&master_secret_of)},
            {.id = "client-tls.survey",
             .title = "What its ClientHello offers: versions, suites, groups, signatures, extensions",
             .requirements = {adds("CLIENT-TLS-CIPHERS")},
             .run = survey_of_hello()}};
}

std::vector<CheckRow> protocol_rows() {
    return {{.id = "client-tls.served-by-suite",
             .title = "A server of one published cipher suite alone is served",
             .requirements = {adds("CLIENT-TLS-CIPHERS")},
             .run = served_by_suite(),
             .control = Control::none,
             .cases = cases_of(published_suites())},
            {.id = "client-tls.ecdsa-served",
             .title = "Certificates of elliptic curves are accepted",
             .requirements = {decides("CLIENT-TLS-CIPHERS")},
             .run = is_served_in_each("a gateway with a certificate of this curve", what_it_offers, curves()),
             .control = Control::none,
             .cases = cases_of(curves())},
            {.id = "client-tls.http1-served",
             .title = "A server of HTTP/1.1 is served, also where it knows no ALPN",
             .requirements = {decides("CLIENT-TLS-PROTOCOL")},
             .run = ClientCheck{&http1_served, twins_of(protocols())},
             .control = Control::none,
             .cases = cases_of(protocols())},
            {.id = "client-tls.tickets-survived",
             .title = "Session tickets do no harm: none, many, with unknown extensions, between answers",
             .requirements = {decides("CLIENT-TLS-PROTOCOL")},
             .run = goes_on("a gateway of other session tickets than usual", tickets()),
             .cases = cases_of(tickets())},
            {.id = "client-tls.key-update-survived",
             .title = "A KeyUpdate is followed, and answered before the next data",
             .requirements = {decides("CLIENT-TLS-PROTOCOL")},
             .run = goes_on("a gateway that updates its keys (RFC 8446 4.6.3)", key_updates()),
             .cases = cases_of(key_updates())},
            {.id = "client-tls.hello-retry-survived",
             .title = "A HelloRetryRequest is answered",
             .requirements = {decides("CLIENT-TLS-PROTOCOL")},
             .run = is_served("a gateway that asks for another group (RFC 8446 4.1.4)", what_it_offers, another_group(),
                              Twin::tls_1_3)},
            {.id = "client-tls.unknown-values-ignored",
             .title = "Extensions that nobody knows are passed over",
             .requirements = {adds("CLIENT-TLS-PROTOCOL")},
             .run = is_served("a gateway that sends extensions nobody knows (RFC 8701 4)", what_it_offers,
                              unknown_extensions(), Twin::tls_1_3)},
            {.id = "client-tls.unoffered-suite-refused",
             .title = "A cipher suite that it did not offer is refused",
             .requirements = {decides("CLIENT-TLS-PROTOCOL")},
             .run = unoffered_suite_refused()},
            {.id = "client-tls.unsolicited-extension-refused",
             .title = "An extension that it did not ask for is refused",
             .requirements = {adds("CLIENT-TLS-PROTOCOL")},
             .run = unsolicited_extension_refused()},
            {.id = "client-tls.weak-suite-refused",
             .title = "A weak cipher suite is refused, also where it offers one",
             .requirements = {decides("CLIENT-TLS-CIPHERS")},
             .run = weak_suite_refused(),
             .cases = cases_of(keys_of_weak_suites())},
            {.id = "client-tls.weak-group-refused",
             .title = "A key exchange in a finite group of 1024 bits is refused",
             .requirements = {adds("CLIENT-TLS-CIPHERS")},
             .run = weak_group_refused()},
            {.id = "client-tls.small-records-survived",
             .title = "Handshake messages in records of one byte are read",
             .requirements = {decides("CLIENT-TLS-PROTOCOL")},
             .run = is_served("a gateway that sends its handshake in records of one byte (RFC 8446 5.1)",
                              what_it_offers, small_records())},
            {.id = "client-tls.no-early-writes",
             .title = "No write goes out as early data",
             .requirements = {decides("CLIENT-TLS-PROTOCOL")},
             .run = ClientCheck{&no_early_writes},
             .needs = {able_to(ClientAct::write)}},
            {.id = "client-tls.late-request-answered",
             .title = "A request for its certificate behind the handshake is answered, where it offers that",
             .requirements = {decides("CLIENT-TLS-PROTOCOL")},
             .run = ClientCheck{&late_request_answered}},
            {.id = "client-tls.clear-answer-refused",
             .title = "An answer in clear to its ClientHello is no answer",
             .requirements = {decides("CLIENT-TLS-PROTOCOL"), decides("CLIENT-REACH")},
             .run = ClientCheck{&clear_answer_refused}}};
}

}  // namespace

Suite client_tls_suite() {
    const CheckFamily family{.intrusiveness = Intrusiveness::active, .needs = {able_to(ClientAct::read)}};
    const CheckFamily looking{.control = Control::none, .needs = {able_to(ClientAct::read)}};
    Suite suite{"client-tls", "How client software speaks TLS", checks(family, version_rows())};
    for (std::vector<Check>& more : std::array{checks(looking, offer_rows()), checks(family, protocol_rows())}) {
        std::ranges::move(more, std::back_inserter(suite.checks));
    }
    return suite;
}

}  // namespace gateproof::suites
