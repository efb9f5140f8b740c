// Which of the certificates in a client's file lead from its leaf upwards: files hold cross-signed, expired and
// unrelated ones too, and not always in order.
#pragma once

#include <vector>

#include "harness/identity/identity.hpp"
#include "harness/probe/tls/trust.hpp"

namespace gateproof::suites {

/// The best way up that the file itself has. Its root is the endpoint's matter, and mostly not in the file.
struct ClientPath {
    std::vector<Certificate> path;     ///< leaf first
    std::vector<Certificate> surplus;  ///< what else the file holds, in its order
    bool in_order = true;              ///< the file has the path's certificates in the path's order
};

/// A path of certificates that are valid at `now` before any other, of these one that ends with a root before one that
/// does not, and then the longest.
ClientPath client_path(const Identity& identity, SystemTime now);

/// By name, key identifier and signature (RFC 5280 6.1.3).
bool is_issued_by(const Certificate& issued, const Certificate& issuer);
bool is_valid_at(const Certificate& certificate, SystemTime now);
/// The same name and the same key: a root and its cross-signed twin stand for each other.
bool is_same_authority(const Certificate& one, const Certificate& other);

}  // namespace gateproof::suites
