#include <curl/curl.h>

#include <cerrno>

#include "suites/firewall.hpp"

namespace gateproof::suites {

namespace {

/// What a proxy says of an endpoint that it cannot reach, as far as that can be told from its own failure.
Sighting seen_by_proxy(const HttpOutcome& outcome, const VantagePoint& from, bool literal) {
    constexpr int gateway_timeout = 504;
    const std::string said = outcome.summary();
    if (from.kind == VantagePoint::Kind::http_connect) {
        // RFC 9110 15.6.5; 502 and 503 are the proxy's own trouble as often as not.
        return outcome.proxy_reply == gateway_timeout
                   ? Sighting{Barrier::dropped, "silently dropped: the proxy heard nothing (" + said + ")"}
                   : Sighting{Barrier::own_side, said};
    }
    switch (outcome.proxy_reply) {
        case CURLPX_REPLY_CONNECTION_REFUSED: return {Barrier::refused, "refused (" + said + ")"};
        case CURLPX_REPLY_TTL_EXPIRED: return {Barrier::dropped, "silently dropped (" + said + ")"};
        case CURLPX_REPLY_HOST_UNREACHABLE:
            // A proxy that cannot resolve the name says the same.
            return {literal || from.kind == VantagePoint::Kind::socks5 ? Barrier::unreachable : Barrier::own_side,
                    "rejected as unreachable (" + said + ")"};
        default: return {Barrier::own_side, said};
    }
}

Sighting not_connected(const HttpOutcome& outcome, const VantagePoint& from) {
    if (from.is_proxy()) {
        return {Barrier::own_side, "no connection to the proxy: " + outcome.summary()};
    }
    switch (outcome.os_error) {
        case ECONNREFUSED: return {Barrier::refused, "refused: TCP reset or ICMP port unreachable"};
        case ECONNRESET: return {Barrier::closed, "accepted, then reset"};  // before libcurl had looked
        case EHOSTUNREACH: return {Barrier::unreachable, "rejected: ICMP host unreachable or prohibited"};
        default: return {Barrier::own_side, "this machine has no way there from that address: " + outcome.detail};
    }
}

}  // namespace

std::string_view to_string(Barrier barrier) {
    switch (barrier) {
        case Barrier::none: return "none";
        case Barrier::http: return "http";
        case Barrier::dropped: return "dropped";
        case Barrier::refused: return "refused";
        case Barrier::unreachable: return "unreachable";
        case Barrier::closed: return "closed";
        case Barrier::own_side: return "own_side";
        case Barrier::unclear: return "unclear";
    }
    return "unknown";
}

Sighting sighting_of(const HttpOutcome& outcome, const VantagePoint& from, const Operation& operation, bool literal) {
    if (outcome.response && (outcome.served(operation) || outcome.response->status / 100 == 2)) {
        return {Barrier::none, "answered with " + outcome.summary()};
    }
    if (outcome.is_refusal() && outcome.response) {
        return {Barrier::http, "let in and refused by " + outcome.summary()};
    }
    switch (outcome.failure) {
        case HttpFailure::proxy: return seen_by_proxy(outcome, from, literal);
        case HttpFailure::connect: return not_connected(outcome, from);
        case HttpFailure::connect_timeout: return {Barrier::dropped, "silently dropped: " + outcome.summary()};
        case HttpFailure::tls_handshake:
        case HttpFailure::closed:
        case HttpFailure::reset:
            return outcome.response ? Sighting{Barrier::unclear, outcome.summary()}
                                    : Sighting{Barrier::closed, "accepted, then " + outcome.summary()};
        case HttpFailure::resolve:
        case HttpFailure::local: return {Barrier::own_side, outcome.summary()};
        case HttpFailure::none:
        case HttpFailure::unproven:
        case HttpFailure::timeout:
        case HttpFailure::protocol: break;
    }
    return {Barrier::unclear, outcome.summary()};
}

Verdict judge_blocked(const Sighting& sighting, const VantagePoint& from) {
    switch (sighting.barrier) {
        case Barrier::none:
            return Verdict::fail("{} is not allow-listed, but was {}", from.describe(), sighting.text)
                .remedy(
                    "let the firewall pass allow-listed source addresses alone, or correct `expected` of this "
                    "vantage point");
        case Barrier::own_side:
        case Barrier::unclear:
            return Verdict::inconclusive("from {} nothing can be said of the endpoint: {}", from.describe(),
                                         sighting.text)
                .remedy("see that the vantage point itself works");
        case Barrier::http:
            return Verdict::pass("{} is blocked: {}; the firewall itself did not stop it", from.describe(),
                                 sighting.text);
        default: return Verdict::pass("{} is blocked: {}", from.describe(), sighting.text);
    }
}

Verdict judge_let_through(const Sighting& sighting, const VantagePoint& from, std::string_view remedy) {
    switch (sighting.barrier) {
        case Barrier::none: return Verdict::pass("{} is served: {}", from.describe(), sighting.text);
        case Barrier::own_side:
        case Barrier::unclear:
            return Verdict::inconclusive("from {} nothing can be said of the endpoint: {}", from.describe(),
                                         sighting.text)
                .remedy("see that the vantage point itself works");
        default:
            return Verdict::fail("{} is not served: {}", from.describe(), sighting.text).remedy(std::string(remedy));
    }
}

}  // namespace gateproof::suites
