// The control operation asked once, as a run asks it, and what its answer means for whoever set up the profile.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>

#include "doctor/line.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/politeness.hpp"

namespace gateproof::doctor {

/// A secret goes to a server that proved itself, wherever a run demands that too (must_prove_itself).
boost::asio::awaitable<HttpOutcome> ask_control(const Profile& profile, HttpClient& http, Politeness& politeness);

/// Line "control". Nothing of the answer's text is in it.
Line judge_control(const Profile& profile, const HttpOutcome& outcome);

}  // namespace gateproof::doctor
