// How the oauth suite judges what it saw: pure functions of answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/probe/oauth/authorization.hpp"

namespace gateproof::suites {

/// It ended at a whole answer.
bool answered(const oauth::Authorization& came);
/// The page in front of the login came, or somebody else asks for credentials before the authority answers: what it
/// does is not seen from here. Empty: neither.
std::optional<Verdict> kept_outside(const oauth::Authorization& came);
constexpr const char* allow_list_remedy =
    "have the address of this machine allow-listed with the authority: before production it shows such a page to others; "
    "if the page is the login itself, say in oauth.splash_contains what the other one says";

Verdict judge_needs_login(const oauth::Authorization& came);
/// Where an authorisation request of the profile's own client came to, in which nobody logged in.
Verdict judge_own_redirect(const oauth::Authorization& came, const OAuthClient& client);
/// Two refreshes with one token at once, and one with the refresh token that the served one of them gave; empty: none
/// was served.
Verdict judge_raced(const oauth::TokenAnswer& one, const oauth::TokenAnswer& other,
                    const std::optional<oauth::TokenAnswer>& after);
Verdict judge_wrong_password(const oauth::Authorization& came);
/// One authorisation request by GET and one by POST, in both of which nobody logged in.
Verdict judge_by_post(const oauth::Authorization& by_get, const oauth::Authorization& by_post);
/// Authorisation requests that name other ports of the registered loopback address, and what came of each;
/// `registered`: what came of the registered one.
Verdict judge_other_ports(const oauth::Authorization& registered, const std::vector<oauth::Authorization>& others);
/// A request for a scope that nobody knows, and that gave no code; `known`: the same for the published scope.
Verdict judge_unknown_scope(const oauth::Authorization& known, const oauth::Authorization& came);
/// What a code gave that such a request was answered with.
Verdict judge_unknown_scope_granted(const oauth::TokenAnswer& tokens, const std::string& scope);
/// What came of a state that was sent.
struct SentState {
    std::string state;
    oauth::Authorization came;
};
/// `granted` returned with a code; `refused`: a wrong request with the same state. `longest`: as many characters as are
/// published.
Verdict judge_state(const SentState& granted, const oauth::Authorization& refused, const SentState& longest);
Verdict judge_denied_consent(const oauth::Authorization& came, const std::string& state);

/// Addresses that resemble a registered redirect URI and are not it.
std::vector<std::string> redirect_variants(const std::string& registered);
/// A verdict when the request for `variant` decides the check; nothing: it was refused, as it should be.
std::optional<Verdict> judge_redirect_variant(const oauth::Authorization& came, const std::string& variant,
                                              const std::string& registered);

/// Why others may frame this page (neither X-Frame-Options nor frame-ancestors forbids it); empty: they may not.
std::string framable(const HttpResponse& page);
Verdict judge_framing(std::string_view page, const std::string& fault);

/// RFC 6749 5.1, and the published lifetime. That nobody may store it is the RFC's word alone: a warning.
Verdict judge_token_response(const oauth::TokenAnswer& answer, std::int64_t expires_in, const std::string& scope);

/// The exchange of a code by a request that did not say how long it is. RFC 9112 6.3 leaves it to the server.
Verdict judge_without_length(const oauth::TokenAnswer& answer);

/// An access token as the profile says that it is; never quotes more of it than typ, alg and times.
Verdict judge_token_form(const std::string& token, const AccessTokenForm& form, std::int64_t expires_in);

/// A code that was exchanged when its lifetime was over, and one that was exchanged before.
struct AgedCodes {
    oauth::TokenAnswer late;
    std::chrono::milliseconds late_age{0};  ///< at least
    oauth::TokenAnswer early;
    std::chrono::milliseconds early_age{0};  ///< at most
};
Verdict judge_code_lifetime(const AgedCodes& codes, std::chrono::milliseconds lifetime);

/// What a client is told about a token of another one: nothing, by the documented error or as RFC 7662 2.2 has it.
Verdict judge_introspection_of_others(const oauth::TokenAnswer& answer);

/// What must be answered to one wrong request.
struct ErrorCase {
    std::string_view what;                 ///< "without grant_type"
    std::vector<std::string_view> errors;  ///< any of them is right
    std::vector<int> statuses;             ///< published ones
};
/// What is wrong with the answer (RFC 6749 5.2); empty: nothing.
std::string error_fault(const oauth::TokenAnswer& answer, const ErrorCase& expected);
/// Another client error than the published ones, which clients are told not to read (OA); empty: one of them.
std::string error_doubt(const oauth::TokenAnswer& answer, const ErrorCase& expected);

}  // namespace gateproof::suites
