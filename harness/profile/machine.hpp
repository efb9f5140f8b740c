// Machine-to-machine: the key that signs JWTs and what they claim (IA 2.4).
#pragma once

#include <memory>
#include <string>

#include "harness/identity/identity.hpp"
#include "harness/profile/permission_case.hpp"

namespace gateproof {

struct Machine {
    std::shared_ptr<const Identity> signer;             ///< the registered signing certificate with its key
    std::shared_ptr<const Identity> other_environment;  ///< one that is registered elsewhere; null: none
    std::string issuer;                                 ///< the agreed `iss`
    std::string start_logon;                            ///< myIR user whose delegations apply; empty: the owner's own
    std::string refused_logon;  ///< a myIR user without the delegation for the target; empty: none known
    std::string algorithm;      ///< "ES256"; empty: what the key makes by itself
    std::string operation;      ///< key of Profile::operations: what the machine may do
    Placeholders with;
    std::string error = "rest";     ///< name of the operation's error model in Permissions::errors
    std::string desktop_operation;  ///< the same on the desktop listener; empty: none
};

}  // namespace gateproof
