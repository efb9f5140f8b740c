// The request headers by which proxies hand on a client certificate that they have verified.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/identity/identity.hpp"

namespace gateproof::suites {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The headers of nginx, HAProxy, Envoy, Apache, AWS, F5, Azure and others in their usual spellings, as if `claimed`
/// had been verified; in packs that every server's limits on headers let pass, a product's own kept together.
std::vector<Headers> forwarded_identity_headers(const Identity& claimed);

}  // namespace gateproof::suites
