// How the checks of CLOUD-MTLS-IDENTIFIES judge: pure functions, apart from the connections that feed them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "suites/shared/callers.hpp"

namespace gateproof::suites {

/// The same request from everybody.
struct EverybodysAnswers {
    IdentityAnswer first;
    IdentityAnswer second;
    IdentityAnswer first_again;
    TriedRequest nobody;
    std::optional<TriedRequest> look_alike;  ///< empty: it could not be made
    std::string first_cn;
    std::string second_cn;
};
Verdict judge_identity(const EverybodysAnswers& answers, const Operation& operation);

/// `entitled`: the same operation as the second identity, where there is one.
Verdict judge_scope(const TriedRequest& enrolled, const std::optional<HttpOutcome>& entitled,
                    const Operation& operation);

/// Somebody who must not be served, under a server name that is not the endpoint's.
struct DoorOutcome {
    std::string how;  ///< "without SNI", "under the SNI x.invalid"
    HttpOutcome outcome;
    bool nobody_too = false;  ///< so is a request without any certificate there
};
/// `own_name`: the pass of `who` under the endpoint's own name. Where everybody is served it is not the certificate's
/// doing, and mtls.required-under-every-name says so.
Verdict judge_other_doors(const Verdict& own_name, const std::vector<DoorOutcome>& doors, const Operation& operation,
                          std::string_view who);

/// How often an apparent effect is looked for again, and as often what would rule out its cause.
inline constexpr std::size_t looks_again = 5;

/// How often something was seen.
struct Seen {
    std::size_t times = 0;
    std::size_t of = 0;

    void add(bool seen) {
        times += seen ? 1 : 0;
        ++of;
    }
};

/// An apparent effect of headers, looked for again with them and without them.
struct HeaderEffect {
    Seen with;
    Seen without;
    std::string headers;  ///< the names of those that are enough for it
    std::string answer;   ///< how the request with them was answered

    /// Seen with them each time and never without.
    [[nodiscard]] bool is_of_the_headers() const { return without.times == 0 && with.times == with.of; }
};
/// Always a failure, but of what? `who` sent them ("without a certificate"), `claim`ing what.
Verdict judge_header_effect(const HeaderEffect& effect, std::string_view who, std::string_view claim);

/// A certificate whose name only resembles the enrolled one, served once, and what was then tried in turn.
struct ResemblingServed {
    std::string variant;    ///< "cn-with-suffix"
    std::string answer;     ///< how it was answered
    Seen again;             ///< the same certificate
    Seen nobody;            ///< no certificate at all
    bool stranger = false;  ///< so is a certificate of the same issuer whose name resembles nothing
};
/// Always a failure, but of what?
Verdict judge_resembling_served(const ResemblingServed& served, const Operation& operation);

/// One answer of a connection that belongs to one identity.
struct ConnectionAnswer {
    std::string where;    ///< "kept-alive connection 2, request 3"
    bool second = false;  ///< sent as the second identity, otherwise as the enrolled one
    bool first_request = false;
    IdentityAnswer answer;
    bool behind_another = false;  ///< sent before the request in front of it was answered
};
Verdict judge_bleed(const std::vector<ConnectionAnswer>& answers, const Operation& operation,
                    const std::string& first_cn, const std::string& second_cn);

/// A session of the enrolled identity (or of the desktop listener) offered somewhere.
struct SessionVisit {
    enum class Place { same_name, other_name, unknown_name, desktop, from_desktop };
    Place place = Place::same_name;
    std::string how;  ///< "TLS 1.2, under the name x, without a certificate"
    bool resumed = false;
    bool as_second = false;  ///< the second identity was configured for a full handshake
    IdentityAnswer answer;
    /// What a full handshake there gives us without the session: for other names as the enrolled identity, for the
    /// listeners without a certificate.
    bool served_anyway = false;
    /// Whom the connection was answered as that the session was taken from; empty: not known, or nobody's.
    std::optional<std::string> owner = {};
    /// That full handshake was cut each time it was tried, and connections that are to be served were cut too.
    bool compared_in_vain = false;
};
/// `longest`: of what tickets of TLS 1.3 say that they are good for.
Verdict judge_sessions(const std::vector<SessionVisit>& visits, const Operation& operation, const std::string& notes,
                       std::chrono::seconds longest = {});

/// The root of the server, asked for as the operation was.
struct RootAnswers {
    HttpOutcome own;
    HttpOutcome other;
    HttpOutcome mismatched;
};
/// What one version makes of a certificate that expires while a session of it lives.
struct ExpiryTrials {
    TlsVersion version{};
    HttpOutcome valid;                   ///< a full handshake while it was valid
    bool given = false;                  ///< that left a session
    std::optional<HttpOutcome> renewed;  ///< the session resumed while it was valid; empty: it was not resumed
    struct Offer {
        bool resumed = false;
        HttpOutcome outcome;
    };
    /// Sessions offered once it had expired, by what they were: the first one, or the one that resuming it left.
    std::vector<Offer> expired = {};
    std::optional<HttpOutcome> full = {};  ///< a full handshake with it after that; looked at once a session was served
    std::optional<HttpOutcome> long_expired =
        {};  ///< one with a certificate of yesterday; looked at once `full` served
};
Verdict judge_expiry(const std::vector<ExpiryTrials>& versions, const Operation& operation);

/// SNI of one name and Host of another; `own` and `other` are the answers where both agree. `own_again` came after the
/// mismatched ones: what changes by itself has changed between the two if it has at all.
struct MismatchAnswers {
    HttpOutcome own;
    HttpOutcome own_again;
    HttpOutcome other;
    TriedRequest mismatched;
    std::string pointer = {};               ///< identity.pointer; empty: whole bodies are compared
    std::optional<RootAnswers> roots = {};  ///< asked where needs_roots() says so
};
/// Whether "no such thing here" (HTTP 404 ...) may be the other host's own word and no refusal: it answers so itself.
bool needs_roots(const MismatchAnswers& answers);
Verdict judge_mismatch(const MismatchAnswers& answers, const Operation& operation, const std::string& name);

}  // namespace gateproof::suites
