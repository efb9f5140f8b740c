// How the oauth suite judges what it saw: pure functions of answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/probe/oauth/authorization.hpp"

namespace gateproof::suites {

Verdict judge_needs_login(const oauth::Authorization& came);
/// Where an authorisation request of the profile's own client came to, in which nobody logged in.
Verdict judge_own_redirect(const oauth::Authorization& came, const OAuthClient& client);
/// Two refreshes with one token at once, and one with the refresh token that the served one of them gave; empty: none
/// was served.
Verdict judge_raced(const oauth::TokenAnswer& one, const oauth::TokenAnswer& other,
                    const std::optional<oauth::TokenAnswer>& after);
Verdict judge_wrong_password(const oauth::Authorization& came);
/// `granted` returned with a code, `refused` was asked for something that is not supported.
/// What came of a state that was sent.
struct SentState {
    std::string state;
    oauth::Authorization came;
};
/// `refused`: a wrong request with the same state as `granted`. `longest`: as many characters as are published.
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
