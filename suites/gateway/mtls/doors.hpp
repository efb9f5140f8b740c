// Ways past the demand for a client certificate: a session that was made without one, and a server name that leads to
// another configuration. How both are judged, apart from the connections that feed them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/probe/tls/session.hpp"
#include "harness/run/context.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

/// under_each_version, judged; and once more where nothing could be said because resets became known meanwhile: then
/// whoever asks does not stop at a few of them any more. The runner has the same rule for what rests on resets.
template <class Try, class Judge>
boost::asio::awaitable<Verdict> judged_under_each_version(Context& ctx, Try try_version, Judge judge) {
    const bool knew_of_resets = ctx.control_resets() > 0;
    auto outcomes = co_await under_each_version(try_version);
    Verdict verdict = judge(outcomes, ctx.profile().control_operation());
    if (verdict.outcome() == Outcome::inconclusive && !knew_of_resets && ctx.control_resets() > 0) {
        outcomes = co_await under_each_version(try_version);
        verdict = judge(outcomes, ctx.profile().control_operation());
    }
    co_return verdict;
}

/// A connection without a certificate that offered a session which was made without one.
struct SessionTrial {
    bool resumed = false;
    HttpOutcome outcome;
};

/// Sessions that were made without a certificate under one name, and offered without one under another.
struct AcrossTrials {
    std::string how;    ///< "made under x and offered under the endpoint's own name"
    bool home = false;  ///< offered under the endpoint's own name
    std::vector<SessionTrial> trials;
    std::vector<HttpOutcome> full;  ///< full handshakes without a certificate under the other name
};

/// What one version makes of sessions without a certificate.
struct CertificatelessTrials {
    TlsVersion version{};
    HttpOutcome ourselves;             ///< the served identity; nothing else was tried where it is not served
    std::vector<HttpOutcome> full;     ///< full handshakes without a certificate
    std::vector<SessionTrial> trials;  ///< empty: no session was given
    std::vector<AcrossTrials> across = {};
    bool control_cut = false;  ///< a connection that is to be served was cut
};
Verdict judge_certificateless(const std::vector<CertificatelessTrials>& versions, const Operation& operation);

/// A way to come that may lead past the demand: a server name, or how the ClientHello with it travels. More of them are
/// more rows.
struct Door {
    std::string how;          ///< "without SNI", "under the SNI x.invalid"
    std::string server_name;  ///< empty: the extension is not sent
    HelloCut hello = HelloCut::none;
    bool counted = false;     ///< as often as a refusal is counted; otherwise until it was told
    bool unknown = false;     ///< a name that nobody has
    bool own_name = false;    ///< the endpoint's own, as it stands in the profile
    bool other_name = false;  ///< one of the profile's other_names: it has a host of its own
};
/// `unknown`: a name that nobody has, whose first label makes the sibling's. `address`: where the endpoint was met, "IP
/// literal:port"; empty: not known.
std::vector<Door> doors_of(const Profile& profile, const std::string& unknown, std::string_view address);

/// Without a certificate, counted: `ourselves` is the same request of the served identity.
Tries counted(const std::vector<HttpOutcome>& outcomes, const HttpOutcome& ourselves, const Operation& operation);

/// What happened at one door, always with the endpoint's own Host header and without a certificate.
struct DoorTrials {
    /// What the first request was, or what came behind it on a connection that stayed open: a request whose target is a
    /// whole URI (RFC 9112 3.2.2), of the endpoint itself or of a host that nobody has.
    enum class Request { first, own_uri, unknown_uri };
    std::string how;
    std::vector<HttpOutcome> outcomes;
    /// The served identity there, where the answers are neither service nor a refusal: a door may lead to another host.
    std::optional<HttpOutcome> ourselves = {};
    Request request = Request::first;
    bool unknown = false;  ///< under a name that nobody has
    /// Under another name, where something was served: what that name's own host answers everybody.
    std::optional<HttpOutcome> its_host = {};
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
/// Whether anything was served at a door, or behind it.
bool any_served(const DoorsOfVersion& of, const Operation& operation);
Verdict judge_doors(const std::vector<DoorsOfVersion>& versions, const Operation& operation);

}  // namespace gateproof::suites
