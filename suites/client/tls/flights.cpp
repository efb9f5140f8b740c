// First flights of TLS 1.2 and older, made byte by byte, that a client has to end.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "harness/probe/tls/cipher_suites.hpp"
#include "suites/client/tls/checks.hpp"
#include "suites/client/tls/flights.hpp"
#include "suites/client/tls/judge.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;

awaitable<Attempt> show_flight(ClientContext& ctx, stage::RawFlight flight) {
    stage::Scene scene = ctx.twin();
    scene.handshake.kind = stage::HandshakeAct::Kind::raw_flight;
    scene.handshake.flight = std::move(flight);
    Attempt attempt = co_await ctx.attempt(std::move(scene));
    co_return attempt;
}

Attempt concerned(Attempt attempt, const Concerns& concerns) {
    std::erase_if(attempt.visits,
                  [&concerns](const stage::Visit& visit) { return visit.hello && !concerns(*visit.hello); });
    return attempt;
}

namespace {

/// What is wrong with a flight, and which visits can tell: a hello that this is no offence to has nothing to notice.
struct BadFlight {
    Refusable shown;
    std::function<void(stage::RawFlight&)> change;
    Concerns concerns;
    std::string_view unconcerned;  ///< why it concerns nobody
    bool advice = false;           ///< its failures are warnings
    stage::RawFlight plain = {};   ///< the flight with nothing wrong
};

awaitable<Verdict> beside_a_good_one(ClientContext& ctx, BadFlight bad) {
    // Whoever does not go along with a flight in which nothing is wrong dislikes something else about it.
    const Attempt came = co_await show_flight(ctx, bad.plain);
    if (came.reached() < stage::Reached::hello) {
        co_return judge_client_refused(came, bad.shown);
    }
    const Attempt plain = concerned(came, bad.concerns);
    if (plain.reached() < stage::Reached::hello) {
        co_return Verdict::skipped("{}", bad.unconcerned);
    }
    if (std::ranges::none_of(plain.visits, [](const stage::Visit& visit) { return visit.went_on; })) {
        co_return Verdict::inconclusive("it does not go along with a ServerHello of TLS 1.2 without that either: {}",
                                        plain.summary());
    }
    stage::RawFlight flight = bad.plain;
    bad.change(flight);
    const Attempt shown = co_await show_flight(ctx, std::move(flight));
    Verdict verdict = judge_client_refused(concerned(shown, bad.concerns), bad.shown);
    co_return bad.advice ? advised(std::move(verdict)) : verdict;
}

ClientCheck refuses_flight(BadFlight bad) {
    return {[bad = std::move(bad)](ClientContext& ctx) { return beside_a_good_one(ctx, bad); }};
}

bool speaks_1_2(const ClientHelloSeen& hello) {
    return hello.offers(TlsVersion::tls_1_2);
}

awaitable<Verdict> refuse_weak_group(ClientContext& ctx) {
    BadFlight bad{.shown = {"a key exchange in a group of 1024 bits (RFC 9325 4.5)",
                            "offer no suite of DHE, or demand groups of 2048 bits (OpenSSL: security level 2; Java: "
                            "jdk.tls.disabledAlgorithms with DH keySize < 2048)"},
                  .change = [](stage::RawFlight& flight) { flight.dh_bits = 1024; },
                  .concerns = {},
                  .unconcerned = "it offers suites of DHE at some of its starts alone",
                  .advice = true};
    bad.plain.cipher_suite = find_cipher_suite("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")->value;
    const Attempt came = co_await show_flight(ctx, bad.plain);
    if (came.reached() < stage::Reached::hello) {
        co_return judge_client_refused(came, bad.shown);
    }
    const std::optional<std::uint16_t> offered = finite_suite_of(came);
    if (!offered) {
        co_return Verdict::pass(
            "it does not offer TLS 1.2 with finite groups (DHE_RSA), so that no gateway can choose a weak one");
    }
    bad.plain.cipher_suite = *offered;
    bad.concerns = [suite = *offered](const ClientHelloSeen& hello) {
        return speaks_1_2(hello) && hello.offers_suite(suite);
    };
    Verdict verdict = co_await beside_a_good_one(ctx, std::move(bad));
    co_return verdict;
}

constexpr std::string_view current_library = "use a TLS library that looks at it; every current one does";

}  // namespace

/// RFC 8446 4.1.3: a server of TLS 1.3 that negotiates 1.2 says so, and a client that offered 1.3 ends the connection.
ClientCheck downgrade_noticed() {
    return refuses_flight({{"a ServerHello of TLS 1.2 with the downgrade sentinel", current_library},
                           [](stage::RawFlight& flight) { flight.downgrade_sentinel = true; },
                           [](const ClientHelloSeen& hello) { return hello.offers(TlsVersion::tls_1_3); },
                           "it does not offer TLS 1.3, so nobody can talk it down from there"});
}

/// RFC 7568 3
ClientCheck refuses_ssl3() {
    return refuses_flight({{"a ServerHello of SSL 3.0", "let the software speak TLS 1.2 and later alone"},
                           [](stage::RawFlight& flight) { flight.version = TlsVersion::ssl_3; },
                           &speaks_1_2,
                           "it does not offer TLS 1.2, and a server of TLS 1.3 alone has no such ServerHello"});
}

/// RFC 5246 7.4.1.3: one of the list that the client gave.
ClientCheck unoffered_suite_refused() {
    constexpr std::uint16_t aria = 0xc05c;  // TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256, which next to nobody offers
    return refuses_flight({{"a cipher suite that it did not offer", current_library},
                           [](stage::RawFlight& flight) { flight.cipher_suite = aria; },
                           [](const ClientHelloSeen& hello) { return speaks_1_2(hello) && !hello.offers_suite(aria); },
                           "it does not offer TLS 1.2, or offers even the suite that is chosen here"});
}

/// RFC 9325 4.5: what is offered with finite groups takes them of 2048 bits at least.
ClientCheck weak_group_refused() {
    return {&refuse_weak_group, {Twin::rsa}};
}

/// RFC 5246 7.4.1.4: the server's extensions answer the client's. Go's library passes others over, which gives nothing
/// away: a warning.
ClientCheck unsolicited_extension_refused() {
    constexpr auto unasked = ExtensionType::max_fragment_length;
    return refuses_flight({{"an extension in the ServerHello that it did not ask for (RFC 5246 7.4.1.4)",
                            "use a TLS library that ends such a handshake, as those of OpenSSL, GnuTLS and Java do; "
                            "crypto/tls of Go has no setting for it"},
                           [](stage::RawFlight& flight) {
                               flight.extensions.push_back({static_cast<std::uint16_t>(unasked), {1}});
                           },
                           [](const ClientHelloSeen& hello) { return speaks_1_2(hello) && !hello.has(unasked); },
                           "it does not offer TLS 1.2, or asks even for the extension that is sent here",
                           true});
}

}  // namespace gateproof::suites
