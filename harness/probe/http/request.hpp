// Requests as a profile has them: to its endpoint, as its identity, within its timeouts.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {

/// The identity that makes the profile's channel serve: enrolled on cloud with mutual TLS, none on desktop and mock.
std::shared_ptr<const Identity> serving_identity(const Profile& profile);

/// A request to the profile's endpoint with the operation's method, path, headers and body.
HttpRequest make_request(const Profile& profile, const Operation& operation);

/// "the secret of operation 'status'": HttpRequest::secret; empty: it carries none.
std::string secret_of(const Operation& operation);

/// Sends within the profile's timeouts, whatever the request has: nobody else puts them on one.
boost::asio::awaitable<HttpOutcome> send_within(const Limits& limits, HttpClient& http, HttpRequest request);

}  // namespace gateproof
