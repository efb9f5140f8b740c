// ROTATION: the same DSP with a new certificate, and nobody with the old one.
#pragma once

#include <vector>

#include "harness/model/check.hpp"
#include "suites/shared/in_time.hpp"

namespace gateproof::suites {

Suite rotation_suite();

/// Parts of rotation_suite(), in the order that reports show.
std::vector<Check> rotation_overlap_checks();   ///< the new certificate, and both beside each other
std::vector<Check> rotation_cut_over_checks();  ///< the old certificate, when it is gone
std::vector<Check> rotation_signer_checks();    ///< the key that a machine signs its JWTs with

/// What the checks of the client certificate have in common. Control::none: each of them observes a success itself, of
/// the certificates that it speaks of, or sends nothing.
CheckFamily certificate_rotation();

/// How a cut-over is looked at: it may take a moment until every node knows. Precondition: the profile has a rotation.
LookRules cut_over_rules(const Profile& profile);
/// `look` by those rules; its rows have the deadline below.
GatewayCheck while_cut_over(boost::asio::awaitable<Look> (*look)(Context&));
DeadlineFunction with_time_to_cut_over();

}  // namespace gateproof::suites
