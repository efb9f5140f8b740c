// Requests that are wrong on purpose, and the documented errors that they are to be answered with.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/run/context.hpp"
#include "suites/gateway/oauth/judge.hpp"

namespace gateproof::suites {

/// A wrong request and what it must be answered with.
struct WrongRequest {
    ErrorCase expected;
    HttpRequest request;
};

/// OA, IA 2.1, 4: JSON with error and error_description, and 400 or 401, by table. Clients are told not to decide by
/// it, so another status is no more than a warning.
boost::asio::awaitable<Verdict> answered_as_documented(Context& ctx, std::vector<WrongRequest> wrong);

}  // namespace gateproof::suites
