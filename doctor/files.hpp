// What a profile's files hold: certificates with their keys, and tokens. Nothing is sent.
#pragma once

#include <string>

#include "doctor/line.hpp"
#include "harness/probe/tls/trust.hpp"
#include "harness/profile/profile.hpp"
#include "harness/profile/read/load.hpp"

namespace gateproof::doctor {

/// Line "profile" for each problem and each warning of the loader (missing files, keys that others may read, keys of
/// other certificates ...); one that says that it is well where there is none.
Lines judge_loading(const LoadedProfile& loaded);

/// Lines "certificate" for each client certificate that has to be good now, and "signer" for the key that signs JWTs,
/// as the checks of a run judge them.
Lines judge_certificates(const Profile& profile, SystemTime now);

/// Lines "token" for each access token that the profile refers to, and for those in headers of its operations: until
/// when it says that it is good. `file`: the profile, for the command that fetches another.
Lines judge_tokens(const Profile& profile, const std::string& file, SystemTime now);

/// Lines "login": who can be logged in, and how. Nobody is: accounts get locked.
Lines judge_logins(const Profile& profile);

}  // namespace gateproof::doctor
