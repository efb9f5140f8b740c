// Machine-to-machine JWT.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"
#include "suites/shared/machine_token.hpp"
#include "suites/shared/answers.hpp"

namespace gateproof::suites {

Suite m2m_suite();

/// The parts of m2m_suite(), in the order that reports show.
std::vector<Check> m2m_signature_checks();  ///< who signed, and how
std::vector<Check> m2m_claim_checks();      ///< what the JWT says
std::vector<Check> m2m_channel_checks();    ///< where it may be used

/// A check of the machine: cloud, with the profile's `m2m`, looking at refusals.
Check m2m_check(std::string_view id, std::string_view title, CheckFunction run);

/// Why the profile has no machine to try; empty: it has one.
std::string machine_unmet(const Profile& profile);
/// The operation of the machine with this Authorization header.
Operation machine_operation(const Profile& profile, const std::string& authorization);
/// Sent as the serving identity; the token is kept out of every output.
boost::asio::awaitable<AnswerReading> ask_as_machine(Context& ctx, std::string token);

/// A JWT that must not be served, and what is wrong with it ("signed by another key").
struct BadToken {
    std::string what;
    std::string text;
};
/// Each is refused beside a good one that is served.
boost::asio::awaitable<Verdict> all_refused(Context& ctx, std::vector<BadToken> tokens, std::string remedy);
Verdict judge_bad_tokens(const AnswerReading& good, const std::vector<std::pair<std::string, AnswerReading>>& bad,
                         const std::string& remedy);

}  // namespace gateproof::suites
