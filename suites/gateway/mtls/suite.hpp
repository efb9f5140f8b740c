// CLOUD-MTLS-* and DESK-ONE-WAY: who is asked for a client certificate, and who is served.
#pragma once

#include <string_view>
#include <vector>

#include "harness/identity/role.hpp"
#include "harness/model/check.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

Suite mtls_suite();

/// The parts of mtls_suite(), in the order that reports show.
std::vector<Check> mtls_enrolled_checks();
std::vector<Check> mtls_identity_checks();
std::vector<Check> mtls_session_checks();
std::vector<Check> mtls_environment_checks();
std::vector<Check> mtls_certificateless_checks();
std::vector<Check> mtls_name_checks();

/// Checks of the cloud beside an enrolled certificate, by what they decide: CLOUD-MTLS-REQUIRED, CLOUD-MTLS-ENROLLED,
/// CLOUD-MTLS-IDENTIFIES.
CheckFamily required_family();
CheckFamily enrolled_family();
CheckFamily identifies_family();

/// A request that should have been served. `cut_by_tls`: where every try was cut, TLS answers a ClientHello, and
/// nothing shows that it took our certificate, which tells a refusal of us from an endpoint that closes on everybody,
/// and from a terminator of TLS behind which nothing runs.
Verdict judge_served(const TriedRequest& tried, const Operation& operation, std::string_view who, bool cut_by_tls);
/// One that was not, where the server speaks HTTP/2 and no HTTP/1.1.
Verdict judge_http_2_alone(const TriedRequest& tried, const Operation& operation, std::string_view who);

/// Why certificates of the profile's issuer prove nothing when they are refused: a flawless one, with the enrolled
/// common name, is refused too. Empty: it is served.
boost::asio::awaitable<std::string> issuer_not_served(Context& ctx);

/// The control operation must be served with the identity of this role, which `who` names in verdicts; or without one.
GatewayCheck served_as(IdentityRole role, std::string_view who);
GatewayCheck served_without_certificate();

}  // namespace gateproof::suites
