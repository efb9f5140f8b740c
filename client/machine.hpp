// The JWT with which a machine says on whose behalf it calls (Identity and
// Access build pack 2.4; M2M How to Integrate).
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "client/faults/fault_set.hpp"
#include "client/tls/identity.hpp"

namespace gateproof::client {

/// How `sub` names the signing certificate: three forms are published, and the
/// agreement says which one holds.
enum class Thumbprint { sha256_upper, sha256_lower, sha1_upper, sha1_lower };

struct MachineSettings {
    IdentitySource signer = {};
    std::string issuer = {};
    std::string algorithm = {};  ///< "ES256" to "RS512"; empty: what fits the key
    Thumbprint thumbprint = Thumbprint::sha256_upper;
    std::optional<std::string> start_logon = {};  ///< myIR user; nothing: the claim is left out
    bool start_logon_null = false;                ///< the claim is null instead
    std::chrono::seconds lifetime{300};           ///< eight hours at most
};

/// `named`: the certificate that `sub` names instead of the signer's, for a
/// fault alone. Throws Unusable for a key that no algorithm fits, an unknown
/// algorithm, or a lifetime above eight hours.
std::string machine_token(const MachineSettings& settings, const Identity& signer, const FaultSet& faults,
                          std::chrono::system_clock::time_point now, X509* named = nullptr);

}  // namespace gateproof::client
