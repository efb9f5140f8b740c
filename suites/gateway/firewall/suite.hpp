// FW-NONPROD and FW-PROD: which source addresses the endpoint serves, seen from the profile's vantage points.
#pragma once

#include <string>
#include <string_view>

#include "harness/model/check.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

Suite firewall_suite();

/// How far a request from a vantage point came.
enum class Barrier {
    none,         ///< it was served
    http,         ///< refused by an HTTP answer: what refuses has let the connection in
    dropped,      ///< packets vanish: no connection in time
    refused,      ///< the connection is refused: TCP reset, or ICMP port unreachable
    unreachable,  ///< ICMP host unreachable or administratively prohibited
    alert,        ///< accepted, and then ended by a TLS alert
    closed,       ///< accepted, and then reset or closed
    own_side,     ///< nothing is known of the endpoint: the proxy or this machine failed
    unclear,      ///< neither service nor a refusal
};
std::string_view to_string(Barrier barrier);

struct Sighting {
    Barrier barrier = Barrier::unclear;
    std::string text;  ///< "silently dropped: no connection in time"
};

/// What whoever comes from a place is to get.
enum class Access {
    served,          ///< service
    blocked,         ///< nothing
    by_certificate,  ///< service with the enrolled certificate, and none without one
};
std::string_view to_string(Access access);
/// As the vantage point declares it, or else as the profile's reading says of a place that is not allow-listed.
Access access_of(const VantagePoint& point, const Profile& profile);

/// How a request was sent, where that bears on how its answer is read.
struct Sent {
    bool literal = false;   ///< the endpoint is given as an address, so a proxy has no name to resolve
    bool nameless = false;  ///< without the certificate with which the same request is served
};
Sighting sighting_of(const HttpOutcome& outcome, const VantagePoint& from, const Operation& operation, Sent sent);

/// What was seen, look after look, until it was decided.
struct TriedSighting {
    Sighting sighting;  ///< the last one
    Tries tries;

    void add(Sighting next);
};

/// Nothing is served to `from`.
Verdict judge_blocked(const TriedSighting& tried, const VantagePoint& from);
/// Without a certificate nothing is served to `from`, which may well get as far as TLS.
Verdict judge_nameless(const TriedSighting& tried, const VantagePoint& from);
/// `from` is served. `remedy`: what to do where it is not.
Verdict judge_let_through(const TriedSighting& tried, const VantagePoint& from, std::string_view remedy);

}  // namespace gateproof::suites
