// Machine-to-machine JWT.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"
#include "suites/shared/machine_token.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

Suite m2m_suite();

/// The parts of m2m_suite(), in the order that reports show.
std::vector<Check> m2m_signature_checks();  ///< who signed, and how
std::vector<Check> m2m_claim_checks();      ///< what the JWT says
std::vector<Check> m2m_channel_checks();    ///< where it may be used
std::vector<Check> m2m_service_checks();    ///< of services that take none

/// What the checks have in common: they are of the cloud, with the profile's `m2m`, and look at refusals.
CheckFamily m2m_family();

/// The operation of the machine with this Authorization header.
Operation machine_operation(const Profile& profile, const std::string& authorization);
/// Sent as the serving identity; the token is kept out of every output.
boost::asio::awaitable<Answer> ask_as_machine(Context& ctx, std::string token);
/// The same for a token that must be refused, as often as refusals are counted.
boost::asio::awaitable<Tries> try_as_machine(Context& ctx, std::string token);

/// A JWT that must not be served, and what is wrong with it ("signed by another key").
struct BadToken {
    std::string what;
    std::string text;
};
/// What a check tries. Without any it is skipped: it could not fail.
struct BadTokens {
    std::vector<BadToken> tokens;
    std::string none_because = "the key signs no such JWT";
};
/// Whatever is wrong with them is so by both ends of `now`, and all else is right.
using MakeBadTokens = BadTokens(const Machine& machine, const TimeSpan& now);
/// Passes when each that `make` makes is refused, beside a good one that is served.
GatewayCheck refused(MakeBadTokens* make, std::string_view remedy);
/// `again`: the good one behind them all, where it was asked; a client that was locked out for them is refused whatever
/// it sends.
Verdict judge_bad_tokens(const Answer& good, const std::vector<Trial>& bad, const Answer& again,
                         const std::string& remedy);

}  // namespace gateproof::suites
