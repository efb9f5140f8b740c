// CLOUD-MTLS-* and DESK-ONE-WAY: who is asked for a client certificate, and who is served.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/probe/http.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof::suites {

Suite mtls_suite();

/// One protocol version's outcome with and without the certificate; `without` is empty when the version is not served.
struct VersionOutcome {
    TlsVersion version{};
    HttpOutcome with_certificate;
    std::optional<HttpOutcome> without_certificate;
};
Verdict judge_no_certificate(const std::vector<VersionOutcome>& outcomes, const Operation& operation);
/// A request that should have been served. `tls_alive`: the endpoint answers a ClientHello.
Verdict judge_served(const HttpOutcome& outcome, const Operation& operation, std::string_view who, bool tls_alive);

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
