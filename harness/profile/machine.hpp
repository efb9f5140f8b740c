// Machine-to-machine: the key that signs JWTs and what they claim (IA 2.4).
#pragma once

#include <memory>
#include <string>

#include "harness/identity/identity.hpp"
#include "harness/profile/permission_case.hpp"

namespace gateproof {

struct Machine {
    /// How `sub` names the signing certificate: three forms are published.
    enum class Subject {
        sha256_upper,  ///< MJ: SHA-256 as upper-case hex
        sha1_lower,    ///< IA 2.4: 40 lower-case hex digits
        sha1_upper,    ///< Document pack: SHA-1
    };
    /// How a JWT says that it names no user: three forms are published.
    enum class NoLogon { absent, null, empty };

    std::shared_ptr<const Identity> signer;             ///< the registered signing certificate with its key
    std::shared_ptr<const Identity> other_environment;  ///< one that is registered elsewhere; null: none
    std::string issuer;                                 ///< the agreed `iss`
    Subject subject = Subject::sha256_upper;
    std::string start_logon;             ///< myIR user whose delegations apply; empty: the owner's own
    NoLogon no_logon = NoLogon::absent;  ///< the form of a startLogon that names nobody
    std::string refused_logon;           ///< a myIR user without the delegation for the target; empty: none known
    std::string algorithm;               ///< "ES256"; empty: what the key makes by itself
    std::string operation;               ///< key of Profile::operations: what the machine may do
    Placeholders with;
    std::string error = "rest";     ///< name of the operation's error model in Permissions::errors
    std::string desktop_operation;  ///< one of the desktop listener, to be refused there; empty: none
    std::string desktop_error;      ///< name of its error model
};

}  // namespace gateproof
