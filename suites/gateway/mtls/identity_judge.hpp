// How the checks of CLOUD-MTLS-IDENTIFIES judge: pure functions, apart from the connections that feed them.
#pragma once

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
};
Verdict judge_sessions(const std::vector<SessionVisit>& visits, const Operation& operation,
                       const std::optional<std::string>& first_name, const std::string& notes);

/// SNI of one name and Host of another; `own` and `other` are the answers where both agree.
struct MismatchAnswers {
    HttpOutcome own;
    HttpOutcome own_again;
    HttpOutcome other;
    TriedRequest mismatched;
};
Verdict judge_mismatch(const MismatchAnswers& answers, const Operation& operation, const std::string& name);

}  // namespace gateproof::suites
