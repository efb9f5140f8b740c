// Ways past the demand for a client certificate: a session that was made without one, and a server name that leads to
// another configuration. How both are judged, apart from the connections that feed them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "suites/shared/callers.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

/// A connection without a certificate that offered a session which was made without one.
struct SessionTrial {
    bool resumed = false;
    HttpOutcome outcome;
};

/// What one version makes of sessions without a certificate.
struct CertificatelessTrials {
    TlsVersion version{};
    HttpOutcome ourselves;             ///< the served identity; nothing else was tried where it is not served
    std::vector<HttpOutcome> full;     ///< full handshakes without a certificate
    std::vector<SessionTrial> trials;  ///< empty: no session was given
    bool control_cut = false;          ///< a connection that is to be served was cut
};
Verdict judge_certificateless(const std::vector<CertificatelessTrials>& versions, const Operation& operation);

/// A server name that may lead past the demand. More of them are more rows.
struct Door {
    std::string how;          ///< "without SNI", "under the SNI x.invalid"
    std::string server_name;  ///< empty: the extension is not sent
};

/// Without a certificate, counted: `ourselves` is the same request of the served identity.
Tries counted(const std::vector<HttpOutcome>& outcomes, const HttpOutcome& ourselves, const Operation& operation);

/// What happened at one door, always with the endpoint's own Host header and without a certificate.
struct DoorTrials {
    std::string how;
    std::vector<HttpOutcome> outcomes;
    /// The served identity there, where the answers are neither service nor a refusal: a door may lead to another host.
    std::optional<HttpOutcome> ourselves = {};
};
/// Whether an answer came that is neither.
bool needs_comparison(const std::vector<HttpOutcome>& outcomes, const HttpOutcome& ourselves,
                      const Operation& operation);

/// All doors under one version.
struct DoorsOfVersion {
    TlsVersion version{};
    HttpOutcome ourselves;              ///< the served identity under the endpoint's own name
    std::vector<HttpOutcome> own_name;  ///< without a certificate under that name; looked at once a door served
    std::vector<DoorTrials> doors;
    bool control_cut = false;  ///< a connection that is to be served was cut
};
Verdict judge_doors(const std::vector<DoorsOfVersion>& versions, const Operation& operation);

}  // namespace gateproof::suites
