// By what the other side finds a request of ours in its logs: run, check and number, in a header that the profile
// names.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/probe/http/http.hpp"

namespace gateproof {

/// "3f9c01d2", drawn once for this process.
const std::string& correlation_of_run();

/// Sets endpoint.correlation_header of the request to "3f9c01d2/permission.outcome[other-customer]/7", or to the form
/// of W3C Trace Context where it is traceparent. Does nothing where the profile names no header.
void correlate(HttpRequest& request, std::string_view who, std::size_t number);
/// What stands there; empty: nothing.
std::string correlation_in(const HttpRequest& request);

}  // namespace gateproof
