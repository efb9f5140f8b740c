// OAUTH-USER, CLOUD-REFRESH, DESK-NO-REFRESH: login and consent, codes, tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite oauth_suite();

/// The suite's parts in files of their own.
std::vector<Check> oauth_authorize_checks();  ///< login, consent, redirects
std::vector<Check> oauth_code_checks();       ///< codes, PKCE, who may exchange them
std::vector<Check> oauth_token_checks();      ///< what the token endpoint answers, introspection, revocation
std::vector<Check> oauth_refresh_checks();    ///< refresh tokens: rotating on cloud, none on desktop

/// A check of the suite with what most of them have alike: it proves service itself, by tokens that it gets.
Check oauth_check(std::string_view id, std::string_view title, CheckFunction run, UnmetFunction unmet,
                  Intrusiveness intrusiveness = Intrusiveness::active);

/// For Check::unmet.
std::string needs_authority(const Profile& profile);
std::string needs_login(const Profile& profile);  ///< authority, and a user who can be logged in
std::string needs_second_client(const Profile& profile);
std::string needs_introspection(const Profile& profile);
std::string needs_revocation(const Profile& profile);
std::string needs_secret(const Profile& profile);
std::string needs_public_client(const Profile& profile);
std::string needs_refresh_tokens(const Profile& profile);
std::string needs_refresh_and_second_client(const Profile& profile);
std::string needs_no_refresh_tokens(const Profile& profile);

}  // namespace gateproof::suites
