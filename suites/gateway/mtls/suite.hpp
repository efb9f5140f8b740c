// CLOUD-MTLS-* and DESK-ONE-WAY: who is asked for a client certificate, and who is served.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof::suites {

Suite mtls_suite();

/// The parts of mtls_suite(), in the order that reports show.
std::vector<Check> mtls_enrolled_checks();
std::vector<Check> mtls_identity_checks();
std::vector<Check> mtls_session_checks();
std::vector<Check> mtls_environment_checks();
Check certificateless_check();
Check every_name_check();

/// CLOUD-MTLS-REQUIRED: a check of the cloud that looks for a way past the certificate.
Check required_check(std::string_view id, std::string_view title, CheckFunction run);
/// CLOUD-MTLS-IDENTIFIES: a check of the cloud that needs the enrolled certificate.
Check identifies_check(std::string_view id, std::string_view title, CheckFunction run, Intrusiveness intrusiveness);

/// Where client certificates count: everywhere but in the mock environment, which knows its callers by address (SM).
std::vector<Environment> mtls_environments();

/// A request that should have been served. `tls_alive`: the endpoint answers a ClientHello.
Verdict judge_served(const HttpOutcome& outcome, const Operation& operation, std::string_view who, bool tls_alive);

/// The control operation with this identity (null: none), and whether it was served.
boost::asio::awaitable<Verdict> served_as(Context& ctx, std::shared_ptr<const Identity> identity, std::string who);

/// Whether the server asked for a client certificate under one version.
struct AskedOutcome {
    TlsVersion version{};
    bool served = false;  ///< the handshake got as far as telling
    bool asked = false;
    std::string summary;
};
Verdict judge_asked(const std::vector<AskedOutcome>& outcomes, std::size_t acceptable_cas);
Verdict judge_not_asked(const std::vector<AskedOutcome>& outcomes);
/// Handshakes without a certificate under TLS 1.2 and 1.3; `acceptable_cas` is set to the longest list seen.
boost::asio::awaitable<std::vector<AskedOutcome>> ask_for_certificate(Context& ctx,
                                                                      std::vector<std::string>& acceptable_cas);

}  // namespace gateproof::suites
