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
