#include <curl/curl.h>

#include <cerrno>

#include "suites/gateway/firewall/suite.hpp"

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
        case Barrier::alert: return "alert";
        case Barrier::closed: return "closed";
        case Barrier::own_side: return "own_side";
        case Barrier::unclear: return "unclear";
    }
    return "unknown";
}

std::string_view to_string(Access access) {
    switch (access) {
        case Access::served: return "allowed";
        case Access::blocked: return "blocked";
        case Access::by_certificate: return "by_certificate";
    }
    return "unknown";
}

Access access_of(const VantagePoint& point, const Profile& profile) {
    if (point.expected != VantagePoint::Expected::published) {
        return point.expected == VantagePoint::Expected::allowed ? Access::served : Access::blocked;
    }
    if (source_rule(profile) == SourceRule::allow_listed) {
        return Access::blocked;
    }
    const bool certificates = profile.channel == Channel::cloud && profile.environment != Environment::mock &&
                              profile.environment != Environment::production;
    return certificates ? Access::by_certificate : Access::served;
}

Sighting sighting_of(const HttpOutcome& outcome, const VantagePoint& from, const Operation& operation, Sent sent) {
    const Answer answer =
        sent.nameless ? answer_beside_service(outcome, operation, nullptr) : answer_of(outcome, operation);
    if (answer.served()) {
        return {Barrier::none, "answered with " + outcome.summary()};
    }
    if (answer.refused() && answer.status != 0) {
        return {Barrier::http, "let in and refused by " + outcome.summary()};
    }
    switch (outcome.end) {
        case Ending::proxy_failed: return seen_by_proxy(outcome, from, sent.literal);
        case Ending::refused:
        case Ending::unreachable:
        case Ending::connect_failed: return not_connected(outcome, from);
        case Ending::connect_timeout: return {Barrier::dropped, "silently dropped: " + outcome.summary()};
        case Ending::alert:
        case Ending::handshake_failed:
        case Ending::closed:
        case Ending::reset:
            return outcome.response ? Sighting{Barrier::unclear, outcome.summary()}
                                    : Sighting{outcome.was_cut() ? Barrier::closed : Barrier::alert,
                                               "accepted, then " + outcome.summary()};
        case Ending::resolve_failed:
        case Ending::local: return {Barrier::own_side, outcome.summary()};
        default: break;
    }
    return {Barrier::unclear, outcome.summary()};
}

void TriedSighting::add(Sighting next) {
    const auto kind = [&] {
        switch (next.barrier) {
            case Barrier::none: return Answer::Kind::served;
            case Barrier::http:
            case Barrier::alert:
            case Barrier::dropped:      // the connection itself did not come about, and
            case Barrier::unreachable:  // whoever prevented that said so, or was waited for
                return Answer::Kind::refused;
            case Barrier::refused:  // a reset too, in answer to the SYN
            case Barrier::closed: return Answer::Kind::cut;
            case Barrier::own_side:
            case Barrier::unclear: break;
        }
        return Answer::Kind::unclear;
    };
    tries.add(Answer{.kind = kind(), .summary = next.text});
    sighting = std::move(next);
}

Verdict judge_blocked(const TriedSighting& tried, const VantagePoint& from) {
    const std::string seen = tried.tries.summary();
    if (tried.tries.served()) {
        return Verdict::fail("{} is not allow-listed, but was {}", from.describe(), seen)
            .remedy(
                "let the firewall pass allow-listed source addresses alone, or correct `expected` of this "
                "vantage point (left out: what is published for a place that is on no list)")
            .found({fmt::format("{} is served and not allow-listed", from.describe())});
    }
    if (!tried.tries.is_refusal()) {
        return Verdict::inconclusive("from {} nothing can be said of the endpoint: {}", from.describe(), seen)
            .remedy("see that the vantage point itself works");
    }
    return Verdict::pass("{} is blocked: {}{}", from.describe(), seen,
                         tried.sighting.barrier == Barrier::http ? "; the firewall itself did not stop it" : "")
        .rests_on_resets(tried.tries.rests_on_resets());
}

Verdict judge_nameless(const TriedSighting& tried, const VantagePoint& from) {
    const std::string seen = tried.tries.summary();
    if (tried.tries.served()) {
        return Verdict::fail("{} shows no client certificate, but was {}", from.describe(), seen)
            .remedy(
                "demand a client certificate of every source address: no network may be exempt from it, the gateway's "
                "own neither")
            .found({fmt::format("{} is served without a client certificate", from.describe())});
    }
    if (!tried.tries.is_refusal()) {
        return Verdict::inconclusive("from {} nothing can be said of the endpoint: {}", from.describe(), seen)
            .remedy("see that the vantage point itself works");
    }
    const Barrier barrier = tried.sighting.barrier;
    const bool connected = barrier == Barrier::http || barrier == Barrier::alert || barrier == Barrier::closed;
    return Verdict::pass("{} gets nothing without a client certificate: {}{}", from.describe(), seen,
                         connected ? "; it is let in as far as TLS, where the certificate decides" : "")
        .rests_on_resets(tried.tries.rests_on_resets());
}

Verdict judge_let_through(const TriedSighting& tried, const VantagePoint& from, std::string_view remedy) {
    const std::string seen = tried.tries.summary();
    if (tried.tries.served()) {
        return Verdict::pass("{} is served: {}", from.describe(), seen);
    }
    if (!tried.tries.is_refusal()) {
        return Verdict::inconclusive("from {} nothing can be said of the endpoint: {}", from.describe(), seen)
            .remedy("see that the vantage point itself works");
    }
    return Verdict::fail("{} is not served: {}", from.describe(), seen)
        .remedy(std::string(remedy))
        .found({fmt::format("{} is not served: {}", from.describe(), tried.tries.told())})
        .rests_on_resets(tried.tries.rests_on_resets());
}

}  // namespace gateproof::suites
