// RET, EMP: the desktop channel offers returns and employment over SOAP, and no REST service.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/run/context.hpp"

namespace gateproof::suites {

/// What came of one request of a REST service on the desktop channel.
struct RestProbe {
    std::string request;  ///< "GET /gateway2/customer/status"
    HttpOutcome outcome;
};
/// The answer is a REST service's: the status operation's, or the published error of a request without a token.
bool is_rest_service(const HttpOutcome& outcome);
/// `made_up`: a service that nobody has, since some servers answer every path alike.
Verdict judge_rest_on_desktop(const std::vector<RestProbe>& probes, const RestProbe& made_up);

boost::asio::awaitable<Verdict> no_rest_on_desktop(Context& ctx);

}  // namespace gateproof::suites
