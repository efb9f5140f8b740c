// How the checks of ROTATION judge what the endpoint answered: pure functions, apart from the connections.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/probe/tls/trust.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

/// An answer, asked for until it was decided, and whom it names.
struct TriedIdentity {
    HttpOutcome outcome;
    std::optional<std::string> name;
    Tries tries;
};

/// The same request with both certificates of a rotation, and with the old one again.
struct BothAnswers {
    TriedIdentity old;
    TriedIdentity fresh;
    std::optional<TriedIdentity> old_again;
};

/// A definite refusal of the new certificate fails; a dead endpoint proves nothing.
Verdict judge_new_served(const TriedRequest& tried, const Operation& operation,
                         RotationMoment moment = RotationMoment::during);
/// `expected`: what the gateway must call us (rotation.known_as, or else the enrolled common name), where the old
/// certificate does not tell.
Verdict judge_same_identity(const BothAnswers& answers, const Operation& operation, const std::string& known_as,
                            const std::string& common_name);
/// `trust`: where names are trusted, there is an overlap whatever is declared.
/// `old_gone`: why the old certificate must be refused already ("it has expired"); empty: it is good.
Verdict judge_overlap(const BothAnswers& answers, const Operation& operation, Overlap declared, CertificateTrust trust,
                      const std::string& old_gone = {});

/// A session of a certificate that has been cut over, offered without any certificate at hand.
struct OldSession {
    std::string how;  ///< "TLS 1.3, left by the refused handshake", "saved session 1 (TLS 1.2)"
    bool resumed = false;
    HttpOutcome outcome;
    Tries tries;
    /// Nobody can tell whether it is a session of a certificate that is still good, and so is as good as that.
    bool perhaps_good = false;
};
/// `notes`: what could not be tried, and why.
Verdict judge_old_sessions(const std::vector<OldSession>& sessions, const std::string& notes);

/// A certificate that is cut over, and what becomes of it.
struct CutOver {
    /// Why it must be refused: "its enrolment ended with the cut-over"; empty: where names are trusted it is good until
    /// it expires or is revoked, and may be served or, for all that is known here, have been revoked.
    std::string refused_because;
    std::optional<SystemTime> good_until;  ///< its last moment; empty: its period cannot be read
    bool other_name = false;  ///< than the one that is enrolled, so that trust in that one says nothing of it
};
/// `enrolled_name`: the common name that is trusted.
CutOver cut_over_of(const Identity& gone, CertificateTrust trust, bool revoked, const std::string& enrolled_name,
                    SystemTime now);

/// One that is still good: that it is served is what is published, and said as the risk that it is. Anything else is
/// judged like a refusal of one that must be refused.
Verdict judge_still_good(const std::vector<VersionOutcome>& outcomes, const Operation& operation,
                         const std::string& role, const CutOver& state, SystemTime now);

/// The worst verdict of several certificates; where all pass, the sentences of all.
Verdict joined(std::vector<Verdict> verdicts);

/// What the server shows after its own certificate was rotated.
struct ServerShown {
    std::vector<Certificate> chain;  ///< as sent, not empty
    ChainVerdict trusted;
    std::string host;
    std::vector<Certificate> anchors;  ///< roots of the profile: the one above the chain may be pinned too
};
Verdict judge_server_rotation(const ServerShown& shown, const std::vector<std::string>& pins, SystemTime now);
/// Base64 of the SHA-256 of the SubjectPublicKeyInfo (RFC 7469 2.4).
std::string pin_of(const Certificate& certificate);

}  // namespace gateproof::suites
