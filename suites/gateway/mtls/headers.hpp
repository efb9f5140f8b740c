// The request headers by which proxies hand on a client certificate that they have verified, and the check that a
// gateway believes none of them.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>
#include <utility>
#include <vector>

#include "harness/identity/identity.hpp"
#include "harness/model/verdict.hpp"
#include "harness/run/context.hpp"

namespace gateproof::suites {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The headers of nginx, HAProxy, Envoy, Traefik, Apache, AWS, Google, Cloudflare, F5, Azure, Kong, Apigee and others
/// in their usual spellings, as if `claimed` had been verified; in packs that every server's limits on headers let
/// pass, a product's own kept together. `own`: Profile::identity_headers, which come first.
std::vector<Headers> forwarded_identity_headers(const Identity& claimed, const Headers& own);

/// mtls.identity-headers-ignored.
boost::asio::awaitable<Verdict> identity_headers_ignored(Context& ctx);

}  // namespace gateproof::suites
