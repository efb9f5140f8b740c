// First flights of TLS 1.2 and older, made byte by byte, that a client has to end.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/probe/tls/cipher_suites.hpp"
#include "suites/client/tls/checks.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;

/// What is wrong with a flight, and which visits can tell: a hello that this is no offence to has nothing to notice.
struct BadFlight {
    Refusable shown;
    std::function<void(stage::RawFlight&)> change;
    std::function<bool(const ClientHelloSeen&)> concerns;
    std::string_view unconcerned;  ///< why it concerns nobody
};

awaitable<Attempt> show_flight(ClientContext& ctx, std::function<void(stage::RawFlight&)> change,
                               std::function<bool(const ClientHelloSeen&)> concerns) {
    stage::Scene scene = ctx.twin();
    scene.handshake.kind = stage::HandshakeAct::Kind::raw_flight;
    change(scene.handshake.flight);
    Attempt attempt = co_await ctx.attempt(std::move(scene));
    std::erase_if(attempt.visits,
                  [&concerns](const stage::Visit& visit) { return visit.hello && !concerns(*visit.hello); });
    co_return attempt;
}

awaitable<Verdict> beside_a_good_one(ClientContext& ctx, BadFlight bad) {
    // Whoever does not go along with a flight in which nothing is wrong dislikes something else about it.
    const std::function<void(stage::RawFlight&)> nothing = [](stage::RawFlight&) {};
    const Attempt plain = co_await show_flight(ctx, nothing, bad.concerns);
    if (plain.visits.empty()) {
        co_return Verdict::skipped("{}", bad.unconcerned);
    }
    if (std::ranges::none_of(plain.visits, [](const stage::Visit& visit) { return visit.went_on; })) {
        co_return Verdict::inconclusive("it does not go along with a ServerHello of TLS 1.2 without that either: {}",
                                        plain.summary());
    }
    const Attempt attempt = co_await show_flight(ctx, bad.change, bad.concerns);
    co_return judge_client_refused(attempt, bad.shown);
}

ClientCheck refuses_flight(BadFlight bad) {
    return {[bad = std::move(bad)](ClientContext& ctx) { return beside_a_good_one(ctx, bad); }};
}

bool speaks_1_2(const ClientHelloSeen& hello) {
    return hello.offers(TlsVersion::tls_1_2);
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

}  // namespace gateproof::suites
