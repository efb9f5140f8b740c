// What can go wrong in logins and refreshes.
#pragma once

#include <array>

#include "client/faults/fault.hpp"

namespace gateproof::client {

// Left out: refreshes-in-parallel, since one client makes one call at a time;
// desktop-secret, since native clients do hold one.
inline constexpr auto oauth_faults = std::to_array<Fault>({
    {.name = "no-state",
     .title = "the authorisation request has no state",
     .requirements = "CLIENT-LOGIN",
     .caught_by = "client-oauth.state client-oauth.state-checked"},
    {.name = "constant-state",
     .title = "the state is always the same",
     .requirements = "CLIENT-LOGIN",
     .caught_by = "client-oauth.state"},
    {.name = "long-state",
     .title = "the state has 250 characters",
     .requirements = "CLIENT-LOGIN",
     .caught_by = "client-oauth.state"},
    {.name = "ignores-state",
     .title = "an answer with another state is believed",
     .requirements = "CLIENT-LOGIN",
     .caught_by = "client-oauth.state-checked"},
    {.name = "plain-pkce",
     .title = "the PKCE method is plain",
     .requirements = "CLIENT-LOGIN",
     .caught_by = "client-oauth.pkce"},
    {.name = "constant-verifier",
     .title = "the PKCE verifier is always the same",
     .requirements = "CLIENT-LOGIN",
     .caught_by = "client-oauth.pkce"},
    {.name = "secret-in-url",
     .title = "the client secret stands in the URL of the token request",
     .requirements = "CLIENT-LOGIN",
     .caught_by = "client-oauth.token-request"},
    {.name = "other-redirect-uri",
     .title = "the token request has another redirect URI than the "
              "authorisation request",
     .requirements = "CLIENT-LOGIN",
     .caught_by = "client-oauth.token-request"},
    {.name = "wider-scope",
     .title = "more scope is asked for than is published",
     .requirements = "CLIENT-LOGIN",
     .caught_by = "client-oauth.authorise-request"},
    {.name = "code-after-denial",
     .title = "a token is asked for after the user has declined",
     .requirements = "CLIENT-LOGIN",
     .caught_by = "client-oauth.refusal"},
    {.name = "code-twice",
     .title = "a code whose exchange failed is exchanged again",
     .requirements = "CLIENT-LOGIN",
     .caught_by = "client-oauth.code-once"},
    {.name = "chokes-on-string",
     .title = "an expires_in that is a text ends the login",
     .requirements = "CLIENT-LOGIN",
     .caught_by = "client-oauth.answer-as-documented"},
    {.name = "chokes-on-members",
     .title = "a member that is not known ends the login",
     .requirements = "CLIENT-LOGIN",
     .caught_by = "client-oauth.answer-as-documented"},
    {.name = "loops-on-invalid-grant",
     .title = "a grant that is refused is sent again, twenty times",
     .requirements = "CLIENT-LOGIN",
     .caught_by = "client-oauth.invalid-grant"},
    {.name = "never-refreshes",
     .title = "an access token is used until it is refused, and is then not "
              "refreshed",
     .requirements = "CLIENT-REFRESH",
     .caught_by = "client-oauth.refreshes"},
    {.name = "keeps-first-refresh-token",
     .title = "the refresh token of the login is used for ever",
     .requirements = "CLIENT-REFRESH",
     .caught_by = "client-oauth.newest-used client-oauth.old-never-used"},
    {.name = "forgets-refresh-token",
     .title = "a refresh that brings no new refresh token loses the old one",
     .requirements = "CLIENT-REFRESH",
     .caught_by = "client-oauth.no-new-refresh-token"},
});

}  // namespace gateproof::client
