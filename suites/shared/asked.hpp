// Whether a server asks for a client certificate, which is required on the cloud and forbidden on the desktop.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/probe/tls/client_hello.hpp"

namespace gateproof::suites {

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
